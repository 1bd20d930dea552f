import { fault, type Fault } from '#libs/faults';
import type { EgressRequest, EgressResponse, Io } from '../connector.js';
import { faultOfStatus } from '../shared/fault-of-status.js';
import type { TwilioSmsSettings } from './manifest.js';
import { ErrorAnswer } from './wire.js';

/** Path of the account in the API, without a slash at the end. */
export const accountPath = ({ account_sid }: TwilioSmsSettings): string =>
  `/2010-04-01/Accounts/${account_sid}`;

/**
 * One call of the API with the channel's credentials.
 *
 * @param path  below the account, or from the root when it begins with a slash
 * @throws only what `fetch` throws
 */
export function callTwilio(
  io: Io<TwilioSmsSettings>,
  path: string,
  request: EgressRequest = {},
  base: string = io.settings.base_url,
): Promise<EgressResponse> {
  const full = path.startsWith('/') ? path : `${accountPath(io.settings)}/${path}`;
  return io.fetch(base.replace(/\/+$/, '') + full, {
    signal: io.signal,
    ...request,
    headers: { authorization: basicAuth(io.settings), accept: 'application/json', ...request.headers },
  });
}

function basicAuth({ account_sid, auth_token, api_key_sid, api_key_secret }: TwilioSmsSettings): string {
  const user = api_key_sid && api_key_secret ? [api_key_sid, api_key_secret] : [account_sid, auth_token];
  return `Basic ${Buffer.from(user.join(':')).toString('base64')}`;
}

/** Form fields as a POST. */
export const formPost = (body: string): EgressRequest => ({
  method: 'POST',
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  body,
});

/** A JSON body, or undefined. */
export function jsonOf(answer: EgressResponse): unknown {
  try {
    return JSON.parse(answer.text());
  } catch {
    return undefined;
  }
}

/** Too many calls at once; too many messages waiting behind this sender. */
const THROTTLED: Readonly<Record<string, number>> = { '20429': 5_000, '14107': 5_000, '21611': 60_000 };
/**
 * What a person must set right: token or permission (20003, 20004, 20006, 20008), the account (10001, 20005, 20404: unknown in
 * this address), the sender (21212, 21603, 21606, 21659, 21660), the Messaging Service (21701-21705).
 */
const CREDENTIALS = new Set(
  '10001 20003 20004 20005 20006 20008 20404 21212 21603 21606 21659 21660 21701 21702 21703 21704 21705'.split(
    ' ',
  ),
);

/**
 * What an error of the API means for a send. A 5xx is taken as "nothing was accepted", but for 504, after which the message may
 * still leave.
 *
 * @see https://www.twilio.com/docs/api/errors (read 2026-11-21)
 */
export function faultOfTwilio(answer: EgressResponse, now: number): Fault {
  const said = ErrorAnswer.safeParse(jsonOf(answer)).data ?? {};
  const provider = {
    name: 'twilio-sms',
    code: said.code ?? String(answer.status),
    message: (said.message ?? '').slice(0, 500),
  };
  const facts = { status: answer.status };
  const wait = THROTTLED[provider.code];
  if (wait !== undefined && answer.status !== 429) {
    return fault('channel/throttled', { provider, facts, retryAfterMs: wait });
  }
  if (CREDENTIALS.has(provider.code)) return fault('channel/credentials', { provider, facts });
  const serverError = answer.status === 504 ? 'channel/outcome-unknown' : 'channel/unreachable';
  return faultOfStatus(answer, { name: 'twilio-sms', now, serverError, said });
}
