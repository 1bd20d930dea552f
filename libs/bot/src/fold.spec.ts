import { describe, expect, it } from 'vitest';
import { fold, wordsOf } from './fold.js';

describe('folding', () => {
  it.each([
    ['ÉCOLE', 'école'],
    ['e\u0301cole', 'ECOLE'],
    ['Straße', 'STRASSE'],
    ['ｆｕｌｌ', 'full'],
    ['ΣΊΣΥΦΟΣ', 'σισυφος'],
    ['Łódź', 'lodz'],
    ['İstanbul', 'istanbul'],
    ['ёлка', 'елка'],
    ['مُحَمَّد', 'محمد'],
    ['שָׁלוֹם', 'שלום'],
    ['a\u200Bb\u00ADc', 'abc'],
    ['한국', '한국'.normalize('NFD')],
  ])('makes %s and %s the same', (left, right) => {
    expect(fold(left)).toBe(fold(right));
  });

  it.each([
    ['की', 'का'],
    ['が', 'か'],
    ['ก่า', 'ก้า'],
    ['and', 'end'],
  ])('keeps %s and %s apart', (left, right) => {
    expect(fold(left)).not.toBe(fold(right));
  });

  it('keeps no more marks on one letter than can be sorted at once', () => {
    // Normalizing 64 KiB of marks in the wrong order would take over a second: it sorts them in quadratic time.
    expect(fold(`क${'\u0941\u094D'.repeat(30_000)}x`)).toHaveLength(32);
  });
});

describe('words', () => {
  it.each([
    ['Hello, World!', ['hello', 'world']],
    ["don't", ['don', 't']],
    ['a_b-c', ['a', 'b', 'c']],
    ['我想退款', ['我', '想', '退', '款']],
    ['🎉 !!', []],
    ['３ cafés', ['3', 'cafes']],
  ])('of %j are %j', (text, words) => {
    expect(wordsOf(text)).toEqual(words);
  });
});
