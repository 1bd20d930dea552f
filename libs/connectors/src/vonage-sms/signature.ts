import { createHash, createHmac } from 'node:crypto';
import type { VonageSmsSettings } from './manifest.js';

/**
 * Vonage's signature, in lower-case hexadecimal: over `&name=value` of every field but `sig`, sorted by name, with `_` in place of
 * `&` and `=` in values. `md5hash` puts the secret behind that; all others are HMACs.
 *
 * @see https://developer.vonage.com/en/getting-started/concepts/signing-messages (read 2026-11-21)
 */
export function signatureOf(
  fields: Readonly<Record<string, string>>,
  { signature_secret: secret, signature_method: method }: VonageSmsSettings,
): string {
  const signed = Object.entries(fields)
    .filter(([name]) => name !== 'sig')
    .toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([name, value]) => `&${name}=${value.replace(/[&=]/g, '_')}`)
    .join('');
  return method === 'md5hash'
    ? createHash('md5')
        .update(signed + secret)
        .digest('hex')
    : createHmac(method, secret).update(signed).digest('hex');
}
