import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import type { DecodedEvent } from '#libs/connectors';
import { isFault } from '#libs/faults';
import type { Logger, Metrics } from '#libs/observe';
import type { EventSpool, LoadedChannel, SpooledRequest } from '#libs/store';
import { inboxEventsOf, type InboundDoor, unreadableEvent } from './door.js';
import { within } from './within.js';

/** How long the database has before the disk is asked: providers count us as down after 2 s or 3 s. */
const STORE_WITHIN_MS = 1_200;
/** How long a request waits for what stands before it, when the database takes that. */
const DRAIN_WITHIN_MS = 300;
/** How often the database is asked whether it is back, and the folder whether another process left something there. */
const LOOK_EVERY_MS = 250;

/**
 * The door for providers that do not send again for long, and cannot be asked: what they post while the database is away
 * is kept on disk, and comes to the inbox before anything that is posted later.
 */
export class SpoolingDoor implements OnApplicationBootstrap, OnApplicationShutdown {
  #looking: NodeJS.Timeout | undefined;
  #draining: Promise<void> | undefined;

  constructor(
    private readonly door: InboundDoor,
    private readonly spool: EventSpool,
    private readonly metrics: Metrics,
    private readonly logger: Logger,
  ) {}

  /** Whether something is kept on disk, so that whatever comes now stands behind it. */
  get isSpooling(): boolean {
    return !this.spool.isEmpty();
  }

  /**
   * Keeps what one request held, in the inbox or on disk.
   *
   * @throws Fault `store/unavailable` when neither the database nor the disk takes it; whatever `InboundDoor.accept` throws
   */
  accept(channel: LoadedChannel, decoded: readonly DecodedEvent[]): Promise<void> {
    return this.#keep({ connector: channel.connector, events: inboxEventsOf(channel, decoded) });
  }

  /** `InboundDoor.quarantine`, on disk while there is no database. */
  quarantine(channel: LoadedChannel, raw: Uint8Array, eventKey: string, reason: string): Promise<void> {
    const events = [unreadableEvent(channel, raw, eventKey, reason)];
    return this.#keep({ connector: channel.connector, events });
  }

  onApplicationBootstrap(): void {
    this.#looking = setInterval(() => this.#look(), LOOK_EVERY_MS).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.#looking);
    await this.#draining;
  }

  async #keep(request: SpooledRequest): Promise<void> {
    if (request.events.length === 0) return;
    // What is being drained is there in a moment: better than to make the queue on disk longer and longer.
    if (this.isSpooling && this.#draining) await within(DRAIN_WITHIN_MS, this.#draining, undefined);
    if (!this.isSpooling && (await this.#isStored(request))) return;
    await this.spool.add(request);
    this.metrics.inboxEvents.inc({ connector: request.connector, result: 'spooled' }, request.events.length);
  }

  /** False when that is not certain. Storing goes on then, and what is on disk as well is known again by its key. */
  async #isStored(request: SpooledRequest): Promise<boolean> {
    const storing = this.door.store([request]).then(
      () => true,
      (error: unknown) => {
        if (isFault(error, 'store/unavailable')) return false;
        throw error;
      },
    );
    return within(STORE_WITHIN_MS, storing, false);
  }

  #look(): void {
    if (this.#draining || !this.isSpooling) return;
    this.#draining = this.#drain().finally(() => {
      this.#draining = undefined;
    });
  }

  async #drain(): Promise<void> {
    try {
      const { taken, setAside } = await this.spool.drain(async (requests) => {
        await this.door.store(requests);
      });
      this.logger.info('what was kept on disk is in the database', { requests: taken });
      for (const error of setAside) this.logger.fault(error, { during: 'storing what was kept on disk' });
    } catch (error) {
      if (!isFault(error, 'store/unavailable'))
        this.logger.fault(error, { during: 'reading what is on disk' });
    }
  }
}
