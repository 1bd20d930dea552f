import type { WebhookOutcome } from '#libs/store';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/**
 * Pauses after each failed attempt, in milliseconds: ten attempts over three days, then the delivery has failed.
 *
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md "Deliverability and
 *   reliability" (read 2026-11-21)
 */
export const retryAfterAttemptMs: readonly number[] = [
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
];

/** A receiver that says "not now" gets nothing for so long, when it names no time. */
const PAUSE_MS = 10 * SECOND;
/** The longest pause that a receiver may ask for. */
const PAUSE_MAX_MS = HOUR;
const BUSY = new Set([429, 502, 503, 504]);

/** What came back: an answer, or the reason why there was none. */
export type ReceiverAnswer =
  { status: number; headers: Readonly<Record<string, string>> } | { status: null; error: string };

/** What follows from an answer, and why it counts as a failure. */
export type Judgement = Pick<WebhookOutcome, 'status' | 'waitMs' | 'pauseMs' | 'disableBecause'> & {
  error: string | null;
};

/**
 * What follows from what a receiver answered. Pure.
 *
 * 2xx: delivered · 410: the endpoint is disabled at once · anything else, redirections too: again, by the schedule · 429,
 * 502, 503, 504: nothing at all for a while, as long as `retry-after` asks.
 *
 * @param attempts  earlier ones of this round
 * @param random    from 0 to 1: up to a tenth is added, so that what failed together does not come back together
 * @param now       milliseconds since 1970
 */
export function judgeAnswer(
  answer: ReceiverAnswer,
  attempts: number,
  random: number,
  now: number,
): Judgement {
  const { status } = answer;
  if (status !== null && status >= 200 && status < 300) return { status: 'delivered', error: null };
  const error = status === null ? answer.error : errorOf(status);
  if (status === 410) {
    return { status: 'failed', error, disableBecause: 'The receiver answered 410 Gone.' };
  }
  const askedMs = status === null ? null : retryAfterMs(answer.headers['retry-after'], now);
  const isBusy = (status !== null && BUSY.has(status)) || askedMs !== null;
  const pauseMs = isBusy ? Math.min(askedMs ?? PAUSE_MS, PAUSE_MAX_MS) : undefined;
  const next = retryAfterAttemptMs[attempts];
  if (next === undefined) return { status: 'failed', error, ...(pauseMs !== undefined && { pauseMs }) };
  const waitMs = Math.ceil(Math.max(next * (1 + random / 10), pauseMs ?? 0));
  return { status: 'pending', waitMs, error, ...(pauseMs !== undefined && { pauseMs }) };
}

function errorOf(status: number): string {
  const isRedirect = status >= 300 && status < 400;
  return isRedirect
    ? `It answered ${status}: redirections are not followed.`
    : `It answered ${status}, not 2xx.`;
}

/** Seconds, or an instant. @see RFC 9110 §10.2.3 (read 2026-11-21) */
function retryAfterMs(header: string | undefined, now: number): number | null {
  if (header === undefined) return null;
  if (/^\d{1,9}$/.test(header)) return Number(header) * SECOND;
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, at - now);
}
