import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { label, options } from '../../../../test/support/arbitraries.js';
import { fold, wordsOf } from '../fold.js';
import { matchOption } from './match.js';
import { listNumberOf } from './number.js';
import type { Question } from './question.js';
import { forgiven, slips } from './typo.js';

const asking = (...labels: string[]): Question => ({
  options: labels.map((name, index) => ({ id: `id-${index + 1}`, label: name })),
  more: false,
});
const key = (text: string): string => wordsOf(text).join(' ') || text.trim().normalize('NFKC');
const plainLabel = fc
  .array(fc.stringMatching(/^[a-zäöü]{2,9}$/), { minLength: 1, maxLength: 3 })
  .map((words) => words.join(' '));

describe('an option', () => {
  it('is taken by its number, however the number is written', () => {
    const digits = ['٠١٢٣٤٥٦٧٨٩', '०१२३४५६७८९', '０１２３４５６７８９', '𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗'].map((all) =>
      Array.from(all),
    );
    const spellings = (number: number): string[] => [
      ...['', '#', '# ', '(', '*'].map((before) => `${before}${number}`),
      ...['.', ')', '!', ' ', '*'].map((after) => `${number}${after}`),
      ...digits.map((script) => Array.from(String(number), (digit) => script[Number(digit)]).join('')),
    ];
    fc.assert(
      fc.property(options(1, 30), fc.nat(), (offered, pick) => {
        const index = pick % offered.length;
        // A label that is a number itself can mean another option; that is tested by itself below.
        fc.pre(offered.every((option) => !/^\p{Nd}+$/u.test(key(option.label))));
        for (const spelling of spellings(index + 1)) {
          expect(matchOption(spelling, [{ options: offered, more: false }])).toMatchObject({
            optionId: offered[index]!.id,
            via: 'number',
          });
        }
      }),
    );
  });

  it('is taken by its label, without regard to case, accents and punctuation', () => {
    fc.assert(
      fc.property(options(1, 12), fc.nat(), (offered, pick) => {
        const wanted = offered[pick % offered.length]!;
        const alike = offered.filter((option) => key(option.label) === key(wanted.label));
        fc.pre(alike.length === 1 && !/^\p{Nd}+$/u.test(key(wanted.label)));
        fc.pre(key(key(wanted.label)) === key(wanted.label));
        for (const text of [wanted.label, ` ${wanted.label} `, key(wanted.label), fold(wanted.label)]) {
          fc.pre(key(text) === key(wanted.label));
          expect(matchOption(text, [{ options: offered, more: false }])).toMatchObject({
            optionId: wanted.id,
            via: 'label',
          });
        }
      }),
    );
  });

  it('is taken by its label with one slip, when no other label is as near', () => {
    const slip = fc.record({
      at: fc.nat(),
      kind: fc.constantFrom('drop', 'add', 'change', 'swap'),
      letter: fc.constantFrom('x', 'e', 'ö'),
    });
    const labels = fc.uniqueArray(plainLabel, { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(labels, fc.nat(), slip, (names, pick, { at, kind, letter }) => {
        const wanted = names[pick % names.length] ?? '';
        fc.pre(forgiven(wanted) > 0);
        const text = slipped(wanted, at % wanted.length, kind, letter);
        const distances = names.map((name) => slips(key(text), key(name), 9));
        const mine = distances[names.indexOf(wanted)];
        fc.pre(mine === 1 && distances.filter((distance) => distance <= 1).length === 1);
        expect(matchOption(text, [asking(...names)])).toMatchObject({ label: wanted, via: 'typo' });
      }),
      { numRuns: 500 },
    );
  });

  it('is taken by its id', () => {
    expect(matchOption('id-2', [asking('One', 'Two')])).toMatchObject({ optionId: 'id-2', via: 'id' });
  });

  it('is never taken by a text that could mean two', () => {
    expect(matchOption('buy', [asking('Buy', 'Buy!')])).toBeNull();
    expect(matchOption('Room 3', [asking('Room 1', 'Room 2')])).toBeNull();
    expect(matchOption('bat', [asking('cart', 'cast')])).toBeNull();
    expect(matchOption('3', [asking('3', '2', '1')])).toBeNull();
    expect(matchOption('2', [asking('3', '2', '1')])).toMatchObject({ optionId: 'id-2' });
    expect(matchOption('Resume', [asking('Resume', 'Résumé')])).toMatchObject({ optionId: 'id-1' });
  });

  it('of the newest question comes before one of an older', () => {
    const questions = [asking('Red', 'Blue'), asking('Yes', 'No', 'Later')];
    expect(matchOption('2', questions)).toMatchObject({ label: 'Blue', questionAge: 0 });
    expect(matchOption('3', questions)).toMatchObject({ label: 'Later', questionAge: 1 });
    expect(matchOption('later', questions)).toMatchObject({ label: 'Later', questionAge: 1 });
    expect(matchOption('4', questions)).toBeNull();
  });

  it.each([
    '-2',
    '+2',
    '2%',
    '€2',
    '2 pizzas',
    '2.5',
    '20:00',
    '0',
    '',
    ' ',
    'yes please',
    'x'.repeat(70_000),
  ])('is not taken by “%.20s”', (text) => {
    expect(matchOption(text, [asking('Yes', 'No')])).toBeNull();
  });

  it('whose label is an emoji is taken by it', () => {
    expect(matchOption('👎', [asking('👍', '👎')])).toMatchObject({ optionId: 'id-2' });
    expect(matchOption('yes', [asking('👍 Yes', '👎 No')])).toMatchObject({ optionId: 'id-1' });
  });

  it('is understood among labels of any script without a throw', () => {
    fc.assert(
      fc.property(fc.array(label(), { maxLength: 6 }), label(), (names, text) => {
        const match = matchOption(text, [asking(...names)]);
        if (match) expect(names).toContain(match.label);
      }),
    );
  });
});

describe('a list number', () => {
  it('is read in every script that has digits', () => {
    const digits = Array.from({ length: 0x1fbfa }, (_, code) => code)
      .filter((code) => code < 0xd800 || code > 0xdfff)
      .map((code) => String.fromCodePoint(code))
      .filter((char) => /\p{Nd}/u.test(char));
    expect(digits.length).toBeGreaterThan(600);
    const values = digits.map((digit) => listNumberOf(digit));
    expect(new Set(values)).toEqual(new Set([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]));
    for (let i = 0; i < values.length; i++) expect(values[i]).toBe(i % 10);
  });

  it('is read from a key cap', () => {
    expect(listNumberOf('2️⃣')).toBe(2);
  });
});

describe('slips', () => {
  it.each([
    ['hours', 'hours', 0],
    ['hours', 'huors', 1],
    ['hours', 'hour', 1],
    ['hours', 'hourss', 1],
    ['hours', 'hovrs', 1],
    ['delivery', 'dleivrey', 2],
    ['abc', 'xyz', 3],
  ])('between %s and %s are %d', (left, right, count) => {
    expect(slips(left, right, 5)).toBe(count);
  });

  it('are the same within the band as without it', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 9 });
    fc.assert(
      fc.property(word, word, fc.integer({ min: 0, max: 4 }), (left, right, max) => {
        expect(slips(left, right, max)).toBe(Math.min(slips(left, right, 20), max + 1));
        expect(slips(left, right, max)).toBe(slips(right, left, max));
      }),
    );
  });
});

function slipped(text: string, at: number, kind: string, letter: string): string {
  const next = text[at + 1] ?? '';
  if (kind === 'drop') return text.slice(0, at) + text.slice(at + 1);
  if (kind === 'add') return text.slice(0, at) + letter + text.slice(at);
  if (kind === 'change') return text.slice(0, at) + letter + text.slice(at + 1);
  return text.slice(0, at) + next + (text[at] ?? '') + text.slice(at + 2);
}
