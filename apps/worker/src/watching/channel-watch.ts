import { connectorOf, registry, type Check, type Io } from '#libs/connectors';
import { toFault, timeLimit } from '#libs/faults';
import { InboundDoor } from '#libs/inbound';
import type { ChannelId } from '#libs/model';
import { Logger, newRequestId, withContext } from '#libs/observe';
import { Pump, type PumpOptions } from '#libs/queue';
import { Channels, Connections, type LoadedChannel } from '#libs/store';
import type { ConnectionMeans } from '../connections/connection-io.js';

export interface WatchOptions {
  sweepEveryMs: number;
  /** Between two checks of a channel. A broken token shows within twice this time. */
  checkEveryMs: number;
  /** Between two looks at what a provider kept. */
  gapEveryMs: number;
}

const CHECK_WITHIN_MS = 15_000;
const GAP_WITHIN_MS = 120_000;
const AT_ONCE = 8;
/** What came in shortly before the last look is asked for again: clocks differ, and providers take their time. */
const OVERLAP_MS = 120_000;
/** Providers keep less than this; a channel that was paused for longer begins here. */
const GAP_MAX_MS = 7 * 24 * 3_600_000;
const BATCH = 50;
const SINCE = 'gap.since';

/**
 * Looks after channels: checks whether they work, and asks providers that can be asked for what they kept while nobody listened.
 * Sends nothing to anyone. Any number of workers share the channels.
 */
export class ChannelWatch {
  readonly #checks: Pump;
  readonly #gaps: Pump;
  readonly #stopping = new AbortController();

  constructor(
    private readonly channels: Channels,
    private readonly connections: Connections,
    private readonly door: InboundDoor,
    private readonly means: ConnectionMeans,
    private readonly options: WatchOptions,
    private readonly logger: Logger,
  ) {
    const pump = (loop: string): PumpOptions => ({
      sweepEveryMs: options.sweepEveryMs,
      onError: (error) => this.logger.fault(error, { loop }),
    });
    this.#checks = new Pump(() => this.#pass('check', options.checkEveryMs), pump('checks'));
    this.#gaps = new Pump(() => this.#pass('gap', options.gapEveryMs), pump('gaps'));
  }

  start(): void {
    for (const pump of [this.#checks, this.#gaps]) {
      pump.start();
      void pump.poke();
    }
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all([this.#checks.stop(), this.#gaps.stop()]);
  }

  async #pass(what: 'check' | 'gap', everyMs: number): Promise<void> {
    const port = what === 'check' ? 'check' : 'gapFill';
    const able = [...registry.values()].flatMap((one) => (one[port] === undefined ? [] : one.manifest.id));
    if (able.length === 0) return;
    for (;;) {
      const due = await this.channels.takeDue(what, able, everyMs, AT_ONCE);
      await Promise.all(due.map((channelId) => this.#look(what, channelId)));
      if (due.length < AT_ONCE || this.#stopping.signal.aborted) return;
    }
  }

  async #look(what: 'check' | 'gap', channelId: ChannelId): Promise<void> {
    await withContext({ requestId: newRequestId(), channelId }, async () => {
      try {
        const channel = await this.channels.load(channelId);
        if (channel) await (what === 'check' ? this.#check(channel) : this.#fill(channel));
      } catch (error) {
        if (!this.#stopping.signal.aborted) this.logger.fault(error, { during: what });
      }
    });
  }

  async #check(channel: LoadedChannel): Promise<void> {
    const { workspaceId, channelId } = channel;
    const connector = connectorOf(channel.connector);
    const found = await connector.check!(this.#io(channel, CHECK_WITHIN_MS)).catch(
      (error: unknown): Check => ({ state: 'down', reason: toFault(error).detail }),
    );
    if (this.#stopping.signal.aborted) return;
    // Where a connection is held, it alone can say that all is well.
    if (found.state === 'healthy' && connector.connection?.isUsed(channel.settings)) {
      const shown = await this.connections.get(workspaceId, channelId);
      if (shown?.state !== 'open') return;
    }
    await this.channels.setHealth(workspaceId, channelId, found);
  }

  /** Every event is recognised by its key, so what was stored before is not stored twice. */
  async #fill(channel: LoadedChannel): Promise<void> {
    const { workspaceId, channelId } = channel;
    const startedAt = Date.now();
    const known = await this.connections.recall(workspaceId, channelId, SINCE);
    if (typeof known !== 'number') {
      // A channel that was just made has missed nothing.
      return this.connections.remember(workspaceId, channelId, SINCE, startedAt);
    }
    const since = Math.max(known - OVERLAP_MS, startedAt - GAP_MAX_MS);
    let batch = [];
    for await (const event of connectorOf(channel.connector).gapFill!(
      since,
      this.#io(channel, GAP_WITHIN_MS),
    )) {
      batch.push(event);
      if (batch.length < BATCH) continue;
      await this.door.accept(channel, batch);
      batch = [];
    }
    if (batch.length > 0) await this.door.accept(channel, batch);
    await this.connections.remember(workspaceId, channelId, SINCE, startedAt);
  }

  #io(channel: LoadedChannel, withinMs: number): Io<unknown> {
    return {
      settings: channel.settings,
      fetch: this.means.fetch,
      signal: timeLimit(withinMs, this.#stopping.signal).signal,
      now: Date.now,
      hookUrl: this.means.hookUrl(channel),
      linkTo: (mediaUrl) => this.means.linkTo(channel, mediaUrl),
      readMedia: (mediaUrl, maxBytes) => this.means.readMedia(channel, mediaUrl, maxBytes),
    };
  }
}
