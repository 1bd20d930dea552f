import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasPattern, patternProblem } from './patterns.js';

describe('patterns', () => {
  it.each([
    [String.raw`\border\s+#?\d{4}\b`, 'where is ORDER #1042?', true],
    [String.raw`^(yes|yep)$`, 'Yep', true],
    [String.raw`^(yes|yep)$`, 'yes please', false],
    [String.raw`\p{L}+straße`, 'in der Hauptstraße', true],
    ['', 'anything', true],
  ])('%s in "%s" is %s', (pattern, text, found) => expect(hasPattern(pattern, text)).toBe(found));

  it('say why they cannot be read, and then never match', () => {
    for (const pattern of ['(', '[a', '(?=x)', String.raw`(a)\1`, 'a{2000}']) {
      expect(patternProblem(pattern)).toMatch(/./);
      expect(hasPattern(pattern, 'aaaa')).toBe(false);
    }
    expect(patternProblem('a+')).toBeNull();
  });

  it('never throw, and are done with what makes other engines backtrack for ever', () => {
    expect(hasPattern('^(a+)+$', `${'a'.repeat(3_999)}b`)).toBe(false);
    fc.assert(
      fc.property(fc.string({ maxLength: 40 }), fc.string({ maxLength: 200 }), (pattern, text) => {
        expect(typeof hasPattern(pattern, text)).toBe('boolean');
      }),
    );
  });
});
