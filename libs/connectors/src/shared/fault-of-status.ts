import { fault, type Fault } from '#libs/faults';
import type { EgressResponse } from '../connector.js';

/** Milliseconds to wait when a provider says "slow down" and not for how long. */
const PAUSE_MS = 5_000;
/** No pause is longer, whatever a header says. */
const PAUSE_MS_MAX = 86_400_000;

export interface StatusContext {
  /** Id of the connector. */
  name: string;
  /** Milliseconds since 1970, to read a Retry-After that is a date. */
  now: number;
  /** The provider's own code and words, where its body has them. */
  said?: { code?: string | undefined; message?: string | undefined };
  /** What a 5xx lets one conclude of this provider: that it kept nothing, or nothing. */
  serverError: 'channel/unreachable' | 'channel/outcome-unknown';
}

/**
 * What an HTTP status that is no success means for a send.
 *
 * 429 is `channel/throttled` and always says for how long; 401 and 403 are `channel/credentials`; 408 and 425 come
 * before anything was accepted; 5xx is what the caller knows of its provider; every other 3xx or 4xx is
 * `channel/rejected` (redirects are not followed).
 *
 * @see RFC 9110 §15 and §10.2.3, RFC 8470 §5.2 (read 2026-11-21)
 */
export function faultOfStatus(answer: EgressResponse, context: StatusContext): Fault {
  const { status } = answer;
  const provider = {
    name: context.name,
    code: (context.said?.code ?? String(status)).slice(0, 64),
    message: (context.said?.message ?? answer.text()).trim().slice(0, 500),
  };
  const retryAfterMs = parseRetryAfter(answer.headers['retry-after'], context.now);
  const facts = { status };
  if (status === 429)
    return fault('channel/throttled', { provider, facts, retryAfterMs: retryAfterMs ?? PAUSE_MS });
  if (status === 401 || status === 403) return fault('channel/credentials', { provider, facts });
  if (status === 408 || status === 425)
    return fault('channel/unreachable', { provider, facts, retryAfterMs });
  if (status >= 500) return fault(context.serverError, { provider, facts, retryAfterMs });
  if (status >= 300) return fault('channel/rejected', { provider, facts });
  return fault('channel/outcome-unknown', { provider, facts });
}

/**
 * Milliseconds from a Retry-After header: seconds, or a date against `now`. Never negative, at most a day.
 *
 * @returns undefined when the header is absent or says neither
 */
export function parseRetryAfter(header: string | undefined, now: number): number | undefined {
  const text = header?.trim() ?? '';
  const waitMs = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now;
  return Number.isNaN(waitMs) ? undefined : Math.min(Math.max(Math.ceil(waitMs), 0), PAUSE_MS_MAX);
}
