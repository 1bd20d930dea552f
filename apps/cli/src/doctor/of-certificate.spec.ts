import { describe, expect, it } from 'vitest';
import { judgeCertificate } from './of-certificate.js';

const day = 86_400_000;
const stateOf = (days: number, refusal: string | null = null): string =>
  judgeCertificate('parley.example', days * day + 1, refusal, 0).state;

describe('what the doctor makes of a certificate', () => {
  it('warns two weeks before its end, and says when it has ended', () => {
    expect([stateOf(90), stateOf(14), stateOf(13), stateOf(-1)]).toEqual([
      'well',
      'well',
      'warning',
      'wrong',
    ]);
  });

  it('says why it is not trusted', () => {
    const found = judgeCertificate('parley.example', 90 * day, 'DEPTH_ZERO_SELF_SIGNED_CERT', 0);
    expect(found).toMatchObject({
      state: 'wrong',
      words: expect.stringContaining('DEPTH_ZERO_SELF_SIGNED_CERT'),
    });
  });
});
