import fc from 'fast-check';
import { isFault } from '#libs/faults';
import { describe, expect, it } from 'vitest';
import { parseJson } from './parse-json.js';

const bytes = (text: string): Uint8Array => Buffer.from(text);

describe('parseJson', () => {
  it('parses what JSON.parse parses', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5 }), (json) => {
        expect(parseJson(bytes(json))).toEqual(JSON.parse(json));
      }),
    );
  });

  it('leaves out NUL and replaces halves of surrogate pairs, which no database keeps', () => {
    expect(parseJson(bytes(String.raw`{"a\u0000":["b\u0000c\ud83d","\ud83d\ude00"]}`))).toEqual({
      a: ['bc\ufffd', '😀'],
    });
  });

  it.each([[Buffer.from([0xff, 0xfe])], [bytes('{')], [bytes('')], [bytes('['.repeat(40) + ']'.repeat(40))]])(
    'refuses %s without quoting it',
    (body) => {
      expect(() => parseJson(body)).toThrow(expect.objectContaining({ code: 'input/invalid' }));
    },
  );

  it('throws nothing but input/invalid, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (body) => {
        try {
          parseJson(body);
        } catch (thrown) {
          expect(isFault(thrown, 'input/invalid')).toBe(true);
        }
      }),
    );
  });
});
