import { describe, expect, it } from 'vitest';
import { parseJson } from './parse-json.js';

const parsed = (text: string): unknown => parseJson(Buffer.from(text));
const refusal = expect.objectContaining({ code: 'input/malformed-json' });

describe('a body of JSON', () => {
  it('is what it says, with or without the mark that some programs begin with', () => {
    expect(parsed('{"a":[1,"é",null,{"b":true}]}')).toEqual({ a: [1, 'é', null, { b: true }] });
    expect(parsed('\ufeff{}')).toEqual({});
  });

  it.each(['', '{', '{"a":1}x', "{'a':1}", '[1,]', 'NaN'])('is refused when it is none: %s', (text) => {
    expect(() => parsed(text)).toThrow(refusal);
  });

  it('is refused when its bytes are not UTF-8, instead of being kept as something else', () => {
    const latin1 = Buffer.concat([Buffer.from('{"name":"'), Buffer.from([0xe4]), Buffer.from('"}')]);
    expect(() => parseJson(latin1)).toThrow(refusal);
  });

  it('has at most 64 levels, so that nothing which walks through it falls over', () => {
    expect(parsed('['.repeat(64) + ']'.repeat(64))).toBeInstanceOf(Array);
    for (const levels of [65, 1_000, 400_000]) {
      expect(() => parsed('['.repeat(levels) + ']'.repeat(levels))).toThrow(refusal);
      expect(() => parsed(`${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`)).toThrow(refusal);
    }
  });

  it('has whole characters only: a half becomes U+FFFD, in keys too', () => {
    expect(parsed(String.raw`{"a":"x\ud800","\udc00":["\uD83D\uDE00","\\ud800"]}`)).toEqual({
      a: 'x\ufffd',
      '\ufffd': ['😀', String.raw`\ud800`],
    });
  });

  it.each(['{"__proto__":{}}', String.raw`{"a":[{"\u005f_proto__":1}]}`, String.raw`{"__proto__":"\ud800"}`])(
    'never changes a prototype: %s',
    (text) => {
      expect(() => parsed(text)).toThrow(refusal);
    },
  );
});
