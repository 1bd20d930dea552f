const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
/** How many letters of it hold 16 bytes. */
export const LETTERS = 26;

let lastMs = 0;
let counter = 0;

// A message takes a dozen ids: random bytes come from the system by the kilobyte, not by the id.
const random = new Uint8Array(4_096);
let randomAt = random.length;

/**
 * Makes `bytes` a fresh version 7 UUID: 48 bits of Unix time in milliseconds, a 12-bit counter that keeps one process's ids
 * in order within a millisecond, 62 random bits.
 *
 * @see RFC 9562 §5.7 and §6.2 method 1 (read 2026-11-21)
 */
export function fillUuid(bytes: Uint8Array): void {
  if (randomAt === random.length) {
    globalThis.crypto.getRandomValues(random);
    randomAt = 0;
  }
  for (let i = 6; i < 16; i++) bytes[i] = random[randomAt + i]!;
  randomAt += 16;
  const now = Date.now();
  if (now > lastMs) {
    lastMs = now;
    counter = ((bytes[6]! & 0x07) << 8) | bytes[7]!; // starts in the lower half, so that it can grow
  } else if (++counter > 0xfff) {
    lastMs++; // more than 2048 ids in a millisecond, or a clock that went back: borrow from the next one
    counter = 0;
  }
  const high = Math.floor(lastMs / 0x1_0000_0000);
  bytes[0] = high >> 8;
  bytes[1] = high;
  bytes[2] = lastMs >>> 24;
  bytes[3] = lastMs >>> 16;
  bytes[4] = lastMs >>> 8;
  bytes[5] = lastMs;
  bytes[6] = 0x70 | (counter >> 8);
  bytes[7] = counter;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
}

/** All words of two characters, and a number for each character code; what is no letter of the alphabet counts as 0. */
function tables(alphabet: string): { pairs: string[]; values: Uint8Array } {
  const pairs = Array.from(alphabet, (one) => Array.from(alphabet, (two) => one + two)).flat();
  const values = new Uint8Array(128);
  for (const [value, letter] of Array.from(alphabet).entries()) values[letter.charCodeAt(0)] = value;
  return { pairs, values };
}

const base32 = tables(ALPHABET);
const base16 = tables('0123456789abcdef');
for (const letter of 'ABCDEF') base16.values[letter.charCodeAt(0)] = Number.parseInt(letter, 16);

/** 16 bytes as 26 letters: 130 bits, the two highest always zero. */
export function encode(bytes: Uint8Array): string {
  let out = '';
  let bits = 2; // the two padding bits
  let value = 0;
  for (let i = 0; i < 16; i++) {
    value = (value << 8) | bytes[i]!;
    bits += 8;
    if (bits >= 10) {
      bits -= 10;
      out += base32.pairs[value >> bits]!;
      value &= (1 << bits) - 1;
    }
  }
  return out;
}

/** The reverse: the letters of `id` from `from` on into `bytes`. */
export function decode(id: string, from: number, bytes: Uint8Array): void {
  let at = 0;
  let bits = -2;
  let value = 0;
  for (let i = from; i < from + LETTERS; i++) {
    value = (value << 5) | base32.values[id.charCodeAt(i) & 127]!;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes[at++] = value >> bits;
      value &= (1 << bits) - 1;
    }
  }
}

/** 16 bytes as a UUID in lower-case hexadecimal with hyphens. */
export function toUuid(bytes: Uint8Array): string {
  let hex = '';
  for (let i = 0; i < 16; i++) {
    hex += base16.pairs[bytes[i]!]!;
    if (i === 3 || i === 5 || i === 7 || i === 9) hex += '-';
  }
  return hex;
}

const HYPHEN = '-'.charCodeAt(0);

/** The reverse: a UUID with or without hyphens into `bytes`. */
export function fromUuid(uuid: string, bytes: Uint8Array): void {
  let at = 0;
  for (let i = 0; i < 16; i++) {
    if (uuid.charCodeAt(at) === HYPHEN) at++;
    const high = base16.values[uuid.charCodeAt(at++) & 127]!;
    bytes[i] = (high << 4) | base16.values[uuid.charCodeAt(at++) & 127]!;
  }
}
