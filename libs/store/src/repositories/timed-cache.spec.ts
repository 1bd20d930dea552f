import { describe, expect, it } from 'vitest';
import { TimedCache } from './timed-cache.js';

function setUp(options: { missTtlMs?: number; max?: number } = {}) {
  let now = 0;
  let loads = 0;
  const cache = new TimedCache<string>({ ttlMs: 100, missTtlMs: 50, max: 3, ...options, now: () => now });
  const get = (key: string, value: string | null = key) =>
    cache.get(key, async () => {
      loads++;
      return value;
    });
  return { cache, get, pass: (ms: number) => void (now += ms), loads: () => loads };
}

describe('a timed cache', () => {
  it('loads once for all who ask at the same time, and again when the time is over', async () => {
    const { get, pass, loads } = setUp();
    await Promise.all([get('a'), get('a'), get('a')]);
    expect(loads()).toBe(1);
    pass(99);
    expect(await get('a')).toBe('a');
    expect(loads()).toBe(1);
    pass(1);
    await get('a');
    expect(loads()).toBe(2);
  });

  it('remembers for a shorter time that there is none', async () => {
    const { get, pass, loads } = setUp();
    expect(await get('a', null)).toBeNull();
    pass(49);
    await get('a', null);
    expect(loads()).toBe(1);
    pass(1);
    await get('a', null);
    expect(loads()).toBe(2);
  });

  it('remembers no failure, and gives it to all who shared the look-up', async () => {
    const { cache, get } = setUp();
    const failing = [0, 1].map(() => cache.get('a', () => Promise.reject(new Error('away'))));
    const settled = await Promise.allSettled(failing);
    expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await get('a')).toBe('a');
  });

  it('does not remember a look-up that was under way when it was told to forget', async () => {
    const { cache, get, loads } = setUp();
    const old = cache.get('a', async () => 'old');
    cache.forget('a');
    expect(await old).toBe('old');
    expect(await get('a', 'new')).toBe('new');
    expect(loads()).toBe(1);
  });

  it('holds no more than it may, and lets the oldest go', async () => {
    const { cache, get, loads } = setUp();
    for (const key of ['a', 'b', 'c', 'd']) await get(key);
    expect(cache.size).toBe(3);
    await get('d');
    expect(loads()).toBe(4);
    await get('a');
    expect(loads()).toBe(5);
  });
});
