import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Logger } from '#libs/observe';
import { Bell, Pump } from '#libs/queue';
import { ConversationDesk } from '#libs/store';

const EVERY_MS = 1_000;

/** Brings snoozed conversations back when their time has come. Any number of workers may do it at once. */
@Injectable()
export class SnoozeWatch implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #pump: Pump;

  constructor(desk: ConversationDesk, bell: Bell, logger: Logger) {
    const wake = async (): Promise<void> => {
      const ids = await desk.wakeDue();
      if (ids.length > 0) bell.ring('conversation', { ids });
    };
    this.#pump = new Pump(wake, {
      sweepEveryMs: EVERY_MS,
      onError: (error) => logger.fault(error, { loop: 'snooze' }),
    });
  }

  onApplicationBootstrap(): void {
    this.#pump.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.#pump.stop();
  }
}
