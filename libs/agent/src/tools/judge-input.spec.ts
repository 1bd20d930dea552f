import { describe, expect, it } from 'vitest';
import type { JsonObject } from '#libs/model';
import { judgeOf } from './judge-input.js';

const object = (properties: JsonObject, more: JsonObject = {}): JsonObject => ({
  type: 'object',
  properties,
  ...more,
});
const isFine = (schema: JsonObject, input: unknown): boolean => judgeOf(schema)(input).success;

describe('an input of a tool', () => {
  const order = object({ order: { type: 'string', pattern: '^[A-Z]-\\d+$' } }, { required: ['order'] });

  it.each([
    [{ order: 'A-7' }, true],
    [{ order: 'a-7' }, false],
    [{ order: 'A-7; drop' }, false],
    [{}, false],
    [{ order: 7 }, false],
    [[], false],
    ['A-7', false],
    [{ order: 'A-7', more: 'x'.repeat(20_000) }, false],
  ])('%j is judged by its schema and its pattern: %j', (input, fine) => {
    expect(isFine(order, input)).toBe(fine);
  });

  it('is judged by patterns in rows and objects too, and a property may be called “pattern”', () => {
    const schema = object({
      pattern: { type: 'number' },
      rows: { type: 'array', items: object({ code: { type: 'string', pattern: '^x' } }) },
    });
    expect(isFine(schema, { pattern: 1, rows: [{ code: 'x1' }] })).toBe(true);
    expect(isFine(schema, { pattern: '1' })).toBe(false);
    expect(isFine(schema, { rows: [{ code: 'x1' }, { code: 'y' }] })).toBe(false);
  });

  it('keeps names that only a pattern allows', () => {
    const schema = object({ a: {} }, { patternProperties: { '^x_': {} }, additionalProperties: false });
    expect(judgeOf(schema)({ a: 1, x_b: 2 })).toEqual({ success: true, value: { a: 1, x_b: 2 } });
  });

  it('with a pattern that cannot be read is left to whoever wrote it', () => {
    expect(isFine(object({ a: { type: 'string', pattern: '(?<!b)a' } }), { a: 'anything' })).toBe(true);
  });
});

// Each of these took longer than anybody waits, when the schema was believed.
describe('a hostile schema', () => {
  const long = `${'a'.repeat(60)}!`;

  it.each<[string, JsonObject, JsonObject]>([
    ['a pattern', object({ a: { type: 'string', pattern: '^(a+)+$' } }), { a: long }],
    ['a pattern of names', object({}, { patternProperties: { '^(a+)+$': {} } }), { [long]: 1 }],
    [
      'a pattern of all names',
      object({}, { propertyNames: { type: 'string', pattern: '^(a+)+$' } }),
      { [long]: 1 },
    ],
    [
      'a pattern behind a choice',
      object({ a: { anyOf: [{ type: 'number' }, { type: 'string', pattern: '^(a+)+$' }] } }),
      { a: long },
    ],
    [
      'references that double',
      object(
        { a: { $ref: '#/$defs/d0' } },
        {
          $defs: Object.fromEntries(
            Array.from({ length: 41 }, (_, n): [string, JsonObject] => {
              const next = { $ref: `#/$defs/d${n + 1}` };
              return [`d${n}`, n === 40 ? { type: 'number' } : { anyOf: [next, next] }];
            }),
          ),
        },
      ),
      { a: 'x' },
    ],
    [
      'a reference to itself',
      object({ a: { $ref: '#/$defs/d' } }, { $defs: { d: { $ref: '#/$defs/d' } } }),
      { a: 1 },
    ],
    ['a reference into nothing', object({ a: { $ref: 'https://evil.example/s' } }), { a: 1 }],
  ])('with %s is judged at once', (_, schema, input) => {
    expect(typeof judgeOf(schema)(input).success).toBe('boolean');
  });

  it('of ten thousand signs of depth is judged', () => {
    let deep: JsonObject = { type: 'string' };
    for (let n = 0; n < 700; n++) deep = { anyOf: [deep] };
    expect(isFine(object({ a: deep }), { a: 'x' })).toBe(true);
  });
});
