/** The alphabet of GSM-7 in the order of its codes; 27 is the escape to the table of extensions. */
const BASIC =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà';
/** Characters that stand behind the escape, by their codes there. */
const EXTENSIONS = new Map([
  [0x0a, '\f'],
  [0x14, '^'],
  [0x28, '{'],
  [0x29, '}'],
  [0x2f, '\\'],
  [0x3c, '['],
  [0x3d, '~'],
  [0x3e, ']'],
  [0x40, '|'],
  [0x65, '€'],
]);
const ESCAPE = 0x1b;

const codes = new Map<string, readonly number[]>([
  ...Array.from(BASIC).flatMap((sign, code): [string, number[]][] =>
    code === ESCAPE ? [] : [[sign, [code]]],
  ),
  ...[...EXTENSIONS].map(([code, sign]): [string, number[]] => [sign, [ESCAPE, code]]),
]);

/**
 * Septets that one character takes in GSM-7: 1, or 2 for an extension; null when it is not in the alphabet.
 *
 * National shift tables are not used: few networks support them.
 *
 * @param sign  one code point
 * @see 3GPP TS 23.038 §6.2.1 (read 2026-11-21)
 */
export function septetsOf(sign: string): number | null {
  return codes.get(sign)?.length ?? null;
}

/** Whether every character is in the alphabet of GSM-7. */
export function isGsm7(text: string): boolean {
  for (const sign of text) if (!codes.has(sign)) return false;
  return true;
}

/** GSM-7 with one septet in each byte, as SMPP carries it; what is not in the alphabet becomes `?`. */
export function encodeGsm7(text: string): Buffer {
  return Buffer.from(Array.from(text, (sign) => codes.get(sign) ?? codes.get('?')!).flat());
}

/** Reads GSM-7 with one septet in each byte; an escape before an unknown code is a space, as the standard wants. */
export function decodeGsm7(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at++) {
    const code = bytes[at]! & 0x7f;
    if (code !== ESCAPE) text += BASIC[code]!;
    else if (at + 1 < bytes.length) text += EXTENSIONS.get(bytes[++at]! & 0x7f) ?? ' ';
  }
  return text;
}
