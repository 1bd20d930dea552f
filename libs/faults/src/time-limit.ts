import { setMaxListeners } from 'node:events';

/** A signal that comes when the time is over, or when another one came first. */
export interface TimeLimit {
  readonly signal: AbortSignal;
  /** Lets go of the timer and of the others, once nobody waits any more. The signal stays as it is. */
  end(): void;
}

/**
 * Begins a time limit. Nothing keeps the process alive for it.
 *
 * Made by hand, because Node.js forgets: an `AbortSignal.timeout` that only an `AbortSignal.any` knows of never comes once
 * garbage was collected (https://github.com/nodejs/node/issues/57736), and an `AbortSignal.any` that nobody listens to can
 * lose what its source said (https://github.com/nodejs/node/issues/65995; both read 2026-11-21).
 *
 * @param ms      milliseconds from now
 * @param others  signals that end it earlier
 * @returns a limit whose signal is aborted with a `TimeoutError` when the time is over, otherwise with the reason of the other
 */
export function timeLimit(ms: number, ...others: readonly AbortSignal[]): TimeLimit {
  const limit = new AbortController();
  const stop = (reason: unknown): void => {
    end();
    limit.abort(reason);
  };
  const timer = setTimeout(() => stop(new DOMException('The time is over', 'TimeoutError')), ms);
  timer.unref();
  const heard = others.map((other) => ({ other, hear: () => stop(other.reason) }));
  const end = (): void => {
    clearTimeout(timer);
    for (const { other, hear } of heard) other.removeEventListener('abort', hear);
  };
  for (const { other, hear } of heard) {
    // Any number of works may end with one other.
    setMaxListeners(0, other);
    if (other.aborted) hear();
    else other.addEventListener('abort', hear, { once: true });
  }
  return { signal: limit.signal, end };
}
