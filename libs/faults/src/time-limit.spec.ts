import { getEventListeners } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { timeLimit } from './time-limit.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Waits in a frame of its own, so that nothing here holds the signal. */
function ending(make: () => AbortSignal): Promise<unknown> {
  return new Promise((resolve) => {
    const signal = make();
    signal.addEventListener('abort', () => resolve((signal.reason as Error).name), { once: true });
  });
}

async function collected<T>(work: Promise<T>): Promise<T> {
  for (let round = 0; round < 3; round++) {
    await new Promise((resolve) => setImmediate(resolve));
    collectGarbage();
  }
  return work;
}

describe('a time limit', () => {
  it('comes although nobody holds it and garbage is collected', async () => {
    const other = new AbortController();
    expect(await collected(ending(() => timeLimit(50, other.signal).signal))).toBe('TimeoutError');
    expect(await collected(ending(() => timeLimit(50).signal))).toBe('TimeoutError');
  });

  it('comes through signals that are made of it', async () => {
    const made = (): AbortSignal =>
      AbortSignal.any([timeLimit(50, new AbortController().signal).signal, new AbortController().signal]);
    expect(await collected(ending(made))).toBe('TimeoutError');
  });

  it('ends earlier with another signal, and keeps its reason', async () => {
    const other = new AbortController();
    const ended = ending(() => timeLimit(60_000, other.signal).signal);
    other.abort(new DOMException('enough', 'AbortError'));
    expect(await collected(ended)).toBe('AbortError');
  });

  it('is over at once when another signal already came', () => {
    expect(timeLimit(60_000, AbortSignal.abort()).signal.aborted).toBe(true);
  });

  it('stays over when what ended it is forgotten', async () => {
    const make = (): AbortSignal => {
      const other = new AbortController();
      const { signal } = timeLimit(60_000, other.signal);
      other.abort();
      return signal;
    };
    const signal = make();
    await collected(Promise.resolve());
    expect(signal.aborted).toBe(true);
  });

  it('leaves nothing behind on the others, and nothing warns of many', async () => {
    const other = new AbortController();
    const warnings: Error[] = [];
    const warned = (warning: Error): number => warnings.push(warning);
    process.on('warning', warned);
    const limits = Array.from({ length: 50 }, () => timeLimit(60_000, other.signal));
    for (const limit of limits) limit.end();
    expect(getEventListeners(other.signal, 'abort')).toEqual([]);
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', warned);
    expect(warnings).toEqual([]);
  });

  it('never comes after it was ended', async () => {
    const limit = timeLimit(1);
    limit.end();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(limit.signal.aborted).toBe(false);
  });
});
