import { Fault, toFault } from '#libs/faults';
import type { JsonObject } from '#libs/model';
import type { DeliveryOutcomeRow, OpenDelivery } from '#libs/store';

/** Attempts that may fail before a delivery is dead: with the back-off below they span about half a day. */
export const attemptsMax = 12;
const BACKOFF_FIRST_MS = 1_000;
const BACKOFF_CAP_MS = 3_600_000;
/** Someone must repair the channel; until then its messages wait and spend no attempt. */
const CREDENTIALS_RETRY_MS = 60_000;
/** A connection comes back by itself, or shows that it needs a person. */
const CONNECTION_RETRY_MS = 5_000;
const THROTTLED_DEFAULT_MS = 5_000;
const THROTTLED_MAX_MS = 6 * 3_600_000;

type Judgement = Omit<DeliveryOutcomeRow, 'delivery' | 'entry'> & {
  outcome: DeliveryOutcomeRow['entry']['outcome'];
};

/** Full jitter: anywhere between nothing and a time that doubles with every attempt. @param random from 0 to 1 */
export function backoffMs(attempts: number, random: number): number {
  const ceiling = Math.min(BACKOFF_FIRST_MS * 2 ** attempts, BACKOFF_CAP_MS);
  return Math.ceil(100 + ceiling * random);
}

/** Whether an earlier attempt may have reached the provider although nobody knows. */
export function isUnclear(delivery: OpenDelivery): boolean {
  return delivery.isLapsed || delivery.error?.['code'] === 'channel/outcome-unknown';
}

/** A fault as the delivery keeps it. */
export function errorOf(thrown: Fault): JsonObject {
  const { name, code, message } = thrown.provider ?? {};
  return {
    code: thrown.code,
    text: thrown.detail,
    ...(thrown.provider && { provider: { name: name!, code: code!, message: message! } }),
  };
}

/**
 * What follows from a failed attempt. Pure.
 *
 * @param thrown  what `deliver` or `lookup` threw
 * @param random  from 0 to 1, for the jitter
 */
export function judge(delivery: OpenDelivery, thrown: unknown, random: number): Judgement {
  const failure = toFault(thrown);
  const error = errorOf(failure);
  switch (failure.code) {
    case 'channel/throttled': {
      const waitMs = Math.min(failure.retryAfterMs ?? THROTTLED_DEFAULT_MS, THROTTLED_MAX_MS);
      // What was unclear before is unclear still: a wait must not make it forgotten.
      const kept = isUnclear(delivery) ? { code: 'channel/outcome-unknown' } : error;
      return {
        status: 'queued',
        outcome: 'throttled',
        waitMs,
        pauseAccountMs: waitMs,
        spent: 0,
        error: kept,
      };
    }
    case 'channel/rejected':
    case 'channel/refused':
    case 'channel/opted-out':
      return { status: 'dead', outcome: 'dead', spent: 1, error };
    case 'channel/not-connected':
      return { status: 'queued', outcome: 'retry', waitMs: CONNECTION_RETRY_MS, spent: 0, error };
    case 'channel/credentials':
      return { status: 'queued', outcome: 'retry', waitMs: CREDENTIALS_RETRY_MS, spent: 0, error };
    case 'channel/unreachable':
      return again(
        delivery,
        isUnclear(delivery) ? { ...error, code: 'channel/outcome-unknown' } : error,
        random,
      );
    default:
      // Time-outs, lost connections, and our own bugs after the call may have been made.
      return unclear(delivery, { ...error, code: 'channel/outcome-unknown' }, random);
  }
}

/** Nobody knows whether it went out: what is safe depends on what the provider can do. */
function unclear(delivery: OpenDelivery, error: JsonObject, random: number): Judgement {
  if (delivery.class === 'blind') return { status: 'unknown', outcome: 'unknown', spent: 1, error };
  return again(delivery, error, random);
}

function again(delivery: OpenDelivery, error: JsonObject, random: number): Judgement {
  if (delivery.attempts + 1 >= attemptsMax) {
    const isUnknown = error['code'] === 'channel/outcome-unknown';
    return {
      status: isUnknown ? 'unknown' : 'dead',
      outcome: isUnknown ? 'unknown' : 'dead',
      spent: 1,
      error,
    };
  }
  return {
    status: 'queued',
    outcome: 'retry',
    waitMs: backoffMs(delivery.attempts, random),
    spent: 1,
    error,
  };
}
