import { fault } from '#libs/faults';
import { within } from '#libs/inbound';

/** Providers count us as down after 3 s, some after 2: an answer after that is one that nobody hears. */
export const answerWithinMs = 2_000;

const LATE = Symbol('late');

/**
 * The work, or its end after so long, whichever is first. Work that is given up may still succeed: the provider sends
 * again, and the event is known then.
 *
 * @throws Fault `store/unavailable` when the time is over; whatever the work throws
 */
export async function answerWithin<T>(ms: number, work: Promise<T>): Promise<T> {
  const done = await within<T, typeof LATE>(ms, work, LATE);
  if (done === LATE) throw fault('store/unavailable', { facts: { waitedMs: ms }, retryAfterMs: 5_000 });
  return done;
}
