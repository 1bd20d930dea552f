import { createHash, randomBytes } from 'node:crypto';

/** A secret of 256 random bits for a cookie or a link, and what is stored of it. */
export interface Token {
  /** 43 characters of base64url. */
  text: string;
  /** SHA-256: so many random bits need no slow hash. */
  hash: Uint8Array;
}

/** Makes a token. @param bytes  32 of them; default: random ones */
export function newToken(bytes: Uint8Array = randomBytes(32)): Token {
  const text = Buffer.from(bytes).toString('base64url');
  return { text, hash: hashToken(text) };
}

/** What is stored of a token. */
export function hashToken(text: string): Uint8Array {
  return createHash('sha256').update(text).digest();
}
