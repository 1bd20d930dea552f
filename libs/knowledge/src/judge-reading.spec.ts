import { describe, expect, it } from 'vitest';
import { fault } from '#libs/faults';
import { refreshMs, waitAfter } from './judge-reading.js';

const minute = 60_000;
const page = { kind: 'page' as const, attempts: 0, refreshEveryS: 86_400 };
const file = { kind: 'file' as const, attempts: 0, refreshEveryS: null };

describe('after a reading that failed', () => {
  it('what may pass is tried again soon, and ever more slowly', () => {
    const away = fault('channel/unreachable');
    const waits = [0, 2, 4, 6].map((attempts) => waitAfter(away, { ...page, attempts })!);
    expect(waits[0]).toBeLessThan(minute);
    expect(waits).toEqual([...waits].sort((a, b) => a - b));
    expect(waitAfter(away, file)).toBeLessThan(minute);
    expect(waitAfter(away, { ...file, attempts: 12 })).toBeNull();
  });

  it('what does not pass waits for somebody, but for a page, which may change', () => {
    expect(waitAfter(fault('input/unreadable'), file)).toBeNull();
    expect(waitAfter(fault('channel/rejected'), page)).toBeGreaterThan(70_000_000);
    expect(waitAfter(fault('channel/rejected'), { ...page, refreshEveryS: null })).toBeNull();
  });

  it('a site that names a time is left alone until then', () => {
    const slow = fault('channel/throttled', { retryAfterMs: 10 * minute });
    expect(waitAfter(slow, page)).toBe(10 * minute);
  });

  it('pages are read as often as they should be, not all at the same moment', () => {
    const waits = Array.from({ length: 20 }, () => refreshMs({ refreshEveryS: 1_000 })!);
    expect(new Set(waits).size).toBeGreaterThan(1);
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(900_000);
    expect(Math.max(...waits)).toBeLessThanOrEqual(1_100_000);
    expect(refreshMs({ refreshEveryS: null })).toBeNull();
  });
});
