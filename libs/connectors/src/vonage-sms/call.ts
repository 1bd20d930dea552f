import { fault, type Fault } from '#libs/faults';
import type { EgressRequest, EgressResponse, Io } from '../connector.js';
import { faultOfStatus } from '../shared/fault-of-status.js';
import type { VonageSmsSettings } from './manifest.js';
import type { SendAnswer } from './wire.js';

/** One call of the API. Throws only what `fetch` throws. */
export function callVonage(
  io: Io<VonageSmsSettings>,
  path: string,
  request: EgressRequest = {},
): Promise<EgressResponse> {
  return io.fetch(`${io.settings.base_url.replace(/\/+$/, '')}${path}`, { signal: io.signal, ...request });
}

export const basicAuth = ({ api_key, api_secret }: VonageSmsSettings): Record<string, string> => ({
  authorization: `Basic ${Buffer.from(`${api_key}:${api_secret}`).toString('base64')}`,
});

/** A JSON body, or undefined. */
export function jsonOf(answer: EgressResponse): unknown {
  try {
    return JSON.parse(answer.text());
  } catch {
    return undefined;
  }
}

/** What an HTTP status means; a 5xx is taken as "nothing was accepted", but for 504. */
export function faultOfVonage(answer: EgressResponse, now: number): Fault {
  const serverError = answer.status === 504 ? 'channel/outcome-unknown' : 'channel/unreachable';
  return faultOfStatus(answer, { name: 'vonage-sms', now, serverError });
}

/** 1 throttled; 10 too many connections. */
const THROTTLED: Readonly<Record<string, number>> = { '1': 1_000, '10': 1_000 };
/** 5: Vonage failed within, and has accepted nothing. */
const TEMPORARY = new Set(['5']);
/** 4 credentials, 8 account barred, 9 no funds, 11 account not for this API, 14 signature, 15 sender, 32 signature and secret both. */
const CREDENTIALS = new Set(['4', '8', '9', '11', '14', '15', '32']);

/**
 * What the status within an answer means: Vonage says 200 to everything.
 *
 * @returns null when every segment was accepted
 * @see https://developer.vonage.com/messaging/sms/guides/troubleshooting-sms (read 2026-11-21)
 */
export function faultOfAnswer({ messages }: SendAnswer): Fault | null {
  const refused = messages.find(({ status }) => status !== '0');
  if (!refused) return null;
  const code = refused.status.slice(0, 64);
  const provider = { name: 'vonage-sms', code, message: (refused['error-text'] ?? '').slice(0, 500) };
  const accepted = messages.filter(({ status }) => status === '0').length;
  if (accepted > 0) {
    const detail = `Vonage accepted ${accepted} of ${messages.length} segments.`;
    return fault('channel/outcome-unknown', { detail, provider });
  }
  const wait = THROTTLED[code];
  if (wait !== undefined) return fault('channel/throttled', { provider, retryAfterMs: wait });
  if (TEMPORARY.has(code)) return fault('channel/unreachable', { provider });
  return fault(CREDENTIALS.has(code) ? 'channel/credentials' : 'channel/rejected', { provider });
}
