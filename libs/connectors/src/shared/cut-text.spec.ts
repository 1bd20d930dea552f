import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { text } from '../../../../test/support/arbitraries.js';
import { cutText } from './cut-text.js';

const inkOf = (made: string): string => made.replace(/\s/g, '');
const bytesOf = (made: string): number => Buffer.byteLength(made);

describe('cutText', () => {
  it('gives back a text that fits, and nothing for no text', () => {
    expect(cutText(' ab ', 4)).toEqual([' ab ']);
    expect(cutText('', 4)).toEqual([]);
  });

  it('prefers paragraphs to lines, lines to words and words to letters', () => {
    expect(cutText('one two.\n\nthree four five', 20)).toEqual(['one two.', 'three four five']);
    expect(cutText('one two three\nfour five', 20)).toEqual(['one two three', 'four five']);
    expect(cutText('one two three four', 10)).toEqual(['one two', 'three four']);
    expect(cutText('abcdefghij', 4)).toEqual(['abcd', 'efgh', 'ij']);
  });

  it('leaves a border alone that would make the piece short', () => {
    expect(cutText('a\n\nbbb ccc ddd eee fff', 16)).toEqual(['a\n\nbbb ccc ddd', 'eee fff']);
  });

  it('keeps families, flags and accents whole', () => {
    expect(cutText('👩‍👩‍👧‍👦👩‍👩‍👧‍👦', 12)).toEqual(['👩‍👩‍👧‍👦', '👩‍👩‍👧‍👦']);
    expect(cutText('🇩🇪🇫🇷', 5)).toEqual(['🇩🇪', '🇫🇷']);
    expect(cutText('e\u0301e\u0301', 3)).toEqual(['e\u0301', 'e\u0301']);
  });

  it('cuts a grapheme that does not fit by itself between its characters', () => {
    const piled = `a${'\u0301'.repeat(9)}`;
    expect(cutText(piled, 4).join('')).toBe(piled);
  });

  it('drops nothing but white space, in any unit, and fits', () => {
    const measures = [(made: string) => made.length, bytesOf, (made: string) => Array.from(made).length];
    fc.assert(
      fc.property(
        text(600),
        fc.integer({ min: 4, max: 300 }),
        fc.constantFrom(...measures),
        (made, max, measure) => {
          const pieces = cutText(made, max, measure);
          expect(inkOf(pieces.join(''))).toBe(inkOf(made));
          for (const piece of pieces) {
            expect(piece).not.toBe('');
            expect(measure(piece)).toBeLessThanOrEqual(max);
          }
          expect(pieces.flatMap((piece) => cutText(piece, max, measure))).toEqual(pieces);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('looks at each character of a long text a few times only', () => {
    const text = 'word '.repeat(13_000);
    let looked = 0;
    const counting = (piece: string): number => {
      looked += piece.length;
      return bytesOf(piece);
    };
    expect(cutText(text, 160, counting).length).toBeGreaterThan(400);
    expect(looked).toBeLessThan(20 * text.length);
  });
});
