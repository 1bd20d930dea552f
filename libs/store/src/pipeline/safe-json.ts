const SUSPECT = /\\u(?:0000|d[89a-f])/i;

/** `toWellFormed` is part of Node since version 20, but of TypeScript's library only from ES2024 on. */
type WellFormable = string & { toWellFormed(): string };

function cleanText(text: string): string {
  return (text.replaceAll('\u0000', '') as WellFormable).toWellFormed();
}

function clean(value: unknown): unknown {
  if (typeof value === 'string') return cleanText(value);
  if (Array.isArray(value)) return value.map(clean);
  if (value instanceof Object) {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [cleanText(key), clean(inner)]));
  }
  return value;
}

/**
 * JSON that PostgreSQL stores: without NUL, which its text cannot hold, and with lone surrogates replaced by U+FFFD.
 *
 * @see https://www.postgresql.org/docs/18/datatype-json.html (read 2026-11-21)
 */
export function safeJson(value: unknown): string {
  const text = JSON.stringify(value);
  return SUSPECT.test(text) ? JSON.stringify(clean(value)) : text;
}
