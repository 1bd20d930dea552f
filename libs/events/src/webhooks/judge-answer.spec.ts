import { describe, expect, it } from 'vitest';
import { judgeAnswer, retryAfterAttemptMs } from './judge-answer.js';

const now = Date.parse('2026-11-21T12:00:00Z');
const judge = (status: number, attempts = 0, headers = {}) =>
  judgeAnswer({ status, headers }, attempts, 0, now);

describe('the answer of a receiver', () => {
  it('is a success from 200 to 299, and nothing else is', () => {
    for (const status of [200, 202, 204, 299])
      expect(judge(status)).toEqual({ status: 'delivered', error: null });
    for (const status of [199, 301, 302, 308, 400, 401, 404, 500]) {
      expect(judge(status)).toMatchObject({ status: 'pending', waitMs: 5_000 });
    }
    expect(judge(301).error).toContain('not followed');
  });

  it('is waited for by the schedule of Standard Webhooks, ten times in all', () => {
    const waits = Array.from({ length: 10 }, (_, attempts) => judge(500, attempts).waitMs);
    expect(waits.map((wait) => wait && wait / 1_000)).toEqual([
      5,
      300,
      1_800,
      7_200,
      18_000,
      36_000,
      50_400,
      72_000,
      86_400,
      undefined,
    ]);
    expect(judge(500, 9).status).toBe('failed');
    expect(judge(500, 40).status).toBe('failed');
  });

  it('is waited for a little longer, by chance, and never shorter', () => {
    const away = { status: null, error: 'away' } as const;
    for (const [attempts, wait] of retryAfterAttemptMs.entries()) {
      expect(judgeAnswer(away, attempts, 0, now).waitMs).toBe(wait);
      expect(judgeAnswer(away, attempts, 0.999, now).waitMs).toBeGreaterThan(wait);
      expect(judgeAnswer(away, attempts, 0.999, now).waitMs).toBeLessThanOrEqual(wait * 1.1);
    }
  });

  it('disables the endpoint when it is 410', () => {
    expect(judge(410)).toMatchObject({ status: 'failed', disableBecause: 'The receiver answered 410 Gone.' });
    expect(judge(404).disableBecause).toBeUndefined();
  });

  it('pauses the endpoint when it is busy, for the time that it names, and at most an hour', () => {
    for (const status of [429, 502, 503, 504]) expect(judge(status).pauseMs).toBe(10_000);
    expect(judge(500).pauseMs).toBeUndefined();
    expect(judge(429, 0, { 'retry-after': '120' })).toMatchObject({ pauseMs: 120_000, waitMs: 120_000 });
    const date = { 'retry-after': 'Sat, 21 Nov 2026 12:00:30 GMT' };
    expect(judge(503, 0, date)).toMatchObject({ pauseMs: 30_000, waitMs: 30_000 });
    expect(judge(500, 0, { 'retry-after': '60' }).pauseMs).toBe(60_000);
    expect(judge(429, 0, { 'retry-after': '999999' }).pauseMs).toBe(3_600_000);
    expect(judge(429, 0, { 'retry-after': 'soon' }).pauseMs).toBe(10_000);
  });
});
