import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isHiddenName, redact, redactText } from './index.js';

const CANARY = 'canary-7c41e9';
const hiddenName = fc.constantFrom(
  ...'password Authorization x-api-key clientToken webhook_secret body text parts raw email'.split(' '),
);
const visibleName = fc
  .string({ minLength: 1, maxLength: 8 })
  .filter((name) => !isHiddenName(name) && name !== '__proto__');
const leaf = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null), fc.date());

/** Values of any shape in which the canary stands under a hidden name, somewhere. */
const withCanary = fc.letrec((tie) => ({
  hidden: fc
    .tuple(
      hiddenName,
      fc.constantFrom(CANARY, { deep: [CANARY] }, [CANARY], new Map([['x', CANARY]]), Buffer.from(CANARY)),
    )
    .map(([name, value]) => ({ [name]: value })),
  around: fc.oneof(
    { maxDepth: 5 },
    tie('hidden'),
    fc.array(fc.oneof(leaf, tie('around')), { maxLength: 3 }),
    fc.dictionary(visibleName, fc.oneof(leaf, tie('around')), { maxKeys: 3 }),
    tie('around').map((cause) => new Error('it broke', { cause })),
    tie('around').map((value) => new Map([['visible', value]])),
  ),
})).around;

describe('redaction', () => {
  it('lets nothing through that stands under a hidden name, whatever is around it', () => {
    fc.assert(
      fc.property(withCanary, (value) => !JSON.stringify(redact(value) ?? null).includes(CANARY)),
      { numRuns: 500 },
    );
  });

  it('keeps plain values as they are', () => {
    const plain = fc.dictionary(visibleName, fc.oneof(fc.integer(), fc.boolean(), fc.constant(null)));
    fc.assert(
      fc.property(plain, (value) => {
        expect(redact(value)).toEqual({ ...value });
      }),
    );
  });

  it('ends for every value, and its answer is JSON', () => {
    fc.assert(
      fc.property(
        fc.anything({ withBigInt: true, withMap: true, withSet: true, withDate: true }),
        (value) => {
          const copy = redact(value);
          expect(() => JSON.stringify(copy)).not.toThrow();
        },
      ),
    );
  });

  it.each([
    ['Bearer abcdef123456', 'Bearer [redacted]'],
    ['postgresql://u:hunter2@db:5432/x', 'postgresql://[redacted]@db:5432/x'],
    ['key pk_live_abcdefgh12345678 was used', 'key pk_live_[redacted] was used'],
    [
      'key parley_01jd0000000000000000000000_abcdefghijklmnop_Ab12Cd',
      'key parley_01jd0000000000000000000000_[redacted]',
    ],
    ['token eyJhbGciOi.eyJzaWQiOi.c2lnbmF0dXJl', 'token eyJhbGciOi.[redacted]'],
    ['the bearer of news', 'the bearer of news'],
    ['see https://example.com/a@b', 'see https://example.com/a@b'],
  ])('makes of %j %j', (text, shown) => {
    expect(redactText(text)).toBe(shown);
  });

  it('cuts long text before it looks for secrets', () => {
    expect(redactText(`${'a'.repeat(500_000)}@${'b'.repeat(500_000)}`)).toHaveLength(2_001);
  });
});
