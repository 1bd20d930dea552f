import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PhraseFinder } from './phrases.js';

const word = fc.constantFrom('a', 'b', 'c');

describe('the phrase finder', () => {
  it('finds what a simple search finds', () => {
    const phrase = fc.array(word, { maxLength: 4 });
    fc.assert(
      fc.property(fc.array(phrase, { maxLength: 12 }), fc.array(word, { maxLength: 20 }), (phrases, text) => {
        const simple = phrases.flatMap((words, index) => {
          const starts = text.map((_, at) => at);
          const isIn = starts.some((at) => words.every((each, offset) => text[at + offset] === each));
          return words.length > 0 && isIn ? [index] : [];
        });
        expect([...new PhraseFinder(phrases).find(text)].toSorted((a, b) => a - b)).toEqual(simple);
      }),
      { numRuns: 500 },
    );
  });

  it('stays quick where every ending is a phrase', () => {
    const phrases = Array.from({ length: 300 }, (_, length) => Array.from({ length: length + 1 }, () => 'a'));
    const text = Array.from({ length: 100_000 }, () => 'a');
    expect(new PhraseFinder(phrases).find(text).size).toBe(300);
  });
});
