import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cpuMsOf } from '../../../../../test/support/cpu-time.js';
import { Expected, type Content, type Json } from '#libs/model';
import { shippedLanguages } from './date-words.js';
import { readAnswer } from './read-answer.js';

const context = { today: '2026-11-21', languages: shippedLanguages, country: 'DE' }; // a Saturday
const ask = (
  expected: object,
  text: string,
  content: Content[] = [],
  optionId: string | null = null,
): Json | undefined => {
  const answer = readAnswer({ text, content, optionId }, Expected.parse(expected), context, 'p/');
  return answer.ok ? answer.value : undefined;
};

describe('an e-mail address', () => {
  it.each([
    ['ann@Example.ORG', 'ann@example.org'],
    ["it's ann.b+shop@mail.example.co.uk, thanks!", 'ann.b+shop@mail.example.co.uk'],
    ['<ann@example.org>', 'ann@example.org'],
    ['ann@example.org or Ann@example.org', undefined],
    ['ann@example', undefined],
    ['ann at example.org', undefined],
    ['a'.repeat(65) + '@example.org', undefined],
  ])('in “%s” is %s', (text, value) => expect(ask({ kind: 'email' }, text)).toBe(value));
});

describe('a telephone number', () => {
  it.each([
    ['+49 30 123456', '+4930123456'],
    ['call me at 030/123456 please', '+4930123456'],
    ['0044 20 7946 0958', '+442079460958'],
    ['order 12', undefined],
    ['+49 30 123456 or +49 30 123457', undefined],
  ])('in “%s” is %s', (text, value) => expect(ask({ kind: 'phone' }, text)).toBe(value));
});

describe('a number', () => {
  it.each([
    ['42', 42],
    ['about 1,234.50 euros', 1234.5],
    ['1.234,5', 1234.5],
    ['1 234 567', 1234567],
    ['12,5', 12.5],
    ['1.500', 1500],
    ['0.500', 0.5],
    ['٤٢', 42],
    ['-3', -3],
    ['we are twelve', 12],
    ['fünf', 5],
    ['2 or 3', undefined],
    ['1.2.3', undefined],
    ['room 12b', undefined],
    ['lots', undefined],
  ])('in “%s” is %s', (text, value) => expect(ask({ kind: 'number' }, text)).toBe(value));

  it('keeps within its limits', () => {
    const people = { kind: 'number', integer: true, min: 1, max: 8 };
    expect(['0', '1', '8', '9', '2.5'].map((text) => ask(people, text))).toEqual([
      undefined,
      1,
      8,
      undefined,
      undefined,
    ]);
  });
});

describe('a date', () => {
  it.each([
    ['2027-03-04', '2027-03-04'],
    ['4.3.2027', '2027-03-04'],
    ['4/3', '2027-03-04'],
    ['24.12.', '2026-12-24'],
    ['3/24/27', '2027-03-24'],
    ['on March 4th', '2027-03-04'],
    ['4. März', '2027-03-04'],
    ['le 4 août 2027', '2027-08-04'],
    ['tomorrow', '2026-11-22'],
    ['übermorgen', '2026-11-23'],
    ['pasado mañana', '2026-11-23'],
    ['next monday', '2026-11-23'],
    ['samstag', '2026-11-28'],
    ['31.2.2027', undefined],
    ['soon', undefined],
  ])('in “%s” is %s', (text, value) => expect(ask({ kind: 'date' }, text)).toBe(value));

  it('has a time of day where that is wanted', () => {
    const when = { kind: 'date', time: true };
    expect(ask(when, 'tomorrow at 3pm')).toBe('2026-11-22T15:00');
    expect(ask(when, '24.12. um 9:30')).toBe('2026-12-24T09:30');
    expect(ask(when, 'montag 15 Uhr')).toBe('2026-11-23T15:00');
    expect(ask(when, '2026-12-01 12:05 am')).toBe('2026-12-01T00:05');
    expect(ask(when, 'tomorrow')).toBeUndefined();
  });

  it('keeps within its limits', () => {
    expect(ask({ kind: 'date', from: 'today' }, 'yesterday')).toBeUndefined();
    expect(ask({ kind: 'date', from: 'tomorrow' }, 'today')).toBeUndefined();
    expect(ask({ kind: 'date', days_max: 7 }, '2026-11-28')).toBe('2026-11-28');
    expect(ask({ kind: 'date', days_max: 7 }, '2026-11-29')).toBeUndefined();
  });
});

describe('a choice', () => {
  const size = {
    kind: 'choice',
    options: [
      { id: 's', label: 'Small' },
      { id: 'm', label: 'Medium', synonyms: ['normal', 'the usual'] },
      { id: 'l', label: 'Large' },
      { id: 'xl', label: 'Extra large' },
    ],
  };
  it.each([
    ['2', 'm'],
    ['medium', 'm'],
    ['Medum', 'm'],
    ["I'd like the large one please", 'l'],
    ['an extra large one', 'xl'],
    ['make it an exrta lareg', 'xl'],
    ['the usual', 'm'],
    ['the second one', 'm'],
    ['die letzte', 'xl'],
    ['two', 'm'],
    ['extra', 'xl'],
    ['small or large', undefined],
    ['one that fits', undefined],
    ['dunno', undefined],
    ['7', undefined],
  ])('“%s” is %s', (text, value) => expect(ask(size, text)).toBe(value));

  it('is what was pressed, in this question only', () => {
    expect(ask(size, 'Large', [], 'p/l')).toBe('l');
    expect(ask(size, '', [], 'other/l')).toBeUndefined();
  });
});

describe('a file and a place', () => {
  const photo: Content = { type: 'image', url: 'media:med_1', size_bytes: 10 };
  it('are taken from what was sent', () => {
    expect(ask({ kind: 'file' }, '', [photo])).toEqual({ type: 'image', url: 'media:med_1', size_bytes: 10 });
    expect(ask({ kind: 'file', types: ['file'] }, '', [photo])).toBeUndefined();
    expect(ask({ kind: 'file', bytes_max: 9 }, '', [photo])).toBeUndefined();
    const place: Content = { type: 'location', latitude: 1, longitude: 2 };
    expect(ask({ kind: 'location' }, '', [place])).toEqual({ latitude: 1, longitude: 2 });
    expect(ask({ kind: 'location' }, 'Main St 1')).toEqual({ address: 'Main St 1' });
    expect(ask({ kind: 'location', or_text: false }, 'Main St 1')).toBeUndefined();
  });
});

describe('any answer', () => {
  const kinds = ['text', 'email', 'phone', 'number', 'date', 'file', 'location'].map((kind) => ({ kind }));
  it('is read without a throw, whatever was said', () => {
    fc.assert(
      fc.property(fc.constantFrom(...kinds), fc.string({ unit: 'binary', maxLength: 300 }), (kind, text) => {
        ask(kind, text);
      }),
    );
  });

  it('is read in time that does not explode', async () => {
    for (const kind of kinds) {
      for (const piece of ['a.', '1,', '1 ', '@a.', '-', '00 ', "'1"]) {
        expect(await cpuMsOf(() => ask(kind, piece.repeat(30_000)))).toBeLessThan(2_000);
      }
    }
  });
});
