/** How long a cache remembers, and how much. */
export interface TimedCacheOptions {
  /** Life of something found, in milliseconds. */
  readonly ttlMs: number;
  /** Life of "there is none", in milliseconds; 0 remembers nothing of the kind. */
  readonly missTtlMs: number;
  /** Most entries; the oldest goes first. */
  readonly max: number;
  /** Milliseconds since any fixed moment. Default: a clock that never goes back. */
  readonly now?: () => number;
}

interface Entry<V> {
  value: Promise<V | null>;
  /** Infinity while the value is on its way. */
  expiresAt: number;
}

/**
 * Remembers what was looked up for a short time. Callers that ask for the same key at once share one look-up; one that
 * fails is remembered by nobody.
 */
export class TimedCache<V> {
  readonly #entries = new Map<string, Entry<V>>();
  readonly #options: TimedCacheOptions;
  readonly #now: () => number;

  constructor(options: TimedCacheOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
  }

  /** @param load  runs when the key is not remembered; null means that there is none */
  async get(key: string, load: () => Promise<V | null>): Promise<V | null> {
    const known = this.#entries.get(key);
    if (known && known.expiresAt > this.#now()) return known.value;
    const entry: Entry<V> = { value: load(), expiresAt: Infinity };
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    this.#shrink();
    try {
      const value = await entry.value;
      entry.expiresAt = this.#now() + (value === null ? this.#options.missTtlMs : this.#options.ttlMs);
      return value;
    } catch (error) {
      if (this.#entries.get(key) === entry) this.#entries.delete(key);
      throw error;
    }
  }

  /** Makes the next `get` look again; a look-up that is under way is not remembered. */
  forget(key: string): void {
    this.#entries.delete(key);
  }

  /** Entries, those that are over but not yet replaced included. */
  get size(): number {
    return this.#entries.size;
  }

  #shrink(): void {
    for (const key of this.#entries.keys()) {
      if (this.#entries.size <= this.#options.max) return;
      this.#entries.delete(key);
    }
  }
}
