import { hash, verify } from '@node-rs/argon2';

/** OWASP's first choice for Argon2id: 19 MiB, two passes, one lane (Password Storage Cheat Sheet, read 2026-11-21). */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Longer input is no better password, only more work for us. In UTF-16 code units. */
const LENGTH_MAX = 1_024;

/** Hashes a password with Argon2id and a fresh salt; takes about 30 ms of a core outside of the event loop. */
export function hashPassword(password: string): Promise<string> {
  return hash(password.slice(0, LENGTH_MAX), COST);
}

/**
 * Whether a password is the one of a hash.
 *
 * @param stored  a PHC string; anything else matches no password
 */
export async function verifyPassword(password: string, stored: string): Promise<boolean> {
  try {
    return await verify(stored, password.slice(0, LENGTH_MAX));
  } catch {
    return false;
  }
}

/** Whether a hash was made at the cost of now; one of another cost is made anew when its password is known. */
export function isCurrentPassword(stored: string): boolean {
  const { memoryCost, timeCost, parallelism } = COST;
  return stored.startsWith(`$argon2id$v=19$m=${memoryCost},t=${timeCost},p=${parallelism}$`);
}
