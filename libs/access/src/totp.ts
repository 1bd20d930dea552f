import { randomBytes, timingSafeEqual } from 'node:crypto';
import { base32 } from '@better-auth/utils/base32';
import { createOTP } from '@better-auth/utils/otp';

/** A step of the clock, in milliseconds. */
const STEP_MS = 30_000;
/** Clocks of phones differ: the code before and the one after hold too. */
const WINDOW = 1;
const DIGITS = 6;
const ISSUER = 'Parley';

/** A new secret: 24 characters, 144 random bits. What an app gets is their base32. */
export function newTotpSecret(): string {
  return randomBytes(18).toString('base64url');
}

/**
 * The secret as apps take it.
 *
 * @param account  what the app shows beside our name
 */
export function describeTotp(secret: string, account: string): { secret: string; uri: string } {
  const uri = createOTP(secret).url(ISSUER, account);
  return { secret: base32.encode(secret, { padding: false }), uri };
}

/**
 * The step whose code this is.
 *
 * @param nowMs  milliseconds since 1970
 * @returns null when it is the code of none that holds now
 * @see RFC 6238 §4 and §5.2 (read 2026-11-21)
 */
export async function stepOfCode(secret: string, code: string, nowMs: number): Promise<number | null> {
  const now = Math.floor(nowMs / STEP_MS);
  const given = Buffer.from(code);
  if (given.length !== DIGITS) return null;
  let found: number | null = null;
  for (let step = now - WINDOW; step <= now + WINDOW; step++) {
    const expected = Buffer.from(await createOTP(secret, { digits: DIGITS }).hotp(step));
    if (timingSafeEqual(given, expected)) found = step;
  }
  return found;
}
