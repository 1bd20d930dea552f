import { Injectable } from '@nestjs/common';
import type { ChannelId } from '#libs/model';
import { Channels, type LoadedChannel } from './channels.js';
import { TimedCache } from './timed-cache.js';

/** How long a channel is believed to be as it was; also how long a pause takes to be seen everywhere. */
const TTL_MS = 2_000;
/** A wrong address that is called again and again costs one look-up a second. */
const MISS_TTL_MS = 1_000;
const CHANNELS_MAX = 2_000;

/** `Channels.load` for the hot paths: at most two seconds old, one look-up at a time for each channel. */
@Injectable()
export class ChannelCache {
  readonly #cache = new TimedCache<LoadedChannel>({
    ttlMs: TTL_MS,
    missTtlMs: MISS_TTL_MS,
    max: CHANNELS_MAX,
  });
  readonly #known = new Map<ChannelId, LoadedChannel>();

  constructor(private readonly channels: Channels) {}

  /**
   * @returns null when there is no such channel; callers share the object and must not change it
   * @throws Fault `store/unavailable`, `store/sealed`
   */
  load(channelId: ChannelId): Promise<LoadedChannel | null> {
    return this.#cache.get(channelId, () => this.#load(channelId));
  }

  /** The channel as it was when this process last loaded it, for as long as it cannot be loaded. */
  lastKnown(channelId: ChannelId): LoadedChannel | undefined {
    return this.#known.get(channelId);
  }

  /** After a change in this process: makes the next `load` look again. */
  forget(channelId: ChannelId): void {
    this.#cache.forget(channelId);
  }

  async #load(channelId: ChannelId): Promise<LoadedChannel | null> {
    const channel = await this.channels.load(channelId);
    this.#known.delete(channelId);
    if (channel) this.#known.set(channelId, channel);
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= CHANNELS_MAX) break;
      this.#known.delete(oldest);
    }
    return channel;
  }
}
