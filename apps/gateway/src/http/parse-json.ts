import { fault } from '#libs/faults';

const utf8 = new TextDecoder('utf-8', { fatal: true });
/** Deeper than anything that the API takes; a stack holds thousands. */
const LEVELS_MAX = 64;
/** Escapes of halves of characters: bytes that are UTF-8 hold none, escapes may. */
const HALVES = /\\ud[89a-f][0-9a-f]{2}/i;

/**
 * Parses a body of JSON into what can be kept, hashed and walked through. Half a character becomes U+FFFD, as it would on any
 * way of text: nobody's message is refused because somebody's program cut an emoji in two.
 *
 * @throws Fault `input/malformed-json` when it is no JSON in UTF-8, is nested deeper than 64 levels, or has the key
 *   `__proto__`: whoever copies such an object could change the prototype of its copy
 * @see RFC 8259 §8.1, §8.2 and §9 (read 2026-11-21)
 */
export function parseJson(body: Uint8Array): unknown {
  const text = textOf(body);
  const value = parsed(text);
  return kept(value, LEVELS_MAX, HALVES.test(text));
}

function textOf(body: Uint8Array): string {
  try {
    return utf8.decode(body);
  } catch (cause) {
    throw fault('input/malformed-json', { detail: 'The body is not UTF-8.', cause });
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw fault('input/malformed-json', { cause });
  }
}

/** Checks every value; makes a copy only where text has to be mended. */
function kept(value: unknown, levels: number, isMended: boolean): unknown {
  if (typeof value === 'string') return isMended ? whole(value) : value;
  if (typeof value !== 'object' || value === null) return value;
  if (levels === 0) {
    throw fault('input/malformed-json', { detail: `The body is nested deeper than ${LEVELS_MAX} levels.` });
  }
  if (Array.isArray(value)) {
    if (isMended) return value.map((item) => kept(item, levels - 1, true));
    for (const item of value) kept(item, levels - 1, false);
    return value;
  }
  const entries = Object.entries(value);
  if (entries.some(([key]) => key === '__proto__')) throw fault('input/malformed-json');
  if (isMended) {
    return Object.fromEntries(entries.map(([key, item]) => [whole(key), kept(item, levels - 1, true)]));
  }
  for (const [, item] of entries) kept(item, levels - 1, false);
  return value;
}

/** Encoding replaces what is half a character. */
function whole(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8');
}
