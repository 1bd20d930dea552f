import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { faults } from '../chaos/faults.mjs';
import { schedule } from '../chaos/injector.mjs';
import { mutants, planOf } from '../chaos/mutants.mjs';
import { changed } from '../chaos/mutate.mjs';
import { plans } from '../chaos/plans.mjs';
import { seeded } from '../chaos/prng.mjs';
import { writeScript } from '../chaos/script.mjs';

const dist = path.resolve(import.meta.dirname, '../../dist');
const isBuilt = existsSync(path.join(dist, 'apps/worker/src/main.js'));
const invariants = Array.from({ length: 12 }, (_, at) => `I${at + 1}`);

/** The first faults of a run, with what each will do with its random numbers. */
function faultsOf(seed: number, hasRedis = true): unknown[] {
  const options = { hasRedis, pause: plans['long']!.pause };
  const all = schedule(seeded(seed).fork('faults'), plans['long']!.faults, options);
  return [...take(all, 500)].map(({ name, random, pauseMs }) => [
    name,
    pauseMs,
    random.next(),
    random.int(9),
  ]);
}

function* take<T>(all: Iterable<T>, count: number): Generator<T> {
  for (const one of all) {
    if (count-- === 0) return;
    yield one;
  }
}

describe('a chaos run', () => {
  it('has the same faults for the same seed, and others for another', () => {
    expect(faultsOf(11)).toEqual(faultsOf(11));
    expect(faultsOf(11)).not.toEqual(faultsOf(12));
  });

  it('has the same script for the same seed, and another for another', () => {
    const scriptOf = (seed: number) =>
      JSON.stringify(writeScript(seeded(seed).fork('script'), { ...plans['short']!, events: 400 }));
    expect(scriptOf(3)).toBe(scriptOf(3));
    expect(scriptOf(3)).not.toBe(scriptOf(4));
  });

  it('says what both workspaces say with the same ids, now and then with what nobody can handle', () => {
    const events = writeScript(seeded(1), { ...plans['long']! }).flatMap((one) => one.events);
    const keysOf = (workspace: string) =>
      new Set(events.filter(({ channel }) => channel.startsWith(workspace)).map(({ key }) => key));
    expect(keysOf('a')).toEqual(keysOf('b'));
    const kinds = new Set(events.map(({ kind }) => kind));
    expect(kinds).toEqual(new Set(['message', 'poison', 'unreadable', 'unknown']));
    expect(events.some(({ kind, n }) => kind === 'poison' && n > 1)).toBe(true);
    expect(events.some(({ isForged }) => isForged)).toBe(true);
  });

  it('meets no fault of Redis where there is none', () => {
    const names = faultsOf(5, false).map((one) => (one as [string])[0]);
    expect(
      names.filter((name) => (faults as Record<string, { needsRedis?: boolean }>)[name]!.needsRedis),
    ).toEqual([]);
  });

  it('kills often enough in the long plan that a run of it keeps its promise', () => {
    for (const [hasRedis, share] of [
      [true, 150 / 350],
      [false, 110 / 250],
    ] as const) {
      const names = faultsOf(8, hasRedis).map((one) => (one as [string])[0]);
      const kills = names.filter((name) => faults[name]!.isKill).length;
      expect(kills / names.length).toBeGreaterThan(share - 0.04);
    }
  });

  it.each(Object.keys(plans))('knows every fault of the plan %s', (name) => {
    for (const fault of Object.keys(plans[name]!.faults)) expect(faults).toHaveProperty([fault]);
  });
});

describe('the mutants', () => {
  it('are at least twelve, and each invariant has one that it must catch', () => {
    expect(Object.keys(mutants).length).toBeGreaterThanOrEqual(12);
    expect(new Set(Object.values(mutants).map(({ expected }) => expected))).toEqual(new Set(invariants));
    for (const name of Object.keys(mutants))
      for (const fault of Object.keys(planOf(name).faults)) expect(faults).toHaveProperty([fault]);
  });

  it.runIf(isBuilt)('fit the build: each finds the place that it changes, once', () => {
    for (const { files = [] } of Object.values(mutants)) {
      for (const { file, from, to } of files) {
        const text = readFileSync(path.join(dist, file), 'utf8');
        expect(changed(text, from, to, file)).not.toBe(text);
      }
    }
  });

  it('refuse to change a text that has moved on', () => {
    expect(() => changed('a b', 'c', 'd', 'x.js')).toThrow('x.js has 0 places');
    expect(() => changed('a a', 'a', 'd', 'x.js')).toThrow('x.js has 2 places');
  });

  it.runIf(isBuilt)('leave no switch in what is shipped', () => {
    for (const { name, parentPath } of readdirSync(dist, { recursive: true, withFileTypes: true })) {
      if (!name.endsWith('.js')) continue;
      const file = path.join(parentPath, name);
      const text = readFileSync(file, 'utf8');
      expect(text, file).not.toMatch(/mutant|PARLEY_CHAOS|PARLEY_CRASH_POINT|chaos-hook/i);
    }
  });
});
