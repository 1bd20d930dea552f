/** When a program that died is started again, and when no more. All times in milliseconds. */
export interface RestartPolicy {
  /** Pause before the first restart; doubles with each death up to `pauseMaxMs`. */
  readonly pauseFirstMs: number;
  readonly pauseMaxMs: number;
  /** A program that has been ready for this long starts again with the first pause. */
  readonly steadyAfterMs: number;
  /** This many deaths before being ready, within `deathsWithinMs`, and it is given up. */
  readonly deathsMax: number;
  readonly deathsWithinMs: number;
  /** Longest time from start to ready; after it the program is killed, which counts as a death. */
  readonly readyWithinMs: number;
  /** How long a program may take to end when asked, before it is killed. */
  readonly endWithinMs: number;
}

/** What gateway and worker run under. */
export const defaultRestartPolicy: RestartPolicy = {
  pauseFirstMs: 100,
  pauseMaxMs: 5_000,
  steadyAfterMs: 30_000,
  deathsMax: 5,
  deathsWithinMs: 30_000,
  readyWithinMs: 60_000,
  endWithinMs: 20_000,
};

/** What to do after a death. */
export type Verdict = { readonly pauseMs: number } | 'give-up';

/** Remembers the deaths of one program and decides what follows; knows no clock of its own. */
export class RestartCounter {
  readonly #policy: RestartPolicy;
  #deathsInARow = 0;
  #earlyDeaths: number[] = [];

  constructor(policy: RestartPolicy) {
    this.#policy = policy;
  }

  /**
   * Counts a death.
   *
   * @param now  in milliseconds
   * @param readySince  when it became ready, in milliseconds; null when it never did
   */
  died(now: number, readySince: number | null): Verdict {
    const { pauseFirstMs, pauseMaxMs, steadyAfterMs, deathsMax, deathsWithinMs } = this.#policy;
    if (readySince !== null && now - readySince >= steadyAfterMs) this.#deathsInARow = 0;
    if (readySince !== null) this.#earlyDeaths = [];
    else this.#earlyDeaths = [...this.#earlyDeaths, now].filter((at) => now - at <= deathsWithinMs);
    if (this.#earlyDeaths.length >= deathsMax) return 'give-up';
    const pauseMs = Math.min(pauseFirstMs * 2 ** this.#deathsInARow, pauseMaxMs);
    this.#deathsInARow++;
    return { pauseMs };
  }
}
