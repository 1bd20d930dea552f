import { createHash, randomBytes } from 'node:crypto';
import { base32 } from '@better-auth/utils/base32';

const COUNT = 10;
/** 80 bits: too many to be guessed, so that a fast hash keeps them. */
const BYTES = 10;

/** Ten new codes, and what is stored of them. */
export function newRecoveryCodes(): { codes: string[]; hashes: Uint8Array[] } {
  const codes = Array.from({ length: COUNT }, () => {
    const letters = base32.encode(randomBytes(BYTES), { padding: false }).toLowerCase();
    return letters.replace(/(.{4})(?=.)/g, '$1-');
  });
  return { codes, hashes: codes.map(hashRecoveryCode) };
}

/** What is stored of a code, however it was typed. */
export function hashRecoveryCode(code: string): Uint8Array {
  const letters = code.toLowerCase().replace(/[^a-z2-7]/g, '');
  return createHash('sha256').update(letters).digest();
}
