// Finds what a new description of the API takes away from those who use the old one.

/** @typedef {Record<string, any>} Schema */

/**
 * Compares two OpenAPI documents as a caller would.
 *
 * Breaking is: a route, parameter, field, enum value, variant, media type or success status that is gone; something
 * newly required of the caller; a narrower limit or another type; a field of an answer that may now be absent or null;
 * an open route that now asks for credentials; another operation id (clients are made from it); a webhook that is gone.
 * New routes, optional fields, enum values and variants are not: clients are told to expect them.
 *
 * @param {Schema} released  the document of the last release
 * @param {Schema} current   the document of this tree
 * @returns {string[]} one line for each thing that breaks, by place
 */
export function breakingChanges(released, current) {
  const problems = [];
  const say = (where, what) => problems.push(`${where}: ${what}`);
  const compare = comparer(released, current, say);
  for (const [section, isOurs] of [
    ['paths', false],
    ['webhooks', true],
  ]) {
    for (const [path, methods] of Object.entries(released[section] ?? {})) {
      for (const [method, before] of Object.entries(methods)) {
        const where = `${method.toUpperCase()} ${path}`;
        const after = current[section]?.[path]?.[method];
        if (!after) say(where, 'is gone');
        else compareOperation(before, after, { where, say, compare, isOurs });
      }
    }
  }
  return problems;
}

function compareOperation(before, after, { where, say, compare, isOurs }) {
  if (before.operationId !== after.operationId) say(where, `is called ${after.operationId} now`);
  if ((before.security ?? []).length === 0 && (after.security ?? []).length > 0)
    say(where, 'asks for credentials');
  if (!isOurs) compareParameters(before.parameters ?? [], after.parameters ?? [], { where, say, compare });
  // What we send in a webhook is an answer to those who receive it.
  const towards = isOurs ? 'answer' : 'request';
  if (!before.requestBody?.required && after.requestBody?.required) say(where, 'needs a body');
  compareContent(before.requestBody, after.requestBody, { where: `${where} body`, say, compare, towards });
  if (isOurs) return;
  for (const [status, response] of Object.entries(before.responses ?? {})) {
    if (!status.startsWith('2')) continue;
    const at = `${where} ${status}`;
    const other = after.responses?.[status];
    if (!other) say(at, 'is gone');
    else compareContent(response, other, { where: at, say, compare, towards: 'answer' });
  }
}

function compareParameters(before, after, { where, say, compare }) {
  const keyOf = ({ in: place, name }) => `${place} ${name.toLowerCase()}`;
  const known = new Map(before.map((parameter) => [keyOf(parameter), parameter]));
  const now = new Map(after.map((parameter) => [keyOf(parameter), parameter]));
  for (const [key, parameter] of known) {
    const other = now.get(key);
    const at = `${where} ${key}`;
    if (!other) say(at, 'is gone');
    else {
      if (!parameter.required && other.required) say(at, 'is required');
      compare(parameter.schema, other.schema, at, 'request');
    }
  }
  for (const [key, { required }] of now)
    if (required && !known.has(key)) say(`${where} ${key}`, 'is required');
}

function compareContent(before, after, { where, say, compare, towards }) {
  for (const [type, { schema }] of Object.entries(before?.content ?? {})) {
    const other = after?.content?.[type];
    if (!other) say(where, `has no ${type}`);
    else compare(schema, other.schema, where, towards);
  }
}

/** Compares schemas, following references, each pair once. */
function comparer(released, current, say) {
  const seen = new Set();
  const compare = (rawBefore, rawAfter, where, towards) => {
    if (!rawBefore || !rawAfter) return;
    const pair = rawBefore.$ref && `${towards} ${rawBefore.$ref} ${rawAfter.$ref}`;
    if (pair && seen.has(pair)) return;
    if (pair) seen.add(pair);
    const before = resolve(released, rawBefore);
    const after = resolve(current, rawAfter);
    compareTypes(before, after, where, towards, say);
    compareEnums(before, after, where, say);
    if (towards === 'request') compareLimits(before, after, where, say);
    compareFields(before, after, { where, towards, say, compare });
    if (before.items) compare(before.items, after.items, `${where}[]`, towards);
    compareVariants(before, after, { where, towards, say, compare, released, current });
  };
  return compare;
}

function resolve(document, schema) {
  let found = schema;
  while (found?.$ref) {
    found = found.$ref
      .slice(2)
      .split('/')
      .reduce((at, key) => at?.[key.replaceAll('~1', '/').replaceAll('~0', '~')], document);
  }
  return found ?? {};
}

const typesOf = ({ type }) => (type === undefined ? [] : [type].flat());

function compareTypes(before, after, where, towards, say) {
  const [old, now] = [typesOf(before), typesOf(after)];
  if (old.length === 0 || now.length === 0) return;
  const fits = (type, list) => list.includes(type) || (type === 'integer' && list.includes('number'));
  // What a caller sends must still be taken; what a caller reads must be what it was.
  const lost =
    towards === 'request' ? old.filter((type) => !fits(type, now)) : now.filter((type) => !fits(type, old));
  if (lost.length > 0) say(where, `was ${old.join(' or ')} and is ${now.join(' or ')}`);
}

function compareEnums(before, after, where, say) {
  const valuesOf = (schema) => schema.enum ?? ('const' in schema ? [schema.const] : null);
  const [old, now] = [valuesOf(before), valuesOf(after)];
  if (!old || !now) return;
  for (const value of old) if (!now.includes(value)) say(where, `no longer has ${JSON.stringify(value)}`);
}

function compareLimits(before, after, where, say) {
  for (const name of ['maxLength', 'maximum', 'maxItems', 'maxProperties', 'exclusiveMaximum']) {
    if (after[name] < (before[name] ?? Infinity)) say(where, `${name} is ${after[name]}`);
  }
  for (const name of ['minLength', 'minimum', 'minItems', 'exclusiveMinimum']) {
    if (after[name] > (before[name] ?? -Infinity)) say(where, `${name} is ${after[name]}`);
  }
  if (after.pattern !== undefined && after.pattern !== before.pattern)
    say(where, `pattern is ${after.pattern}`);
  if (before.additionalProperties !== false && after.additionalProperties === false) {
    say(where, 'takes no other fields');
  }
}

function compareFields(before, after, { where, towards, say, compare }) {
  if (!before.properties && !after.required) return;
  const isNeeded = (schema, name) => (schema.required ?? []).includes(name);
  for (const [name, schema] of Object.entries(before.properties ?? {})) {
    const other = after.properties?.[name];
    const at = `${where}.${name}`;
    if (!other) {
      say(at, 'is gone');
      continue;
    }
    if (towards === 'answer' && isNeeded(before, name) && !isNeeded(after, name)) say(at, 'may be absent');
    if (towards === 'request' && !isNeeded(before, name) && isNeeded(after, name)) say(at, 'is required');
    compare(schema, other, at, towards);
  }
  if (towards !== 'request') return;
  for (const name of after.required ?? []) {
    if (!(name in (before.properties ?? {}))) say(`${where}.${name}`, 'is required');
  }
}

function compareVariants(before, after, { where, towards, say, compare, released, current }) {
  const old = before.anyOf ?? before.oneOf ?? before.allOf;
  const now = after.anyOf ?? after.oneOf ?? after.allOf;
  if (!old) return;
  if (!now) return say(where, 'has another shape');
  for (const [at, schema] of old.entries()) {
    const name = nameOf(released, schema, at);
    const candidates = now.filter((other, place) => nameOf(current, other, place) === name);
    if (candidates.length === 0) say(where, `has no variant ${name}`);
    else if (candidates.length === 1) compare(schema, candidates[0], `${where}<${name}>`, towards);
    else
      nearest(schema, candidates, { where: `${where}<${name}>`, towards, released, current }).forEach(
        ([at, what]) => say(at, what),
      );
  }
  const isNull = (document) => (schema, at) => nameOf(document, schema, at) === 'null';
  if (towards === 'answer' && now.some(isNull(current)) && !old.some(isNull(released)))
    say(where, 'may be null');
}

/** Of siblings that look alike from afar, the one that takes the least away says what is broken. */
function nearest(schema, candidates, { where, towards, released, current }) {
  const tries = candidates.map((candidate) => {
    const found = [];
    comparer(released, current, (at, what) => found.push([at, what]))(schema, candidate, where, towards);
    return found;
  });
  return tries.sort((a, b) => a.length - b.length)[0];
}

/** What tells a variant from its siblings: the constant of its `type` or `kind`, its name, its type. */
function nameOf(document, raw, at) {
  const schema = resolve(document, raw);
  const [constant] = Object.values(schema.properties ?? {}).flatMap((field) =>
    'const' in field ? [field.const] : [],
  );
  return String(constant ?? raw.$ref?.split('/').pop() ?? schema.type ?? at);
}
