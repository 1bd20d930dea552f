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
  /** Until when each lease certainly lasts, by the clock of this process that never stops. */
  readonly #until = new Map<Id, number>();
  #timer: NodeJS.Timeout | undefined;

  /** @param renew  extends the leases, and returns the ids that are still ours; may throw */
  constructor(
    private readonly leaseMs: number,
    private readonly renew: (items: Item[]) => Promise<ReadonlySet<Id>>,
  ) {}

  get size(): number {
    return this.#held.size;
  }

  /** @param since  when the claim was asked for, by `performance.now()`: the lease began after that */
  hold(id: Id, item: Item, since = performance.now()): void {
    this.#held.set(id, item);
    this.#until.set(id, since + this.leaseMs);
    if (!this.#timer) this.#schedule();
  }

  release(id: Id, item: Item): void {
    if (this.#held.get(id) !== item) return;
    this.#held.delete(id);
    this.#until.delete(id);
  }

  /**
   * Whether this moment still belongs to us, to be asked right before what cannot be undone. A process that stood still
   * wakes in the belief that no time has passed, and its own timers tell it otherwise only later: then the store is asked.
   *
   * @throws what `renew` throws
   */
  async isOurs(id: Id, item: Item): Promise<boolean> {
    if (item.lost.signal.aborted || this.#held.get(id) !== item) return false;
    if (this.isCertain(id, item)) return true;
    await this.#renew([[id, item]]);
    return !item.lost.signal.aborted;
  }

  /** What {@link isOurs} knows without asking the store: false may only mean that it must be asked. */
  isCertain(id: Id, item: Item): boolean {
    return (
      !item.lost.signal.aborted &&
      this.#held.get(id) === item &&
      performance.now() < (this.#until.get(id) ?? 0)
    );
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
      await this.#renew(asked);
    } catch {
      // The database is away: the work may go on, and its commit will tell whether the lease was lost.
    }
    if (this.#timer) this.#schedule();
  }

  async #renew(asked: readonly (readonly [Id, Item])[]): Promise<void> {
    const since = performance.now();
    const kept = await this.renew(asked.map(([, item]) => item));
    for (const [id, item] of asked) {
      if (this.#held.get(id) !== item) continue;
      if (kept.has(id)) this.#until.set(id, since + this.leaseMs);
      else item.lost.abort();
    }
  }
}
