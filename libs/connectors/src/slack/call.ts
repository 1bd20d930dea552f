import { fault, type Fault, type FaultCode } from '#libs/faults';
import type { JsonObject } from '#libs/model';
import type { EgressResponse, Io } from '../connector.js';
import { faultOfStatus } from '../shared/fault-of-status.js';
import type { SlackSettings } from './manifest.js';
import { WireAnswerOfMethod } from './wire.js';

/** Arguments of a method; those that are undefined are left out, objects are sent as JSON. */
export type Arguments = Readonly<Record<string, string | number | boolean | object | undefined>>;

/** What a method answered, when it said yes. */
export type Answer = WireAnswerOfMethod & { ok: true };

export interface CallOptions {
  /** Default: the channel's bot token; null for none. */
  token?: string | null;
  timeoutMs?: number;
}

/**
 * One call of a method of the Web API, as a form: the only way in which every method takes its arguments.
 *
 * It goes through `io.fetch` and not through Slack's client, which repeats failed posts by itself (also those that arrived), and
 * knows nothing of forbidden addresses.
 *
 * @throws Fault `channel/credentials` also without a token; others as {@link faultOfAnswer}; those of `io.fetch`
 * @see https://docs.slack.dev/apis/web-api
 */
export async function callSlack(
  method: string,
  args: Arguments,
  io: Io<SlackSettings>,
  options: CallOptions = {},
): Promise<Answer> {
  return (await callWithHeaders(method, args, io, options)).answer;
}

/** As {@link callSlack}, with the headers: those of `auth.test` name the token's scopes. */
export async function callWithHeaders(
  method: string,
  args: Arguments,
  io: Io<SlackSettings>,
  { token = io.settings.bot_token ?? '', timeoutMs }: CallOptions = {},
): Promise<{ answer: Answer; headers: EgressResponse['headers'] }> {
  if (token === '')
    throw fault('channel/credentials', {
      detail: 'The channel has no bot_token: paste one, or install the app by its link.',
    });
  const response = await io.fetch(`${io.settings.api_url.replace(/\/+$/, '')}/${method}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      ...(token !== null && { authorization: `Bearer ${token}` }),
    },
    body: formOf(args),
    maxBytes: 8_388_608,
    signal: io.signal,
    ...(timeoutMs !== undefined && { timeoutMs }),
  });
  const answer = WireAnswerOfMethod.safeParse(jsonOf(response));
  const isYes = response.status === 200 && answer.success && answer.data.ok;
  if (!isYes) throw faultOfAnswer(response, answer.data ?? null, io.now());
  return { answer: answer.data as Answer, headers: response.headers };
}

/** What Slack says when a token, or what it may do, is not enough. */
const CREDENTIALS = new Set([
  'access_denied',
  'account_inactive',
  'app_not_found',
  'bad_client_secret',
  'ekm_access_denied',
  'enterprise_is_restricted',
  'invalid_auth',
  'invalid_client_id',
  'invalid_code',
  'invalid_team_for_non_distributed_app',
  'missing_scope',
  'no_permission',
  'not_allowed_token_type',
  'not_authed',
  'org_login_required',
  'team_access_not_granted',
  'team_disabled',
  'token_expired',
  'token_revoked',
  'two_factor_setup_required',
  'user_removed_from_team',
]);
/** Nothing was accepted: the request was cut short, or the workspace is being moved. */
const UNREACHABLE = new Set(['request_timeout', 'service_unavailable', 'team_added_to_org']);
/** "Some aspect of the operation may have succeeded." */
const UNKNOWN = new Set(['fatal_error', 'internal_error']);
const THROTTLED = new Set(['ratelimited', 'rate_limited', 'accesslimited']);

/**
 * What an answer that is no yes means. A refusal comes with status 200 and `ok: false`; every code that is not listed
 * is `channel/rejected`.
 *
 * @param said  the answer as JSON; null when it is none
 * @see https://docs.slack.dev/reference/methods/chat.postMessage, "Errors"; the 2021 list is a fixture
 */
export function faultOfAnswer(response: EgressResponse, said: WireAnswerOfMethod | null, now: number): Fault {
  const code = said?.error ?? '';
  const words = [...(said?.response_metadata?.messages ?? []), said?.needed && `needed: ${said.needed}`];
  const message = words.filter(Boolean).join('; ').slice(0, 500) || code;
  if (response.status !== 200)
    return faultOfStatus(response, {
      name: 'slack',
      now,
      serverError: 'channel/outcome-unknown',
      said: { code: code || String(response.status), message: message || `HTTP ${response.status}` },
    });
  if (!said || said.ok || code === '')
    return fault('channel/outcome-unknown', {
      detail: 'Slack answered 200 with something that is neither a yes nor a no.',
      facts: { status: response.status, bytes: response.body.length },
    });
  const meaning = faultCodeOf(code);
  const provider = { name: 'slack', code: code.slice(0, 64), message };
  if (meaning !== 'channel/throttled') return fault(meaning, { provider });
  return faultOfStatus(
    { ...response, status: 429 },
    { name: 'slack', now, serverError: 'channel/outcome-unknown', said: provider },
  );
}

/** The fault for a code of Slack's; its own words are in `provider`. */
export function faultCodeOf(code: string): FaultCode {
  if (THROTTLED.has(code)) return 'channel/throttled';
  if (CREDENTIALS.has(code)) return 'channel/credentials';
  if (UNREACHABLE.has(code)) return 'channel/unreachable';
  if (UNKNOWN.has(code)) return 'channel/outcome-unknown';
  return 'channel/rejected';
}

function formOf(args: Arguments): string {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(args)) {
    if (value !== undefined)
      form.set(name, typeof value === 'object' ? JSON.stringify(value) : String(value));
  }
  return form.toString();
}

function jsonOf(response: EgressResponse): JsonObject | undefined {
  try {
    return JSON.parse(response.text()) as JsonObject;
  } catch {
    return undefined;
  }
}
