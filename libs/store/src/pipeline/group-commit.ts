import { fault } from '#libs/faults';

export interface GroupCommitOptions {
  /** Most items written together. */
  itemsMax: number;
  /** Groups that may be under way at the same time. */
  groupsMax: number;
  /** Items that may wait; more are refused, so that an outage cannot fill the memory. */
  waitingMax: number;
}

/** What became of one item of a group. */
export type Outcome<Result> = { ok: Result } | { error: unknown };

interface Waiting<Item, Result> {
  item: Item;
  resolve(result: Result): void;
  reject(error: unknown): void;
}

/**
 * Writes many items in few commits: at once when nothing is under way, and together with everything that arrived
 * meanwhile when something is. Latency at low load does not rise, throughput at high load does.
 */
export class GroupCommit<Item, Result> {
  readonly #write: (items: Item[]) => Promise<Outcome<Result>[]>;
  readonly #options: GroupCommitOptions;
  #waiting: Waiting<Item, Result>[] = [];
  #underWay = 0;

  /** @param write  writes items in one commit and answers one outcome for each, in their order; when it throws, all failed */
  constructor(write: (items: Item[]) => Promise<Outcome<Result>[]>, options: GroupCommitOptions) {
    this.#write = write;
    this.#options = options;
  }

  /**
   * Adds one item and waits for its commit.
   *
   * @throws Fault `store/unavailable` when too many wait already; whatever the write throws
   */
  add(item: Item): Promise<Result> {
    if (this.#waiting.length >= this.#options.waitingMax) {
      return Promise.reject(
        fault('store/unavailable', { facts: { waiting: this.#waiting.length }, retryAfterMs: 5_000 }),
      );
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      // The rest of this tick may bring more: a batch of one request, the answers of one socket read.
      if (this.#waiting.length === 1) setImmediate(() => this.#flush());
    });
  }

  #flush(): void {
    while (this.#waiting.length > 0 && this.#underWay < this.#options.groupsMax) {
      const group = this.#waiting.splice(0, this.#options.itemsMax);
      this.#underWay++;
      void this.#commit(group).finally(() => {
        this.#underWay--;
        this.#flush();
      });
    }
  }

  async #commit(group: Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await this.#write(group.map((waiting) => waiting.item));
      for (const [at, waiting] of group.entries()) {
        const result = results[at]!;
        if ('ok' in result) waiting.resolve(result.ok);
        else waiting.reject(result.error);
      }
    } catch (error) {
      for (const waiting of group) waiting.reject(error);
    }
  }
}
