/**
 * What trying again can do about a fault.
 *
 * - `never`: the same attempt fails the same way; the job fails for good.
 * - `later`: back off with jitter, up to the attempts of the job.
 * - `when-told`: wait the time the other side gave; spends no attempt.
 * - `ask-first`: it may have happened; look for a receipt before any second try.
 */
export type Retry = 'never' | 'later' | 'when-told' | 'ask-first';

/** The level at which the edge logs a fault: `info` is daily life, `warn` wants a look, `error` is ours to repair. */
export type FaultLevel = 'debug' | 'info' | 'warn' | 'error';

/** One line of the registry. `docs/errors.md` and the pages at `/errors/{code}` are made from it. */
export interface FaultRow {
  /** HTTP status of the problem document; 400–599. */
  readonly http: number;
  readonly retry: Retry;
  readonly log: FaultLevel;
  /** What is so, in a few words without a full stop; the same for every occurrence. */
  readonly title: string;
  /** Why one meets it: one sentence for the person who reads the page. */
  readonly cause: string;
  /** What that person can do: one sentence. */
  readonly fix: string;
}
