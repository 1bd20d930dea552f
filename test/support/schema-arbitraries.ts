import fc from 'fast-check';
import type { Schema } from './document-checker.js';

/** Anything that JSON can say. */
export const anyValue: fc.Arbitrary<unknown> = fc.jsonValue({ maxDepth: 3 });

/** Text that programs stumble over. */
const oddTexts = [
  '',
  ' ',
  '\u0000',
  '\uD800',
  '‮',
  "'; drop table x; --",
  '{{7*7}}',
  '../..',
  '😀',
  'x'.repeat(5_000),
  '1e999',
];
const oddNumbers = [0, -1, 1.5, Number.MAX_SAFE_INTEGER, -(2 ** 53), 1e21];

/** What arbitrary values are made from. */
interface Source {
  document: Schema;
  ids: Readonly<Record<string, readonly string[]>>;
  /** How deep it may still go. */
  depth: number;
}

/** Bodies by a schema: about half of them fit, the others are wrong in one place. */
export function bodies(schema: Schema, document: Schema, ids: Source['ids']): fc.Arbitrary<unknown> {
  const fitting = valueOf(schema, { document, ids, depth: 5 });
  const broken = fc
    .tuple(fitting, fc.nat(), fc.oneof(anyValue, fc.constantFrom(...oddTexts, ...oddNumbers)))
    .map(breakOne);
  return fc.oneof(
    { arbitrary: fitting, weight: 5 },
    { arbitrary: broken, weight: 4 },
    { arbitrary: anyValue, weight: 1 },
  );
}

/** Queries, with `?`; empty when nothing is asked. */
export function queries(
  parameters: readonly { name: string; required: boolean; schema: Schema }[],
  document: Schema,
): fc.Arbitrary<string> {
  const fields = parameters.map(({ name, required, schema }) => {
    const value = fc.oneof(
      { arbitrary: valueOf(schema, { document, ids: {}, depth: 2 }), weight: 4 },
      {
        arbitrary: fc.constantFrom(...oddTexts.filter((text) => text.length < 1_000), ...oddNumbers),
        weight: 1,
      },
    );
    return fc.option(value, { freq: required ? 9 : 1 }).map((one) => [name, one] as const);
  });
  return fc.tuple(...fields).map((pairs) => {
    const asked = pairs.filter(([, value]) => value !== null && value !== undefined);
    const text = new URLSearchParams(asked.map(([name, value]) => [name, textOf(value)] as [string, string]));
    return asked.length === 0 ? '' : `?${text.toString()}`;
  });
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** Puts something else in one place. */
function breakOne([value, at, other]: [unknown, number, unknown]): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return other;
  const names = [...Object.keys(value), 'no_such_field'];
  const name = names[at % names.length]!;
  return { ...value, [name]: other };
}

function valueOf(raw: Schema, source: Source): fc.Arbitrary<unknown> {
  const schema = resolve(raw, source.document);
  const { depth } = source;
  if ('const' in schema) return fc.constant(schema['const']);
  if (schema['enum']) return fc.constantFrom(...(schema['enum'] as unknown[]));
  const variants = (schema['anyOf'] ?? schema['oneOf']) as Schema[] | undefined;
  if (variants) {
    // Where it would go on for ever, only what ends.
    const ending = depth > 0 ? variants : variants.slice(0, 1);
    return fc.oneof(...ending.map((variant) => valueOf(variant, { ...source, depth: depth - 1 })));
  }
  if (Array.isArray(schema['type'])) {
    return fc.oneof(...(schema['type'] as string[]).map((type) => valueOf({ ...schema, type }, source)));
  }
  return byType(schema, source);
}

function byType(schema: Schema, source: Source): fc.Arbitrary<unknown> {
  switch (schema['type']) {
    case 'string':
      return textBy(schema, source.ids);
    case 'integer':
      return fc.integer({
        min: Math.max(schema['minimum'] ?? 0, -(2 ** 31)),
        max: Math.min(schema['maximum'] ?? 1_000, 2 ** 31),
      });
    case 'number':
      return fc.double({ min: schema['minimum'] ?? 0, max: schema['maximum'] ?? 1_000, noNaN: true });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return arrayBy(schema, source);
    case 'object':
      return objectBy(schema, source);
    default:
      return anyValue;
  }
}

function textBy(
  { pattern, format, minLength = 0, maxLength = 40 }: Schema,
  ids: Source['ids'],
): fc.Arbitrary<string> {
  const prefix = /^\^([a-z]+)_\[0-7\]/.exec(pattern ?? '')?.[1];
  if (prefix)
    return fc.oneof(fc.constantFrom(...(ids[prefix] ?? []), `${prefix}_01jd0000000000000000000000`));
  if (format === 'date-time')
    return fc.constantFrom('2026-11-21T12:00:00Z', '2099-01-01T00:00:00.000Z', '1970-01-01T00:00:00Z');
  if (format === 'date') return fc.constantFrom('2026-11-21', '1970-01-01');
  if (format === 'uri')
    return fc.constantFrom('https://127.0.0.1:1/', 'https://hooks.example.com/', 'http://[::1]:1/x?y=1');
  if (format === 'email') return fc.constantFrom('a@example.com', 'ü@example.com');
  if (format === 'uuid') return fc.uuid();
  if (pattern) return fc.stringMatching(new RegExp(pattern)).filter((text) => text.length <= 2_000);
  const longest = Math.min(maxLength, minLength + 40);
  return fc
    .string({ unit: 'grapheme', minLength, maxLength: longest })
    .filter((text) => text.length >= minLength && text.length <= maxLength);
}

function arrayBy(
  { items, prefixItems, minItems = 0, maxItems = 4 }: Schema,
  source: Source,
): fc.Arbitrary<unknown> {
  const next = { ...source, depth: source.depth - 1 };
  if (prefixItems) return fc.tuple(...(prefixItems as Schema[]).map((item) => valueOf(item, next)));
  if (source.depth <= 0 && minItems === 0) return fc.constant([]);
  const most = Math.max(minItems, Math.min(maxItems, 3));
  return fc.array(valueOf((items as Schema | undefined) ?? {}, next), {
    minLength: minItems,
    maxLength: most,
  });
}

function objectBy(
  { properties = {}, required = [], additionalProperties, propertyNames }: Schema,
  source: Source,
): fc.Arbitrary<unknown> {
  const next = { ...source, depth: source.depth - 1 };
  const isNeeded = (name: string): boolean => (required as string[]).includes(name);
  const fields = Object.entries(properties as Record<string, Schema>).filter(
    ([name]) => isNeeded(name) || source.depth > 0,
  );
  if (fields.length > 0) {
    const values = Object.fromEntries(fields.map(([name, schema]) => [name, valueOf(schema, next)]));
    return fc.record(values, { requiredKeys: fields.map(([name]) => name).filter(isNeeded) });
  }
  if (typeof additionalProperties !== 'object') return fc.constant({});
  const names = valueOf(
    { type: 'string', minLength: 1, maxLength: 10, ...(propertyNames as Schema) },
    next,
  ) as fc.Arbitrary<string>;
  return fc.dictionary(names, valueOf(additionalProperties as Schema, next), { maxKeys: 3 });
}

function resolve(schema: Schema, document: Schema): Schema {
  const name = (schema['$ref'] as string | undefined)?.split('/').pop();
  return name === undefined ? schema : resolve(document['components'].schemas[name], document);
}
