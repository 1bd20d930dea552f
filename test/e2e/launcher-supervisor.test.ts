import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { identify } from '#libs/store';
import { defaultRestartPolicy, type RestartPolicy } from '../../apps/launcher/src/restart-policy.js';
import { Supervisor } from '../../apps/launcher/src/supervisor.js';
import { until } from '../support/until.js';

const folder = mkdtempSync(path.join(tmpdir(), 'parley-supervisor-'));
const fixture = (name: string): string => path.resolve(import.meta.dirname, '../support/fixtures', name);
const logOf = (name: string): string => path.join(folder, `${name}.log`);
const quick: RestartPolicy = { ...defaultRestartPolicy, pauseFirstMs: 10, pauseMaxMs: 40, endWithinMs: 200 };

let supervisor: Supervisor | null = null;
let said: string[] = [];

function supervise(scripts: Readonly<Record<string, string>>, policy: RestartPolicy = quick): Supervisor {
  said = [];
  supervisor = new Supervisor({
    commands: Object.entries(scripts).map(([name, script]) => ({
      name,
      script: fixture(script),
      logFile: logOf(name),
    })),
    env: () => ({ PATH: process.env['PATH'] }),
    say: (line) => said.push(line),
    policy,
  });
  return supervisor;
}

const pids = (): number[] => Object.values(supervisor?.running ?? {}).map((one) => one.pid);

afterEach(async () => {
  await supervisor?.stop();
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('the supervisor', () => {
  it('starts all programs, is ready when they are, and leaves none behind', async () => {
    await supervise({ one: 'stand-in-app.mjs', two: 'stand-in-app.mjs' }).start();
    const started = pids();
    expect(started).toHaveLength(2);
    await supervisor?.stop();
    expect(started.map(identify)).toEqual([null, null]);
    expect(said).toEqual([]);
  });

  it('starts a killed program again and says so, and leaves the others alone', async () => {
    await supervise({ one: 'stand-in-app.mjs', two: 'stand-in-app.mjs' }).start();
    const [one = 0, two = 0] = pids();
    process.kill(one, 'SIGKILL');
    await until('it is ready again', () => said.includes('The one is ready again.'));
    expect(said[0]).toBe('The one ended unexpectedly (SIGKILL); starting it again.');
    expect(pids()).toHaveLength(2);
    expect(pids()).toContain(two);
    expect(pids()).not.toContain(one);
  });

  it('gives up on a program that ends five times before it is ready, and names its log', async () => {
    const started = supervise({ broken: 'never-ready-app.mjs', whole: 'stand-in-app.mjs' }).start();
    await expect(started).rejects.toMatchObject({
      code: 'internal/process-failed',
      detail: `The broken ended 5 times before it was ready (last: exit code 3): the reason is in ${logOf('broken')}.`,
    });
    expect(readFileSync(logOf('broken'), 'utf8').match(/the reason is written here/g)).toHaveLength(5);
    expect(said).toHaveLength(4);
  });

  it('counts a program that does not become ready in time as dead', async () => {
    const policy = { ...quick, readyWithinMs: 50, deathsMax: 2 };
    await expect(supervise({ silent: 'silent-app.mjs' }, policy).start()).rejects.toMatchObject({
      code: 'internal/process-failed',
    });
  });

  it('kills a program that does not end when asked', async () => {
    await supervise({ stubborn: 'stubborn-app.mjs' }).start();
    const [pid = 0] = pids();
    await supervisor?.stop();
    expect(identify(pid)).toBeNull();
  });

  it('takes down what a killed program had started itself', async () => {
    await supervise({ parent: 'parent-app.mjs' }).start();
    const grandchild = await until('the child is known', () => Number(readFileSync(logOf('parent'), 'utf8')));
    expect(identify(grandchild)).not.toBeNull();
    process.kill(pids()[0] ?? 0, 'SIGKILL');
    await until('the child of the killed program is gone', () => identify(grandchild) === null);
  });

  it('restarts in good order without calling it unexpected', async () => {
    await supervise({ one: 'stand-in-app.mjs' }).start();
    const [before] = pids();
    await supervisor?.restart();
    expect(pids()).toHaveLength(1);
    expect(pids()).not.toContain(before);
    expect(said).toEqual([]);
  });
});
