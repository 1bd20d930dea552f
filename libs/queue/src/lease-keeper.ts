/** Something this process holds for a while. */
export interface Held {
  /** Aborted when the lease is lost: someone else may have it now. */
  lost: AbortController;
}

/**
 * Keeps leases alive while work goes on: one statement for all of them, three times per lease. A process that dies
 * stops renewing, and its work is free again when the lease ends.
 */
export class LeaseKeeper<Id extends string, Item extends Held> {
  readonly #held = new Map<Id, Item>();
  #timer: NodeJS.Timeout | undefined;

  /** @param renew  extends the leases, and returns the ids that are still ours; may throw */
  constructor(
    private readonly leaseMs: number,
    private readonly renew: (items: Item[]) => Promise<ReadonlySet<Id>>,
  ) {}

  get size(): number {
    return this.#held.size;
  }

  hold(id: Id, item: Item): void {
    this.#held.set(id, item);
    if (!this.#timer) this.#schedule();
  }

  release(id: Id, item: Item): void {
    if (this.#held.get(id) === item) this.#held.delete(id);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #schedule(): void {
    this.#timer = setTimeout(() => void this.#renewAll(), this.leaseMs / 3);
  }

  async #renewAll(): Promise<void> {
    const asked = [...this.#held];
    if (asked.length === 0) {
      this.#timer = undefined;
      return;
    }
    try {
      const kept = await this.renew(asked.map(([, item]) => item));
      for (const [id, item] of asked) {
        if (!kept.has(id) && this.#held.get(id) === item) item.lost.abort();
      }
    } catch {
      // The database is away: the work may go on, and its commit will tell whether the lease was lost.
    }
    if (this.#timer) this.#schedule();
  }
}
