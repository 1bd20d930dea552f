import { type Logger, newRequestId, withContext, type WorkContext } from '#libs/observe';
import { type Held, LeaseKeeper } from './lease-keeper.js';
import { Pump } from './pump.js';

/** Something that was claimed, for as long as it is worked on. */
export interface Claimed<Item> extends Held {
  readonly item: Item;
}

/** What a loop works on, and how. */
export interface ClaimLoopOptions<Id extends string, Item> {
  /** What the log calls it. */
  name: string;
  leaseMs: number;
  sweepEveryMs: number;
  /** Worked on at the same time. */
  atOnce: number;
  idOf(item: Item): Id;
  /** What every line of the log says while it is worked on. */
  contextOf(item: Item): Omit<WorkContext, 'requestId'>;
  /** Claims what is due, at most so many. */
  claim(free: number): Promise<readonly Item[]>;
  /** Extends leases. @returns the ids that are still ours */
  renew(items: Item[]): Promise<ReadonlySet<Id>>;
  /** Works on one; what it throws is logged, and the lease ends by itself. */
  work(claimed: Claimed<Item>): Promise<void>;
}

/**
 * Claims what is due, works on several at once, and keeps their leases meanwhile. It looks when it is poked, when something is
 * done, and every so often.
 */
export class ClaimLoop<Id extends string, Item> {
  readonly #pump: Pump;
  readonly #leases: LeaseKeeper<Id, Claimed<Item>>;
  readonly #active = new Set<Promise<void>>();
  readonly #stopping = new AbortController();

  constructor(
    private readonly options: ClaimLoopOptions<Id, Item>,
    private readonly logger: Logger,
  ) {
    const { name, leaseMs, sweepEveryMs } = options;
    this.#pump = new Pump(() => this.#pass(), {
      sweepEveryMs,
      onError: (error) => this.logger.fault(error, { loop: name }),
    });
    this.#leases = new LeaseKeeper(leaseMs, (held) => options.renew(held.map(({ item }) => item)));
  }

  /** Aborted when the loop stops: what is under way is given up then. */
  get stopping(): AbortSignal {
    return this.#stopping.signal;
  }

  start(): void {
    this.#pump.start();
  }

  /** Looks for work. @returns when a look that began after this call has ended */
  poke(): Promise<void> {
    return this.#pump.poke();
  }

  /** `LeaseKeeper.isOurs`, to be asked right before what cannot be undone. */
  isOurs(claimed: Claimed<Item>): Promise<boolean> {
    return this.#leases.isOurs(this.options.idOf(claimed.item), claimed);
  }

  /** Claims nothing more, gives up what is under way, and waits until it has ended. */
  async stop(): Promise<void> {
    await this.#pump.stop();
    this.#stopping.abort();
    await Promise.allSettled(this.#active);
    this.#leases.stop();
  }

  async #pass(): Promise<void> {
    const free = this.options.atOnce - this.#active.size;
    if (free <= 0) return;
    const since = performance.now();
    for (const item of await this.options.claim(free)) this.#begin(item, since);
  }

  #begin(item: Item, since: number): void {
    const { options } = this;
    const id = options.idOf(item);
    const claimed: Claimed<Item> = { item, lost: new AbortController() };
    this.#leases.hold(id, claimed, since);
    const doing = withContext({ requestId: newRequestId(), ...options.contextOf(item) }, () =>
      options.work(claimed),
    )
      .catch((error: unknown) => this.logger.fault(error, { loop: options.name, id }))
      .finally(() => {
        this.#leases.release(id, claimed);
        this.#active.delete(doing);
        void this.poke();
      });
    this.#active.add(doing);
  }
}
