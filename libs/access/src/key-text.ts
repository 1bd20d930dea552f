import { crc32 } from 'node:zlib';
import { type ApiKeyId, isId } from '#libs/model';

/** An API key taken apart. */
export interface KeyPieces {
  apiKeyId: ApiKeyId;
  /** 43 characters of base62: 256 random bits. */
  secret: string;
}

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const FORM = /^parley_([0-9a-z]{26})_([0-9A-Za-z]{43})_([0-9A-Za-z]{6})$/;

/**
 * Writes an API key: `parley_<id>_<secret>_<checksum>`, letters and digits between underscores, so that a double click
 * selects all of it and scanners for leaked secrets know it by its prefix and checksum.
 *
 * @param secret  32 random bytes
 */
export function writeKey(apiKeyId: ApiKeyId, secret: Uint8Array): { text: string; pieces: KeyPieces } {
  const letters = base62(BigInt(`0x${Buffer.from(secret).toString('hex')}`), 43);
  const body = `parley_${apiKeyId.slice('key_'.length)}_${letters}`;
  return { text: `${body}_${checksum(body)}`, pieces: { apiKeyId, secret: letters } };
}

/** Takes a key apart; null when it has not the form of one, or its checksum says that a character is wrong. */
export function readKey(text: string): KeyPieces | null {
  const [, suffix, secret, sum] = FORM.exec(text) ?? [];
  if (suffix === undefined || secret === undefined) return null;
  if (sum !== checksum(text.slice(0, text.lastIndexOf('_')))) return null;
  const apiKeyId = `key_${suffix}`;
  return isId('apiKey', apiKeyId) ? { apiKeyId, secret } : null;
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
