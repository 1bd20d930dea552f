import { Fault, toFault } from '#libs/faults';
import type { TraceStep } from '#libs/model';

/**
 * A turn that failed: the fault that ended it, and what was traced until then.
 *
 * The code is that of the fault thrown (`internal/bug` for anything else, `state/bot-timeout` when time ran out), so
 * the queue knows whether trying again can help. Nothing of the turn counts: no reply, no effect, no state.
 */
export class TurnFailure extends Fault {
  /** Valid to be stored; the last step has the decision `failed` and names who failed. */
  readonly trace: readonly TraceStep[];

  constructor(thrown: unknown, trace: readonly TraceStep[]) {
    const { code, detail, facts, retryAfterMs, provider, errors } = toFault(thrown);
    super(code, { detail, facts, retryAfterMs, provider, errors, cause: thrown });
    this.trace = trace;
  }
}

/** Why a turn was aborted: the signal's own fault when it has one, else `state/bot-timeout`. */
export function abortFault(signal: AbortSignal): Fault {
  const reason: unknown = signal.reason;
  return reason instanceof Fault ? reason : new Fault('state/bot-timeout', { cause: reason });
}

/** Settles as the work does, or rejects with {@link abortFault} as soon as the signal aborts, whichever is first. */
export async function abortable<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) throw abortFault(signal);
  let stop = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(abortFault(signal));
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([work(), aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
