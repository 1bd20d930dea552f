import { describe, expect, it } from 'vitest';
import type { EgressResponse } from '../connector.js';
import { faultOfStatus, parseRetryAfter, type StatusContext } from './fault-of-status.js';

const NOW = Date.parse('2026-11-21T12:00:00Z');
const context: StatusContext = { name: 'acme', now: NOW, serverError: 'channel/unreachable' };

function answer(status: number, headers: Record<string, string> = {}, body = ''): EgressResponse {
  return { status, headers, body: Buffer.from(body), text: () => body };
}

describe('faultOfStatus', () => {
  it.each([
    [301, 'channel/rejected'],
    [400, 'channel/rejected'],
    [401, 'channel/credentials'],
    [403, 'channel/credentials'],
    [404, 'channel/rejected'],
    [408, 'channel/unreachable'],
    [410, 'channel/rejected'],
    [425, 'channel/unreachable'],
    [429, 'channel/throttled'],
    [500, 'channel/unreachable'],
    [503, 'channel/unreachable'],
    [204, 'channel/outcome-unknown'],
  ])('makes %d a %s', (status, code) => {
    expect(faultOfStatus(answer(status), context).code).toBe(code);
  });

  it('concludes nothing from a 5xx of a provider that may have kept something', () => {
    const unsure = { ...context, serverError: 'channel/outcome-unknown' } as const;
    expect(faultOfStatus(answer(502), unsure).code).toBe('channel/outcome-unknown');
  });

  it("keeps the provider's own code and words, within their limits", () => {
    const said = { code: 'E17', message: 'w'.repeat(2_000) };
    expect(faultOfStatus(answer(400), { ...context, said }).provider).toEqual({
      name: 'acme',
      code: 'E17',
      message: 'w'.repeat(500),
    });
    expect(faultOfStatus(answer(400, {}, ' no such user '), context).provider).toMatchObject({
      code: '400',
      message: 'no such user',
    });
  });

  it('always says for how long a throttled account pauses', () => {
    expect(faultOfStatus(answer(429, { 'retry-after': '30' }), context).retryAfterMs).toBe(30_000);
    expect(faultOfStatus(answer(429), context).retryAfterMs).toBe(5_000);
  });
});

describe('parseRetryAfter', () => {
  it.each([
    ['120', 120_000],
    ['0', 0],
    ['1.5', 1_500],
    ['Sat, 21 Nov 2026 12:00:10 GMT', 10_000],
    ['Sat, 21 Nov 2026 11:00:00 GMT', 0],
    ['99999999999', 86_400_000],
    ['soon', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('reads %s as %s ms', (header, expected) => expect(parseRetryAfter(header, NOW)).toBe(expected));
});
