const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPENING = new Set([0x5b, 0x7b]); // [ {
const CLOSING = new Set([0x5d, 0x7d]); // ] }

/**
 * The bytes of each object in the array of `{"events": […]}`, as they came.
 *
 * @param body  valid JSON of exactly this shape; where the key is repeated, the last array counts, as in `JSON.parse`
 */
export function eventSlices(body: Uint8Array): Uint8Array[] {
  let slices: Uint8Array[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at < body.length; at++) {
    const byte = body[at]!;
    if (byte === QUOTE) at = endOfString(body, at);
    else if (OPENING.has(byte)) {
      depth += 1;
      if (depth === 2) slices = [];
      if (depth === 3) start = at;
    } else if (CLOSING.has(byte)) {
      if (depth === 3) slices.push(body.subarray(start, at + 1));
      depth -= 1;
    }
  }
  return slices;
}

/** Offset of the closing quote. In UTF-8 no byte of another character looks like a quote or a backslash. */
function endOfString(body: Uint8Array, from: number): number {
  let at = from + 1;
  while (at < body.length && body[at] !== QUOTE) at += body[at] === BACKSLASH ? 2 : 1;
  return at;
}
