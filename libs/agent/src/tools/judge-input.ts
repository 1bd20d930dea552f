import { RE2JS } from 're2js';
import { z } from 'zod';
import type { JsonObject } from '#libs/model';
import { patternedTexts, unfoldedSize, withoutPatterns } from './schema-parts.js';

/** Signs of an input of a tool as JSON. */
const inputMax = 20_000;
/** Schemas within a schema, with references followed; above it the tool itself judges its inputs. */
const schemasMax = 2_000;

/** What became of an input, as the library takes it. */
export type Judged = { success: true; value: JsonObject } | { success: false; error: Error };

/**
 * Makes the judge of what a model writes for a tool, by the schema that it was told. The schema is of whoever described the
 * tool, which can be a stranger's server: it is read in a time that they cannot choose. Patterns are RE2's.
 */
export function judgeOf(schema: JsonObject): (input: unknown) => Judged {
  const parser = parserOf(schema);
  return (input) => {
    const isObject = typeof input === 'object' && input !== null && !Array.isArray(input);
    if (!isObject || JSON.stringify(input).length > inputMax) {
      return { success: false, error: new TypeError('not an object, or too large') };
    }
    const parsed = parser.safeParse(input);
    if (!parsed.success) return { success: false, error: parsed.error };
    const value = parsed.data as JsonObject;
    for (const { pattern, text } of patternedTexts(schema, value)) {
      if (!fits(pattern, text)) return { success: false, error: new TypeError('not of its pattern') };
    }
    return { success: true, value };
  };
}

function parserOf(schema: JsonObject): z.ZodType {
  // A schema beyond what can be read here: the server that wrote it judges what it gets.
  const anything = z.record(z.string(), z.unknown());
  if (unfoldedSize(schema, schemasMax) >= schemasMax) return anything;
  try {
    return z.fromJSONSchema(withoutPatterns(schema));
  } catch {
    return anything;
  }
}

/** A pattern that RE2 does not know, such as one that looks around, holds nothing back. */
function fits(pattern: string, text: string): boolean {
  try {
    return RE2JS.compile(pattern).matcher(text).find();
  } catch {
    return true;
  }
}
