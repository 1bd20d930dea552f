import { fault, type Fault } from '#libs/faults';
import type { EgressRequest, EgressResponse, Io } from '../connector.js';
import { faultOfStatus } from '../shared/fault-of-status.js';
import type { WhatsAppCloudSettings } from './manifest.js';
import { ErrorAnswer } from './wire.js';

/** One call of the Graph API with the channel's token. Throws only what `fetch` throws. */
export function callGraph(
  io: Io<WhatsAppCloudSettings>,
  path: string,
  request: EgressRequest = {},
): Promise<EgressResponse> {
  const { base_url, api_version, access_token } = io.settings;
  return io.fetch(`${base_url.replace(/\/+$/, '')}/${api_version}/${path}`, {
    signal: io.signal,
    ...request,
    headers: { authorization: `Bearer ${access_token}`, ...request.headers },
  });
}

/** A JSON body, or undefined. */
export function jsonOf(answer: EgressResponse): unknown {
  try {
    return JSON.parse(answer.text());
  } catch {
    return undefined;
  }
}

/**
 * What an error of the Graph API means for a send.
 *
 * @see https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes (read 2026-11-21)
 */
export function faultOfGraph(answer: EgressResponse, now: number): Fault {
  const parsed = ErrorAnswer.safeParse(jsonOf(answer));
  if (!parsed.success) {
    return faultOfStatus(answer, { name: 'whatsapp-cloud', now, serverError: 'channel/outcome-unknown' });
  }
  const { code, message, error_data } = parsed.data.error;
  const provider = {
    name: 'whatsapp-cloud',
    code: String(code),
    message: (error_data?.details ?? message ?? '').slice(0, 500),
  };
  const facts = { status: answer.status };
  const wait = THROTTLED[code];
  if (wait !== undefined) return fault('channel/throttled', { provider, facts, retryAfterMs: wait });
  if (CREDENTIALS.has(code) || (code >= 200 && code <= 299))
    return fault('channel/credentials', { provider, facts });
  if (TEMPORARY.has(code)) return fault('channel/unreachable', { provider, facts });
  const said = { code: provider.code, message: provider.message };
  return faultOfStatus(answer, { name: 'whatsapp-cloud', now, serverError: 'channel/outcome-unknown', said });
}

/** Limits, and how long to rest in milliseconds: the pair limit is one message in six seconds. */
const THROTTLED: Readonly<Record<number, number>> = {
  4: 60_000,
  80_007: 60_000,
  130_429: 5_000,
  131_048: 600_000,
  131_056: 6_000,
};

/** Token, permission, account and payment: a person must act. */
const CREDENTIALS = new Set([0, 3, 10, 190, 368, 131_005, 131_031, 131_042, 131_045, 133_010]);

/** Meta says that it failed, and to try again: nothing was accepted. */
const TEMPORARY = new Set([1, 2, 131_000, 131_016, 131_057, 133_004]);
