import { fault } from '#libs/faults';

const utf8 = new TextDecoder('utf-8', { fatal: true });
/** Escapes of characters that PostgreSQL keeps in neither text nor jsonb: NUL and halves of surrogate pairs. */
const UNSTORABLE = /\\u(0000|d[89a-f][0-9a-f]{2})/i;
const DEPTH_MAX = 32;

/**
 * Parses a provider's JSON body. NUL characters are left out and lone surrogates replaced, so that whatever comes
 * back can be stored.
 *
 * @throws Fault `input/invalid` when the bytes are not UTF-8 or not JSON, or are nested deeper than 32
 */
export function parseJson(body: Uint8Array): unknown {
  const text = decodeUtf8(body);
  const value = parse(text);
  if (!isShallow(value, DEPTH_MAX))
    throw fault('input/invalid', { detail: `The body is nested deeper than ${DEPTH_MAX}.` });
  return UNSTORABLE.test(text) ? storable(value) : value;
}

function decodeUtf8(body: Uint8Array): string {
  try {
    return utf8.decode(body);
  } catch (cause) {
    throw fault('input/invalid', { detail: 'The body is not UTF-8.', cause });
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw fault('input/invalid', { detail: 'The body is not JSON.' }); // the parser's own words quote the body
  }
}

function isShallow(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return depth > 0 && Object.values(value).every((child) => isShallow(child, depth - 1));
}

function storable(value: unknown): unknown {
  if (typeof value === 'string') return toWellFormed(value.replaceAll('\0', ''));
  if (Array.isArray(value)) return value.map(storable);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [storable(key), storable(child)]));
}

/** Encoding replaces what is half a pair. */
function toWellFormed(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8');
}
