import type { Json, JsonObject } from '#libs/model';

/** Keywords under which other schemas stand: by names, in a row, alone. */
const named = ['properties', '$defs', 'definitions', 'dependentSchemas'];
const listed = ['anyOf', 'oneOf', 'allOf', 'prefixItems'];
const single = ['items', 'additionalProperties', 'not', 'if', 'then', 'else', 'contains', 'propertyNames'];

const isSchema = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * A schema without patterns, everywhere. The engine of the language may need for ever over one; whoever wrote it is not us.
 * With patterns of names there may be more names than are written down, so none is forbidden then.
 */
export function withoutPatterns(schema: JsonObject): JsonObject {
  const { pattern: _, patternProperties, ...rest } = schema;
  if (patternProperties !== undefined) delete rest['additionalProperties'];
  const of = (value: Json): Json => (isSchema(value) ? withoutPatterns(value) : value);
  return Object.fromEntries(
    Object.entries(rest).map(([keyword, value]): [string, Json] => {
      if (single.includes(keyword) && isSchema(value)) return [keyword, withoutPatterns(value)];
      if (named.includes(keyword) && isSchema(value)) {
        return [keyword, Object.fromEntries(Object.entries(value).map(([name, each]) => [name, of(each)]))];
      }
      const isList = (listed.includes(keyword) || keyword === 'items') && Array.isArray(value);
      return [keyword, isList ? value.map(of) : value];
    }),
  );
}

/**
 * How many schemas there are when each reference is followed, up to a number. References can make a small schema that
 * is read billions of times, or for ever.
 *
 * @returns at most `max`, which means that or more
 */
export function unfoldedSize(root: JsonObject, max: number): number {
  let size = 0;
  const visit = (value: Json | undefined, depth: number): void => {
    if (!isSchema(value) || size >= max) return;
    size = depth > depthMax ? max : size + 1;
    const reference = value['$ref'];
    if (typeof reference === 'string') visit(target(root, reference), depth + 1);
    for (const keyword of single) visit(value[keyword], depth + 1);
    for (const keyword of [...listed, 'items']) {
      const list = value[keyword];
      if (Array.isArray(list)) for (const each of list) visit(each, depth + 1);
    }
    for (const keyword of ['properties', 'dependentSchemas', 'patternProperties']) {
      const names = value[keyword];
      if (isSchema(names)) for (const each of Object.values(names)) visit(each, depth + 1);
    }
  };
  visit(root, 0);
  return Math.min(size, max);
}

const depthMax = 100;

function target(root: JsonObject, reference: string): Json | undefined {
  if (!reference.startsWith('#')) return undefined;
  let at: Json | undefined = root;
  for (const part of reference.slice(1).split('/').slice(1)) {
    if (!isSchema(at)) return undefined;
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
    at = Object.hasOwn(at, name) ? at[name] : undefined;
  }
  return at;
}

/** The texts of a value for which the schema has a pattern: those in properties and in rows. */
export function* patternedTexts(
  schema: Json | undefined,
  value: Json,
): Generator<{ pattern: string; text: string }> {
  if (!isSchema(schema)) return;
  const { pattern, items, properties } = schema;
  if (typeof pattern === 'string' && typeof value === 'string') yield { pattern, text: value };
  if (Array.isArray(value)) {
    for (const each of value) yield* patternedTexts(Array.isArray(items) ? undefined : items, each);
  } else if (isSchema(value) && isSchema(properties)) {
    for (const [name, each] of Object.entries(value)) {
      if (Object.hasOwn(properties, name)) yield* patternedTexts(properties[name], each);
    }
  }
}
