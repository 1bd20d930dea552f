import { crc32 } from 'node:zlib';

/** A secret that is given out, taken apart. */
export interface SecretPieces {
  /** What it is for; empty for a key of the API. */
  label: string;
  /** The 26 characters of the identifier after its prefix. */
  suffix: string;
  /** 43 characters of base62: 256 random bits. */
  secret: string;
}

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const FORM = /^parley_(?:([a-z]+)_)?([0-9a-z]{26})_([0-9A-Za-z]{43})_([0-9A-Za-z]{6})$/;

/**
 * Writes a secret: `parley_<label>_<id>_<secret>_<checksum>`, letters and digits between underscores, so that a double click
 * selects all of it and scanners for leaked secrets know it by its prefix and checksum.
 *
 * @param label  letters; empty for none
 * @param id  an identifier; of its prefix nothing is left
 * @param secret  32 random bytes
 */
export function writeSecret(label: string, id: string, secret: Uint8Array): { text: string; secret: string } {
  const letters = base62(BigInt(`0x${Buffer.from(secret).toString('hex')}`), 43);
  const suffix = id.slice(id.lastIndexOf('_') + 1);
  const body = ['parley', ...(label ? [label] : []), suffix, letters].join('_');
  return { text: `${body}_${checksum(body)}`, secret: letters };
}

/** Takes a secret apart; null when it has not the form of one, or its checksum says that a character is wrong. */
export function readSecret(text: string): SecretPieces | null {
  const [, label = '', suffix, secret, sum] = FORM.exec(text) ?? [];
  if (suffix === undefined || secret === undefined) return null;
  if (sum !== checksum(text.slice(0, text.lastIndexOf('_')))) return null;
  return { label, suffix, secret };
}

/** CRC-32 in six letters: finds a character that was lost or mistyped; no secret. */
function checksum(body: string): string {
  return base62(BigInt(crc32(body)), 6);
}

function base62(value: bigint, length: number): string {
  let letters = '';
  for (let rest = value; letters.length < length; rest /= 62n)
    letters = ALPHABET[Number(rest % 62n)] + letters;
  return letters;
}
