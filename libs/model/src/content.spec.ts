import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyContent, content, contents, options } from '../../../test/support/arbitraries.js';
import { Content, Contents, contentLimits, numberedOptions, optionsOf, plainTextOf } from './index.js';

const accepts = (value: unknown): boolean => Content.safeParse(value).success;
const url = 'https://files.example/a.png';
const option = { id: 'a', label: 'A' };
const many = (count: number): { id: string; label: string }[] =>
  Array.from({ length: count }, (_, index) => ({ id: `o${index}`, label: `Option ${index}` }));

describe('content', () => {
  it('parses to itself, whatever its kind, also after a way through JSON', () => {
    fc.assert(
      fc.property(anyContent(), (made) => {
        expect(Content.parse(made)).toEqual(made);
        expect(Content.parse(JSON.parse(JSON.stringify(made)))).toEqual(made);
      }),
    );
  });

  it('is refused with a field that its kind does not have', () => {
    fc.assert(fc.property(anyContent(), (made) => !accepts({ ...made, surprise: 1 })));
  });

  it('is refused without its kind, or with a kind that nobody knows', () => {
    fc.assert(
      fc.property(anyContent(), ({ type, ...rest }) => {
        expect(accepts(rest)).toBe(false);
        expect(accepts({ ...rest, type: `${type}s` })).toBe(false);
      }),
    );
  });

  it('cannot be used to reach into prototypes', () => {
    const hostile = ['__proto__', 'constructor', 'prototype'].map((key) =>
      JSON.parse(`{"type":"text","text":"x","${key}":{"polluted":true}}`),
    );
    for (const made of hostile) {
      const parsed = Content.safeParse(made);
      if (parsed.success) expect(Object.keys(parsed.data)).toEqual(['type', 'text']);
    }
    const inRecord = JSON.parse('{"type":"form_taken","fields":{"__proto__":"x","a":"b"}}');
    const parsed = Content.safeParse(inRecord);
    if (parsed.success) expect(Object.getPrototypeOf(parsed.data)).toBe(Object.prototype);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(({} as Record<string, unknown>)['a']).toBeUndefined();
  });

  it.each([
    ['text', { text: 'x'.repeat(contentLimits.textMax) }, { text: 'x'.repeat(contentLimits.textMax + 1) }],
    ['text', { text: 'x' }, { text: '' }],
    ['image', { url, caption: 'x'.repeat(1_000) }, { url, caption: 'x'.repeat(1_001) }],
    ['image', { url, size_bytes: 0 }, { url, size_bytes: -1 }],
    ['audio', { url, duration_ms: 1 }, { url, duration_ms: 1.5 }],
    ['video', { url }, { url: '/relative.mp4' }],
    ['file', { url, file_name: 'x'.repeat(255) }, { url, file_name: 'x'.repeat(256) }],
    ['location', { latitude: -90, longitude: 180 }, { latitude: -90.1, longitude: 180 }],
    ['location', { latitude: 90, longitude: -180 }, { latitude: 90, longitude: -180.1 }],
    ['contact', { name: 'x'.repeat(200) }, { name: 'x'.repeat(201) }],
    ['choices', { text: 'q', options: many(50) }, { text: 'q', options: many(51) }],
    ['choices', { text: 'q', options: [option] }, { text: 'q', options: [] }],
    ['choices', { text: 'q', options: [option] }, { text: 'q', options: [option, option] }],
    [
      'choices',
      { text: 'q', options: [{ ...option, label: 'A' }] },
      { text: 'q', options: [{ ...option, label: '  ' }] },
    ],
    ['card', { title: 't', options: many(10) }, { title: 't', options: many(11) }],
    ['carousel', { cards: times(20, { title: 't' }) }, { cards: times(21, { title: 't' }) }],
    ['carousel', { cards: [{ title: 't' }] }, { cards: [] }],
    ['list', list(20, 100), list(21, 1)],
    ['list', list(1, 1), list(1, 101)],
    ['form', { title: 't', fields: fields(30) }, { title: 't', fields: fields(31) }],
    ['template', { name: 'n', language: 'en' }, { name: 'n', language: 'e' }],
    ['choice_taken', { option_id: 'x'.repeat(128), label: '' }, { option_id: 'x'.repeat(129), label: '' }],
    ['form_taken', { fields: { a: 'x'.repeat(1_000) } }, { fields: { a: 'x'.repeat(1_001) } }],
  ])('of kind %s is taken at a limit and refused beyond it', (type, within, beyond) => {
    expect(accepts({ type, ...within })).toBe(true);
    expect(accepts({ type, ...beyond })).toBe(false);
  });

  it.each([
    'javascript:alert(1)',
    'data:text/html,x',
    'file:///etc/passwd',
    'ftp://a.example/x',
    '//a.example/x',
  ])('never points at %s', (address) => {
    expect(accepts({ type: 'image', url: address })).toBe(false);
    expect(accepts({ type: 'choices', text: 'q', options: [{ ...option, url: address }] })).toBe(false);
  });

  it('comes in messages of 1 to 20 pieces', () => {
    const piece = { type: 'text', text: 'x' };
    expect(Contents.safeParse([]).success).toBe(false);
    expect(Contents.safeParse(times(contentLimits.piecesMax, piece)).success).toBe(true);
    expect(Contents.safeParse(times(contentLimits.piecesMax + 1, piece)).success).toBe(false);
  });
});

describe('the options of a message', () => {
  it('are numbered from 1 over all its pieces, each once', () => {
    fc.assert(
      fc.property(contents(), (made) => {
        const numbered = numberedOptions(made);
        expect(numbered.map(({ number }) => number)).toEqual(numbered.map((_, index) => index + 1));
        expect(numbered.map(({ option }) => option)).toEqual(made.flatMap(optionsOf));
      }),
    );
  });

  it('are found in every kind that offers some', () => {
    fc.assert(
      fc.property(options(1, 5), (offered) => {
        expect(optionsOf({ type: 'choices', text: 'q', style: 'buttons', options: offered })).toEqual(
          offered,
        );
        expect(optionsOf({ type: 'card', title: 't', options: offered })).toEqual(offered);
        expect(optionsOf({ type: 'list', text: 'q', button: 'b', sections: [{ options: offered }] })).toEqual(
          offered,
        );
        const cards = offered.map((one) => ({ title: 't', options: [one] }));
        expect(optionsOf({ type: 'carousel', cards })).toEqual(offered);
      }),
    );
  });
});

describe('the plain text of content', () => {
  it('is text for every kind', () => {
    fc.assert(fc.property(anyContent(), (made) => typeof plainTextOf(made) === 'string'));
  });

  it('is the words themselves where content has words', () => {
    fc.assert(fc.property(content('text'), (made) => plainTextOf(made) === (made as { text: string }).text));
  });
});

function list(sections: number, rows: number): object {
  return { text: 'q', button: 'b', sections: times(sections, { options: many(rows) }) };
}

function fields(count: number): object[] {
  return Array.from({ length: count }, (_, index) => ({ id: `f${index}`, label: 'F', kind: 'text' }));
}

function times<T>(count: number, value: T): T[] {
  return Array.from({ length: count }, () => value);
}
