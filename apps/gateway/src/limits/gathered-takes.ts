import type { Allowance, AllowanceState, Lease } from '#libs/store';
import { HeldLeases, HOLD_MS } from './held-leases.js';

/** Takes from allowances: from each, or from none; and, when there is plenty, some more of each ahead. */
export type Take<Asked extends Allowance = Allowance> = (
  asked: readonly Asked[],
  cost: number,
  ahead: { extra: number; holdMs: number },
) => Promise<Lease>;

interface Waiting {
  resolve(states: AllowanceState[]): void;
  reject(error: unknown): void;
}

/**
 * Takes one for each of many, with few statements: what was taken ahead is used first, and all that ask for the same while a
 * statement is under way share the next one. It counts to the request, as if each had asked alone, and a crowd with one key
 * does not queue for its row.
 */
export class GatheredTakes<Asked extends Allowance = Allowance> {
  readonly #next = new Map<string, Waiting[]>();
  readonly #held: HeldLeases;

  /** @param now  milliseconds of a clock that never goes back */
  constructor(
    private readonly take: Take<Asked>,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.#held = new HeldLeases(now);
  }

  /** One of what was taken ahead. @returns null when there is nothing of it: ask for `one` */
  held(asked: readonly Asked[]): AllowanceState[] | null {
    return this.#held.use(idOf(asked), asked);
  }

  /** @returns the state of each allowance after this one was taken, or why it was not */
  async one(asked: readonly Asked[]): Promise<AllowanceState[]> {
    const id = idOf(asked);
    const waiting = this.#next.get(id);
    if (waiting) return new Promise((resolve, reject) => void waiting.push({ resolve, reject }));
    this.#next.set(id, []);
    try {
      const { states, extra } = await this.#take(id, asked, 1);
      return states.map((state) => ({ ...state, remaining: state.remaining + extra }));
    } finally {
      void this.#rest(id, asked);
    }
  }

  /** Those who came meanwhile, together, until nobody has come. */
  async #rest(id: string, asked: readonly Asked[]): Promise<void> {
    for (;;) {
      const batch = this.#served(id, asked);
      if (batch.length === 0) break;
      this.#next.set(id, []);
      try {
        await this.#settle(id, asked, batch);
      } catch (error) {
        for (const one of batch) one.reject(error);
      }
    }
    this.#next.delete(id);
  }

  /** Gives those who wait what was taken ahead. @returns the others */
  #served(id: string, asked: readonly Asked[]): Waiting[] {
    const batch = this.#next.get(id) ?? [];
    for (const [at, one] of batch.entries()) {
      const states = this.#held.use(id, asked);
      if (!states) return batch.slice(at);
      one.resolve(states);
    }
    return [];
  }

  async #take(id: string, asked: readonly Asked[], cost: number): Promise<Lease> {
    const askedAt = this.now();
    const lease = await this.take(asked, cost, { extra: this.#held.wanted(id), holdMs: HOLD_MS });
    if (lease.states.every(({ isAllowed }) => isAllowed)) this.#held.keep(id, lease, cost, askedAt);
    return lease;
  }

  async #settle(id: string, asked: readonly Asked[], batch: readonly Waiting[]): Promise<void> {
    const count = batch.length;
    const { states, extra } = await this.#take(id, asked, count);
    if (count === 1 || states.every(({ isAllowed }) => isAllowed)) {
      // Each is told what was left after it, not after the last one.
      for (const [at, one] of batch.entries()) {
        const after = count - 1 - at + extra;
        one.resolve(states.map((state) => ({ ...state, remaining: state.remaining + after })));
      }
      return;
    }
    // Not enough for all: as many as there is enough for, and then one more, who is told how long to wait.
    const free = Math.min(count - 1, ...states.map(({ remaining }) => remaining));
    if (free > 0) {
      await this.#settle(id, asked, batch.slice(0, free));
      return this.#settle(id, asked, batch.slice(free));
    }
    const { states: last } = await this.#take(id, asked, 1);
    if (last.every(({ isAllowed }) => isAllowed)) {
      batch[0]?.resolve(last);
      return this.#settle(id, asked, batch.slice(1));
    }
    for (const one of batch) one.resolve(last);
  }
}

const idOf = (asked: readonly Allowance[]): string => asked.map(({ key }) => key).join(' ');
