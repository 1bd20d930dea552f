import { setTimeout as sleep } from 'node:timers/promises';

export interface PumpOptions {
  /** Pause between two sweeps, in milliseconds. */
  sweepEveryMs: number;
  /** Called with what a pass threw; the pump goes on. */
  onError(error: unknown): void;
}

/**
 * Rest between two passes, in milliseconds. Whoever is poked after a rest goes at once; under load, what arrives during
 * it is claimed together, and a claim costs the same for one as for twenty.
 */
const GATHER_MS = 4;

/**
 * Runs passes of a loop, one at a time: when poked, and by itself every so often. The sweep alone can carry the whole
 * load, so that a lost bell is a delay and nothing else.
 */
export class Pump {
  #isWanted = false;
  #isStopped = false;
  #isResting = false;
  #endedAt = Number.NEGATIVE_INFINITY;
  #current: Promise<void> | undefined;
  #next: Promise<void> | undefined;
  #sweep: NodeJS.Timeout | undefined;

  constructor(
    private readonly pass: () => Promise<void>,
    private readonly options: PumpOptions,
  ) {}

  start(): void {
    this.#sweep = setInterval(() => void this.poke(), this.options.sweepEveryMs);
  }

  /** @returns when a pass that began after this call has ended */
  poke(): Promise<void> {
    if (this.#isStopped) return Promise.resolve();
    if (!this.#current) return (this.#current = this.#run());
    if (this.#isResting) return this.#current;
    // The pass under way may have looked already: one more is owed, however many pokes come.
    this.#isWanted = true;
    return (this.#next ??= this.#current.then(() => this.#current));
  }

  /** Begins no further pass, and waits for the one under way. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearInterval(this.#sweep);
    await this.#current;
  }

  async #run(): Promise<void> {
    const restMs = this.#endedAt + GATHER_MS - performance.now();
    if (restMs > 0) {
      this.#isResting = true;
      await sleep(restMs);
      this.#isResting = false;
    }
    try {
      if (!this.#isStopped) await this.pass();
    } catch (error) {
      this.options.onError(error);
      await sleep(100); // a database that is away answers at once: do not spin
    }
    this.#endedAt = performance.now();
    this.#next = undefined;
    this.#current = undefined;
    if (this.#isWanted) {
      this.#isWanted = false;
      this.#current = this.#isStopped ? undefined : this.#run();
    }
  }
}
