import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';

/** Peppers by version of the installation's key they were derived from. */
export interface Peppers {
  /** Version that hashes new secrets. */
  current: number;
  byVersion: ReadonlyMap<number, KeyObject>;
}

/** What the pepper is derived for; changing it makes every key invalid. */
export const pepperPurpose = 'parley api keys v1';

/**
 * Hashes a secret of 256 random bits: `v1.<pepper version>.<HMAC-SHA-256 in base64url>`. So many random bits need no
 * slow hash; the pepper keeps who reads the database from making keys.
 */
export function hashSecret(secret: string, { current, byVersion }: Peppers): string {
  const pepper = byVersion.get(current);
  return `v1.${current}.${mac(secret, pepper).toString('base64url')}`;
}

/**
 * Compares a secret with its stored hash in constant time.
 *
 * @param stored  null when there is no such key: the same work is done, for nothing
 */
export function isSecretOf(secret: string, stored: string | null, peppers: Peppers): boolean {
  const [, version, hash] = /^v1\.(\d+)\.([\w-]{43})$/.exec(stored ?? '') ?? [];
  const known = peppers.byVersion.get(Number(version));
  const made = mac(secret, known ?? peppers.byVersion.get(peppers.current));
  const expected = Buffer.alloc(32);
  Buffer.from(hash ?? '', 'base64url').copy(expected);
  return timingSafeEqual(made, expected) && known !== undefined;
}

/** Whether a stored hash was made with the pepper of now. */
export function isCurrentHash(stored: string, { current }: Peppers): boolean {
  return stored.startsWith(`v1.${current}.`);
}

function mac(secret: string, pepper: KeyObject | undefined): Buffer {
  return createHmac('sha256', pepper ?? '')
    .update(secret)
    .digest();
}
