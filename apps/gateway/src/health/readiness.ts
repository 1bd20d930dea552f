import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { fault } from '#libs/faults';
import type { Readiness as ReadinessView } from '#libs/model';
import { Bell } from '#libs/queue';
import { Database } from '#libs/store';
import { InFlight } from '../http/in-flight.js';

/** How long the database may take to answer before the gateway is not ready. */
const ANSWER_WITHIN_MS = 1_000;

/** Whether this gateway can take requests. */
@Injectable()
export class Readiness {
  constructor(
    private readonly database: Database,
    private readonly bell: Bell,
    private readonly inFlight: InFlight,
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
    const [, isRinging] = await Promise.all([this.#database(), this.#queue()]);
    const queue = isRinging ? 'up' : 'degraded';
    return { status: isRinging ? 'ready' : 'degraded', database: 'up', queue };
  }

  async #database(): Promise<void> {
    const late = sleep(ANSWER_WITHIN_MS, undefined, { ref: false }).then(() => {
      throw fault('store/unavailable', { facts: { waitedMs: ANSWER_WITHIN_MS } });
    });
    await Promise.race([this.database.ping(), late]);
  }

  #queue(): Promise<boolean> {
    const late = sleep(ANSWER_WITHIN_MS, false, { ref: false });
    return Promise.race([this.bell.canRing(), late]);
  }
}
