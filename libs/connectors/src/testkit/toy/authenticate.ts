import { createHmac, timingSafeEqual } from 'node:crypto';
import type { HookRequest, Verdict } from '../../connector.js';
import type { ToySettings } from './manifest.js';

/** Whether `toy-signature` is the HMAC-SHA256 of the exact bytes, in hexadecimal. */
export function authenticate(request: HookRequest, settings: ToySettings): Verdict {
  const expected = createHmac('sha256', settings.signing_secret).update(request.body).digest();
  const given = Buffer.from(request.headers['toy-signature'] ?? '', 'hex');
  const isGenuine = given.length === expected.length && timingSafeEqual(given, expected);
  return isGenuine ? { genuine: true } : { genuine: false, reason: 'toy-signature does not match' };
}
