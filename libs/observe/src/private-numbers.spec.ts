import { describe, expect, it } from 'vitest';
import { hidePrivateNumbers } from './private-numbers.js';
import { redact } from './redact.js';

describe('a log line', () => {
  it.each([
    ['card 4111 1111 1111 1111 refused', 'card [card] refused'],
    ['card 4111111111111111', 'card [card]'],
    ['id 4111111111111112', 'id 4111111111111112'],
    ['msg_4111111111111111', 'msg_4111111111111111'],
    ['account DE89 3704 0044 0532 0130 00', 'account [iban]'],
    ['account DE89370400440532013001', 'account DE89370400440532013001'],
    ['The number +4917012345678 is not a mobile one', 'The number [phone] is not a mobile one'],
    ['call +44 (0)20 7946 0958 now', 'call [phone] now'],
    ['took 1234 ms, 2026-11-21T09:00:00.000Z', 'took 1234 ms, 2026-11-21T09:00:00.000Z'],
    ['at 1795420800000', 'at 1795420800000'],
    ['1+12345678', '1+12345678'],
  ])('says of “%s”: “%s”', (text, shown) => expect(hidePrivateNumbers(text)).toBe(shown));

  it('has no number of anybody, wherever it stands in what is logged', () => {
    const cause = new TypeError('To +4917012345678 is blocked');
    const line = JSON.stringify(
      redact({
        detail: 'card 4111 1111 1111 1111',
        facts: [{ said: 'DE89 3704 0044 0532 0130 00' }],
        error: new Error('no', { cause }),
      }),
    );
    expect(line).not.toMatch(/4111|3704|4917/);
    expect(line).toContain('[card]');
  });

  it('is read in bounded time, whatever stands in it', () => {
    for (const piece of ['4', '4 ', 'DE89', 'DE89 ', '+1 ', '+1(', '4-']) {
      expect(typeof hidePrivateNumbers(piece.repeat(2_000))).toBe('string');
    }
  });
});
