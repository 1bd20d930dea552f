import { createHmac } from 'node:crypto';
import type { HookRequest, Verdict } from '../connector.js';
import { isSameText } from '../shared/same-text.js';
import type { KannelSettings } from './manifest.js';

/**
 * Kannel signs nothing. A message must bring the channel's secret; a delivery report a proof that was made for that one send, so that
 * the secret itself is not written into every message's address.
 */
export function authenticate(request: HookRequest, settings: KannelSettings): Verdict {
  if (request.method !== 'GET' || request.body.length > 0)
    return { genuine: false, reason: 'no plain GET, which is all that get-url and dlr-url make' };
  const { secret, key, proof } = request.query;
  if (key !== undefined && proof !== undefined) {
    return isSameText(proof, proofOf(key, settings))
      ? { genuine: true }
      : { genuine: false, reason: 'the proof does not fit the key' };
  }
  return isSameText(secret ?? '', settings.hook_secret)
    ? { genuine: true }
    : { genuine: false, reason: 'the secret does not fit' };
}

/** What a delivery report for the send with this key must bring, in hexadecimal. */
export function proofOf(key: string, { hook_secret }: KannelSettings): string {
  return createHmac('sha256', hook_secret).update(`dlr:${key}`).digest('hex');
}
