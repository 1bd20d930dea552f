import { setTimeout as sleep } from 'node:timers/promises';
import type { Queue } from 'bullmq';
import { Metrics } from '#libs/observe';
import { spread } from '#libs/store';
import type { JobDefinition } from './job.js';
import { drainMailboxes, sendDeliveries, wakeShards } from './jobs.js';

type Wake = { v: 1; shard: number };

/** Pause after a ring, in milliseconds: what is wished meanwhile is rung together. */
const GATHER_MS = 4;

/** Rings one kind of job, many wishes at a time. */
class WakeLine {
  #shards = new Set<number>();
  #isRinging = false;

  constructor(
    private readonly queue: Queue,
    private readonly job: JobDefinition<Wake>,
    private readonly metrics: Metrics,
  ) {}

  ring(keys: readonly string[]): void {
    for (const key of keys) this.#shards.add(spread(key, wakeShards));
    if (!this.#isRinging && this.#shards.size > 0) void this.#flush();
  }

  async #flush(): Promise<void> {
    this.#isRinging = true;
    while (this.#shards.size > 0) {
      const shards = [...this.#shards];
      this.#shards.clear();
      const result = await this.queue
        .addBulk(
          shards.map((shard) => {
            const data: Wake = { v: 1, shard };
            return {
              name: this.job.name,
              data,
              opts: {
                // A wish that comes while the job runs is kept for after it: dropping it would strand a message.
                deduplication: { id: this.job.dedupe(data), keepLastIfActive: true },
                removeOnComplete: true,
                removeOnFail: true,
                attempts: 1,
              },
            };
          }),
        )
        .then(
          () => 'rung',
          () => 'failed',
        );
      this.metrics.wakeUps.inc({ kind: this.job.name, result }, shards.length);
      await sleep(GATHER_MS);
    }
    this.#isRinging = false;
  }
}

/**
 * Wakes workers. Best effort and never awaited by whoever answers a provider: what is not rung, the sweeper finds.
 */
export class Wakes {
  readonly #inbound: WakeLine;
  readonly #outbound: WakeLine;

  constructor(queues: { inbound: Queue; outbound: Queue }, metrics: Metrics) {
    this.#inbound = new WakeLine(queues.inbound, drainMailboxes, metrics);
    this.#outbound = new WakeLine(queues.outbound, sendDeliveries, metrics);
  }

  /** Mailboxes have something. @param keys  whatever tells them apart: it only spreads the work */
  inbound(keys: readonly string[]): void {
    this.#inbound.ring(keys);
  }

  /** Deliveries are due. @param keys  their conversations */
  outbound(keys: readonly string[]): void {
    this.#outbound.ring(keys);
  }
}
