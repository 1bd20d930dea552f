import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { fault } from '#libs/faults';
import type { Readiness as ReadinessView } from '#libs/model';
import { Bell } from '#libs/queue';
import { Backlog, Database } from '#libs/store';
import { InFlight } from '../http/in-flight.js';

/** How long the database may take to answer before the gateway is not ready. */
const ANSWER_WITHIN_MS = 1_000;

/** Whether this gateway can take requests. */
@Injectable()
export class Readiness {
  #queueAwaySince: Date | null = null;

  constructor(
    private readonly database: Database,
    private readonly bell: Bell,
    private readonly inFlight: InFlight,
    private readonly backlog: Backlog,
  ) {}

  /**
   * Looks at what the gateway needs. A queue that is away is no reason to send requests elsewhere: the sweepers do its
   * work.
   *
   * @throws Fault `state/unavailable` while the gateway stops; `store/unavailable`
   */
  async look(): Promise<ReadinessView> {
    if (this.inFlight.stopping.aborted) {
      throw fault('state/unavailable', { detail: 'The gateway is stopping.', retryAfterMs: 1_000 });
    }
    const [, isRinging, workSince] = await Promise.all([this.#database(), this.#queue(), this.#work()]);
    this.#queueAwaySince = isRinging ? null : (this.#queueAwaySince ?? new Date());
    return {
      status: isRinging ? 'ready' : 'degraded',
      database: 'up',
      queue: isRinging ? 'up' : 'degraded',
      queue_since: this.#queueAwaySince?.toISOString() ?? null,
      work_since: workSince?.toISOString() ?? null,
    };
  }

  async #database(): Promise<void> {
    const late = sleep(ANSWER_WITHIN_MS, undefined, { ref: false }).then(() => {
      throw fault('store/unavailable', { facts: { waitedMs: ANSWER_WITHIN_MS } });
    });
    await Promise.race([this.database.ping(), late]);
  }

  /** Whoever asks whether we live must not wait for an answer about work. */
  #work(): Promise<Date | null> {
    const late = sleep(ANSWER_WITHIN_MS, null, { ref: false });
    return Promise.race([this.backlog.waitingSince().catch(() => null), late]);
  }

  #queue(): Promise<boolean> {
    const late = sleep(ANSWER_WITHIN_MS, false, { ref: false });
    return Promise.race([this.bell.canRing(), late]);
  }
}
