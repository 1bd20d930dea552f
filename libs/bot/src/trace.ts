import { toFault } from '#libs/faults';
import type { TraceStep } from '#libs/model';
import type { Clock } from './clock.js';
import { TurnFailure, abortable } from './failure.js';

/** Plain values beside a reason. Never message text. */
export type TraceDetail = Readonly<Record<string, string | number | boolean | null>>;

/** One line before it is timed. */
export interface TraceLine {
  readonly decision: TraceStep['decision'];
  readonly reason: string;
  readonly detail?: TraceDetail | undefined;
}

const reasonMax = 500;
const detailKeysMax = 30;
const detailTextMax = 200;

/** The trace of one turn while it is written. */
export class TraceLog {
  readonly steps: TraceStep[] = [];
  readonly #clock: Clock;
  readonly #signal: AbortSignal;

  constructor(clock: Clock, signal: AbortSignal) {
    this.#clock = clock;
    this.#signal = signal;
  }

  /** Adds a line; what is too long is cut. */
  add(responder: string, line: TraceLine, tookMs: number): void {
    this.steps.push({
      responder,
      decision: line.decision,
      reason: line.reason.slice(0, reasonMax),
      detail: cut(line.detail ?? {}),
      took_ms: Math.max(0, Math.round(tookMs * 1000) / 1000),
    });
  }

  /**
   * Runs one step of the turn within its time, and adds the line that `toLine` makes of its result, if it makes one.
   *
   * @throws TurnFailure when the step throws or the turn's signal aborts
   */
  async run<T>(
    responder: string,
    work: () => Promise<T>,
    toLine: (result: T) => TraceLine | null,
  ): Promise<T> {
    const start = this.#clock.tick();
    try {
      const result = await abortable(work, this.#signal);
      const line = toLine(result);
      if (line) this.add(responder, line, this.#clock.tick() - start);
      return result;
    } catch (thrown) {
      // Only the code: the message of a foreign error can hold anything, also what the person wrote.
      const { code } = toFault(thrown);
      const line: TraceLine = { decision: 'failed', reason: `Failed with ${code}`, detail: { code } };
      this.add(responder, line, this.#clock.tick() - start);
      throw new TurnFailure(thrown, this.steps);
    }
  }
}

function cut(detail: TraceDetail): TraceStep['detail'] {
  const entries = Object.entries(detail).slice(0, detailKeysMax);
  return Object.fromEntries(
    entries.map(([key, value]) => [key, typeof value === 'string' ? value.slice(0, detailTextMax) : value]),
  );
}
