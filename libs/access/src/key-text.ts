import { type ApiKeyId, isId } from '#libs/model';
import { readSecret, writeSecret } from './secret-text.js';

/** An API key taken apart. */
export interface KeyPieces {
  apiKeyId: ApiKeyId;
  /** 43 characters of base62: 256 random bits. */
  secret: string;
  /** It says so itself: who finds a key in a file knows at once which kind it is. */
  isTest: boolean;
}

/**
 * Writes an API key: `parley_<id>_<secret>_<checksum>`, or `parley_test_…`.
 *
 * @param secret  32 random bytes
 */
export function writeKey(
  apiKeyId: ApiKeyId,
  secret: Uint8Array,
  isTest = false,
): { text: string; pieces: KeyPieces } {
  const { text, secret: letters } = writeSecret(isTest ? 'test' : '', apiKeyId, secret);
  return { text, pieces: { apiKeyId, secret: letters, isTest } };
}

/** Takes a key apart; null when it has not the form of one, or its checksum says that a character is wrong. */
export function readKey(text: string): KeyPieces | null {
  const pieces = readSecret(text);
  if (!pieces || (pieces.label !== '' && pieces.label !== 'test')) return null;
  const apiKeyId = `key_${pieces.suffix}`;
  return isId('apiKey', apiKeyId)
    ? { apiKeyId, secret: pieces.secret, isTest: pieces.label === 'test' }
    : null;
}
