import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Logger } from '#libs/observe';
import { Pump } from '#libs/queue';
import { requestLogKept } from '#libs/model';
import { Idempotency, RequestLog, Sealer, WebhookLog } from '#libs/store';

const EVERY_MS = 10 * 60_000;
/** How long what was told to webhooks can be looked at. */
const WEBHOOKS_KEPT_MS = 30 * 86_400_000;
const FORGET_AT_ONCE = 5_000;

/**
 * What nobody asks for and somebody has to do: answers of writes are forgotten after their day, webhook deliveries after a month, and data keys that an
 * earlier installation key wrapped are wrapped with the current one. Every step may run in many workers at once.
 */
@Injectable()
export class Housekeeping implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #pump: Pump;

  constructor(
    idempotency: Idempotency,
    sealer: Sealer,
    webhooks: WebhookLog,
    requests: RequestLog,
    logger: Logger,
  ) {
    const tidy = async (): Promise<void> => {
      const rewrapped = await sealer.rewrapAll();
      if (rewrapped > 0) logger.info('Data keys are wrapped with the current key.', { count: rewrapped });
      await idempotency.purge();
      const before = new Date(Date.now() - WEBHOOKS_KEPT_MS);
      while ((await webhooks.forget(before, FORGET_AT_ONCE)) === FORGET_AT_ONCE);
      const { days, perWorkspace } = requestLogKept;
      await requests.forget(new Date(Date.now() - days * 86_400_000), perWorkspace);
    };
    this.#pump = new Pump(tidy, {
      sweepEveryMs: EVERY_MS,
      onError: (error) => logger.fault(error, { during: 'housekeeping' }),
    });
  }

  onApplicationBootstrap(): void {
    this.#pump.start();
    void this.#pump.poke();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.#pump.stop();
  }
}
