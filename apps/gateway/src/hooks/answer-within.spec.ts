import { describe, expect, it } from 'vitest';
import { answerWithin } from './answer-within.js';

describe('the time for an answer to a provider', () => {
  it('is not waited for when the work is done before', async () => {
    expect(await answerWithin(60_000, Promise.resolve('done'))).toBe('done');
  });

  it('ends in a 503 that asks to send again', async () => {
    const stuck = new Promise(() => undefined);
    await expect(answerWithin(5, stuck)).rejects.toMatchObject({
      code: 'store/unavailable',
      retryAfterMs: 5_000,
    });
  });

  it('lets what the work throws through', async () => {
    await expect(answerWithin(60_000, Promise.reject(new TypeError('x')))).rejects.toThrow(TypeError);
  });
});
