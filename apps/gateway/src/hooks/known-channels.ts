import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { registry } from '#libs/connectors';
import { isFault } from '#libs/faults';
import { Logger } from '#libs/observe';
import { ChannelCache, Channels } from '#libs/store';

/** How long a channel may be new, or changed, before this gateway knows it without having been called for it. */
const LOOK_EVERY_MS = 30_000;
const CHANNELS_MAX = 1_000;

/**
 * Knows the channels whose providers do not send again for long, before their first request: once the database is away,
 * nobody can say whether a request is genuine but who knows the secret already.
 */
@Injectable()
export class KnownChannels implements OnApplicationBootstrap, OnApplicationShutdown {
  #looking: NodeJS.Timeout | undefined;

  constructor(
    private readonly channels: Channels,
    private readonly cache: ChannelCache,
    private readonly logger: Logger,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    this.#looking = setInterval(() => void this.#look(), LOOK_EVERY_MS).unref();
    await this.#look();
  }

  onApplicationShutdown(): void {
    clearInterval(this.#looking);
  }

  async #look(): Promise<void> {
    const impatient = [...registry.values()]
      .filter(({ webhook }) => webhook !== undefined && 'isPatient' in webhook)
      .map(({ manifest }) => manifest.id);
    try {
      for (const { channelId, version } of await this.channels.versionsOf(impatient, CHANNELS_MAX)) {
        if (this.cache.lastKnown(channelId)?.version !== version) await this.cache.load(channelId);
      }
    } catch (error) {
      if (!isFault(error, 'store/unavailable'))
        this.logger.fault(error, { during: 'getting to know channels' });
    }
  }
}
