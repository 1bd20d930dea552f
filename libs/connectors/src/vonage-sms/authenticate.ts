import { isFault } from '#libs/faults';
import type { HookRequest, Verdict } from '../connector.js';
import { isSameText } from '../shared/same-text.js';
import type { VonageSmsSettings } from './manifest.js';
import { requestFields } from './request-fields.js';
import { signatureOf } from './signature.js';

/**
 * Vonage sends again for 24 hours what was not taken, and does not say that it signs anew: an older request is nobody's; what comes
 * twice within is known by its id.
 *
 * @see https://developer.vonage.com/messaging/sms/guides/inbound-sms (read 2026-11-21)
 */
const AGE_MAX_MS = 24 * 3_600_000 + 5 * 60_000;
const AHEAD_MAX_MS = 5 * 60_000;

/** Whether Vonage signed exactly the fields that are decoded, within the day in which it sends again. */
export function authenticate(request: HookRequest, settings: VonageSmsSettings): Verdict {
  if (request.method === 'GET' && request.body.length > 0)
    return { genuine: false, reason: 'a GET with a body' };
  const fields = fieldsIn(request);
  const given = fields?.['sig'];
  if (fields === null || given === undefined) return { genuine: false, reason: 'no sig' };
  if (!isSameText(given.toLowerCase(), signatureOf(fields, settings))) {
    return { genuine: false, reason: 'the signature does not fit' };
  }
  return isFresh(fields['timestamp'], request.receivedAt)
    ? { genuine: true }
    : { genuine: false, reason: 'the signature is older than a day, or from the future' };
}

function fieldsIn(request: HookRequest): Record<string, string> | null {
  try {
    return requestFields(request);
  } catch (thrown) {
    if (isFault(thrown, 'input/invalid')) return null;
    throw thrown;
  }
}

/** @param timestamp  seconds since 1970; an account that signs without it is not judged by it */
function isFresh(timestamp: string | undefined, now: number): boolean {
  if (timestamp === undefined) return true;
  const age = now - Number(timestamp) * 1_000;
  return /^\d{1,12}$/.test(timestamp) && age <= AGE_MAX_MS && age >= -AHEAD_MAX_MS;
}
