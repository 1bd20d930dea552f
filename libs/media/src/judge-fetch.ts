import { toFault } from '#libs/faults';
import type { FetchOutcome } from '#libs/store';

const FIRST_MS = 1_000;
const CAP_MS = 5 * 60_000;
/** Providers give files for minutes to days; what cannot be had for so long is given up, so that somebody learns it. */
const UNREACHABLE_FOR_MS = 3_600_000;
/** A person may have to put new credentials in, or link a device. */
const CREDENTIALS_FOR_MS = 24 * 3_600_000;
const CREDENTIALS_RETRY_MS = 60_000;

/**
 * What follows from a fetch that failed. Pure.
 *
 * @param thrown    what the fetch threw
 * @param attempts  earlier ones
 * @param ageMs     since the file was named
 * @param random    from 0 to 1, for the jitter
 */
export function judgeFetch(
  thrown: unknown,
  { attempts, ageMs }: { attempts: number; ageMs: number },
  random: number,
): FetchOutcome {
  const { code, detail, facts, retryAfterMs } = toFault(thrown);
  if (facts['reason'] === 'answer-too-large') return { status: 'failed', reason: 'The file is too large.' };
  const backoffMs = Math.ceil(Math.min(FIRST_MS * 2 ** attempts, CAP_MS) * (0.5 + random / 2));
  switch (code) {
    case 'channel/rejected':
    case 'input/too-large':
    case 'input/invalid':
      return { status: 'failed', reason: detail };
    case 'channel/credentials':
    case 'channel/not-connected':
      return within(ageMs, CREDENTIALS_FOR_MS, CREDENTIALS_RETRY_MS, detail);
    case 'channel/throttled':
      return within(ageMs, CREDENTIALS_FOR_MS, Math.max(retryAfterMs ?? 0, backoffMs), detail);
    default:
      return within(ageMs, UNREACHABLE_FOR_MS, backoffMs, detail);
  }
}

function within(ageMs: number, limitMs: number, waitMs: number, reason: string): FetchOutcome {
  if (ageMs + waitMs < limitMs) return { status: 'pending', waitMs, reason };
  return {
    status: 'failed',
    reason: `It could not be fetched for ${Math.round(limitMs / 3_600_000)} h: ${reason}`,
  };
}
