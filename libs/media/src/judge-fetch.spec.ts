import { describe, expect, it } from 'vitest';
import { fault } from '#libs/faults';
import { judgeFetch } from './judge-fetch.js';

const hour = 3_600_000;
const fresh = { attempts: 0, ageMs: 1_000 };

describe('a fetch that failed', () => {
  it('is over when the provider does not have the file, or it is too large', () => {
    for (const code of ['channel/rejected', 'input/too-large', 'input/invalid'] as const) {
      expect(judgeFetch(fault(code, { detail: 'Why.' }), fresh, 0)).toEqual({
        status: 'failed',
        reason: 'Why.',
      });
    }
    const cut = fault('channel/outcome-unknown', { facts: { reason: 'answer-too-large' } });
    expect(judgeFetch(cut, fresh, 0)).toMatchObject({ status: 'failed' });
  });

  it('is tried again with growing pauses, and given up after an hour', () => {
    const away = fault('channel/unreachable', { detail: 'Away.' });
    expect(judgeFetch(away, fresh, 1)).toEqual({ status: 'pending', waitMs: 1_000, reason: 'Away.' });
    expect(judgeFetch(away, { attempts: 3, ageMs: 20_000 }, 1)).toMatchObject({ waitMs: 8_000 });
    expect(judgeFetch(away, { attempts: 30, ageMs: 20_000 }, 1)).toMatchObject({ waitMs: 300_000 });
    expect(judgeFetch(away, { attempts: 30, ageMs: hour }, 1)).toEqual({
      status: 'failed',
      reason: 'It could not be fetched for 1 h: Away.',
    });
    expect(judgeFetch(new Error('ours'), fresh, 1)).toMatchObject({ status: 'pending' });
  });

  it('waits a day for a person, and as long as the provider says', () => {
    expect(judgeFetch(fault('channel/credentials'), { attempts: 9, ageMs: 5 * hour }, 0)).toMatchObject({
      status: 'pending',
      waitMs: 60_000,
    });
    expect(judgeFetch(fault('channel/not-connected'), { attempts: 9, ageMs: 24 * hour }, 0)).toMatchObject({
      status: 'failed',
    });
    const slow = fault('channel/throttled', { retryAfterMs: 90_000 });
    expect(judgeFetch(slow, fresh, 0)).toMatchObject({ status: 'pending', waitMs: 90_000 });
  });
});
