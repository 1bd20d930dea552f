import { toFault } from '#libs/faults';
import type { OpenReading } from '#libs/store';

const FIRST_MS = 30_000;
const CAP_MS = 6 * 3_600_000;
/** Failures in a row after which only the regular readings go on. */
const ATTEMPTS_MAX = 12;

/** Until a page is read again; null: never by itself. */
export function refreshMs({ refreshEveryS }: Pick<OpenReading, 'refreshEveryS'>): number | null {
  return refreshEveryS === null ? null : jittered(refreshEveryS * 1_000);
}

/** Until the next try: what can help itself is tried again soon, and in any case when the page is due. */
export function waitAfter(
  thrown: unknown,
  reading: Pick<OpenReading, 'attempts' | 'kind' | 'refreshEveryS'>,
): number | null {
  const { retry, retryAfterMs } = toFault(thrown);
  const { attempts, kind } = reading;
  const regularly = refreshMs(reading);
  if (retry === 'never' || attempts >= ATTEMPTS_MAX) return kind === 'page' ? regularly : null;
  const waitMs = Math.max(retryAfterMs ?? 0, backoffMs(attempts));
  return regularly === null ? waitMs : Math.min(waitMs, regularly);
}

/** 30 s, doubled with each failure, at most 6 h; somewhat more or less. */
export function backoffMs(attempts: number): number {
  return jittered(Math.min(FIRST_MS * 2 ** attempts, CAP_MS));
}

/** Pages that were added together are not read together for ever. */
function jittered(ms: number): number {
  return Math.round(ms * (0.9 + Math.random() * 0.2));
}
