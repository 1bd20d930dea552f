import type { Clock } from '#libs/bot';

const failuresMax = 3;
const restMs = 30_000;
const keysMax = 5_000;

interface Record {
  failures: number;
  /** By the clock's tick; until then nobody is let through. */
  closedUntilMs: number;
}

/**
 * Keeps calls from a model that has just failed three times in a row: for half a minute nobody waits for it, then one call
 * tries it again. Each process learns by itself.
 */
export class Breaker {
  readonly #records = new Map<string, Record>();

  constructor(private readonly clock: Clock) {}

  /** Whether a call may be made. The one that tries a resting model again keeps others away until it has an answer. */
  mayCall(key: string): boolean {
    const record = this.#records.get(key);
    if (!record || record.failures < failuresMax) return true;
    if (this.clock.tick() < record.closedUntilMs) return false;
    record.closedUntilMs = this.clock.tick() + restMs;
    return true;
  }

  succeeded(key: string): void {
    this.#records.delete(key);
  }

  failed(key: string): void {
    const record = this.#records.get(key) ?? { failures: 0, closedUntilMs: 0 };
    record.failures += 1;
    record.closedUntilMs = this.clock.tick() + restMs;
    // The oldest goes first: what is forgotten is only tried again.
    if (this.#records.size >= keysMax) this.#records.delete(this.#records.keys().next().value ?? '');
    this.#records.set(key, record);
  }
}
