import type { Allowance, AllowanceState } from '#libs/store';

/** Takes from allowances: from each, or from none. */
export type Take = (asked: readonly Allowance[], cost: number) => Promise<AllowanceState[]>;

interface Waiting {
  resolve(states: AllowanceState[]): void;
  reject(error: unknown): void;
}

/**
 * Takes one for each of many at once, with one statement for all that ask for the same while another one is under way: it
 * counts to the request, as if each had asked alone, and a crowd with one key does not queue for its row.
 */
export class GatheredTakes {
  readonly #next = new Map<string, Waiting[]>();

  constructor(private readonly take: Take) {}

  /** @returns the state of each allowance after this one was taken, or why it was not */
  async one(asked: readonly Allowance[]): Promise<AllowanceState[]> {
    const id = asked.map(({ key }) => key).join(' ');
    const waiting = this.#next.get(id);
    if (waiting) return new Promise((resolve, reject) => void waiting.push({ resolve, reject }));
    this.#next.set(id, []);
    try {
      return await this.take(asked, 1);
    } finally {
      void this.#rest(id, asked);
    }
  }

  /** Those who came meanwhile, together, until nobody has come. */
  async #rest(id: string, asked: readonly Allowance[]): Promise<void> {
    for (;;) {
      const batch = this.#next.get(id) ?? [];
      if (batch.length === 0) break;
      this.#next.set(id, []);
      try {
        await this.#settle(asked, batch);
      } catch (error) {
        for (const one of batch) one.reject(error);
      }
    }
    this.#next.delete(id);
  }

  async #settle(asked: readonly Allowance[], batch: readonly Waiting[]): Promise<void> {
    const count = batch.length;
    const states = await this.take(asked, count);
    if (count === 1 || states.every(({ isAllowed }) => isAllowed)) {
      // Each is told what was left after it, not after the last one.
      for (const [at, one] of batch.entries()) {
        one.resolve(states.map((state) => ({ ...state, remaining: state.remaining + count - 1 - at })));
      }
      return;
    }
    // Not enough for all: as many as there is enough for, and then one more, who is told how long to wait.
    const free = Math.min(count - 1, ...states.map(({ remaining }) => remaining));
    if (free > 0) {
      await this.#settle(asked, batch.slice(0, free));
      return this.#settle(asked, batch.slice(free));
    }
    const last = await this.take(asked, 1);
    if (last.every(({ isAllowed }) => isAllowed)) {
      batch[0]?.resolve(last);
      return this.#settle(asked, batch.slice(1));
    }
    for (const one of batch) one.resolve(last);
  }
}
