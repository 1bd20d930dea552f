import { setTimeout as sleep } from 'node:timers/promises';
import { connectorOf, registry, type Connection, type ConnectionState } from '#libs/connectors';
import { Fault, toFault } from '#libs/faults';
import { InboundDoor } from '#libs/inbound';
import type { ChannelId } from '#libs/model';
import { Logger, newRequestId, withContext } from '#libs/observe';
import { LeaseKeeper, Pump, type Held } from '#libs/queue';
import { Channels, Connections, type ConnectionClaim, type LoadedChannel } from '#libs/store';
import { connectionIo, type ConnectionMeans } from './connection-io.js';

export interface KeeperOptions {
  /** Name of this incarnation of the worker; no two processes ever share one. */
  worker: string;
  leaseMs: number;
  sweepEveryMs: number;
  /** Connections that one worker holds at most. */
  connectionsMax: number;
}

const RETRY_FIRST_MS = 1_000;
const RETRY_MAX_MS = 60_000;
/**
 * A connection is leased for longer than other work: its owner must have ended it before another may open it, and ending a
 * browser takes a while. An owner that has not renewed for two thirds of the lease begins to end it.
 */
const LEASE_FACTOR = 3;
const END_AFTER = 2 / 3;
/** A connection that held for so long was no failed opening. */
const PROVEN_AFTER_MS = 30_000;

interface HeldConnection extends Held {
  claim: ConnectionClaim;
  /** When the lease was last asked for and given, by `performance.now()`. */
  renewedAt: number;
  /** Resolves when nothing of it is left. */
  over: Promise<void>;
  channel?: LoadedChannel;
  connection?: Connection;
  /** Set when it is closed by us: the next opening need not wait. */
  closing?: 'changed' | 'paused' | 'stopping';
}

/**
 * Holds the connections of channels: claims those that nobody holds, opens them, opens them again with growing pauses when
 * they end, and lets go of them when the channel is paused or changed, the lease is lost, or the worker stops.
 */
export class ConnectionKeeper {
  readonly #pump: Pump;
  readonly #leases: LeaseKeeper<ChannelId, HeldConnection>;
  readonly #held = new Map<ChannelId, HeldConnection>();
  readonly #active = new Set<Promise<void>>();
  readonly #leaseMs: number;
  #watchdog: NodeJS.Timeout | undefined;
  #isStopping = false;

  constructor(
    private readonly connections: Connections,
    private readonly channels: Channels,
    private readonly door: InboundDoor,
    private readonly means: ConnectionMeans,
    private readonly options: KeeperOptions,
    private readonly logger: Logger,
  ) {
    this.#pump = new Pump(() => this.#pass(), {
      sweepEveryMs: options.sweepEveryMs,
      onError: (error) => this.logger.fault(error, { loop: 'connections' }),
    });
    this.#leaseMs = options.leaseMs * LEASE_FACTOR;
    this.#leases = new LeaseKeeper(this.#leaseMs, (held) => this.#renew(held));
  }

  start(): void {
    this.#watchdog = setInterval(() => this.#endOverdue(), this.#leaseMs / 30);
    this.#pump.start();
    void this.#pump.poke();
  }

  /** Closes everything, so that another worker can open it at once. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    await this.#pump.stop();
    for (const held of this.#held.values()) void this.#close(held, 'stopping');
    await Promise.allSettled(this.#active);
    clearInterval(this.#watchdog);
    this.#leases.stop();
  }

  /** The connection of a channel, when this process holds it and it is open. */
  connectionOf(channelId: ChannelId): Connection | undefined {
    return this.#held.get(channelId)?.connection;
  }

  /** Passes on what an ops person asks of a connection, if this process holds it. Its outcome shows in its state. */
  async command(channelId: ChannelId, name: string): Promise<void> {
    const held = this.#held.get(channelId);
    if (!held?.connection?.command) return;
    try {
      await held.connection.command(name, {});
    } catch (error) {
      this.logger.fault(error, { during: 'a command of a connection', command: name, channelId });
    }
  }

  /** Channels whose connection this process holds. */
  heldConnections(): readonly ChannelId[] {
    return [...this.#held.values()].flatMap(({ claim, connection }) => (connection ? claim.channelId : []));
  }

  async #pass(): Promise<void> {
    const free = this.options.connectionsMax - this.#held.size;
    const able = [...registry.values()].flatMap(({ connection, manifest }) =>
      connection ? manifest.id : [],
    );
    if (free <= 0 || able.length === 0 || this.#isStopping) return;
    const since = performance.now();
    const { worker } = this.options;
    const claims = await this.connections.take(worker, able, free, this.#leaseMs);
    for (const claim of claims) this.#begin(claim, since);
  }

  #begin(claim: ConnectionClaim, since: number): void {
    // Whoever may claim it again has lost it before; what is still ending here ends first.
    const lost = this.#held.get(claim.channelId);
    lost?.lost.abort();
    const before = lost?.over ?? Promise.resolve();
    const held: HeldConnection = { claim, renewedAt: since, over: before, lost: new AbortController() };
    this.#held.set(claim.channelId, held);
    this.#leases.hold(claim.channelId, held, since);
    // Lost: someone else may open it now, so ours must end whatever it is doing.
    held.lost.signal.addEventListener('abort', () => void held.connection?.close(), { once: true });
    const { workspaceId, channelId } = claim;
    const work = withContext({ requestId: newRequestId(), workspaceId, channelId }, () =>
      before.then(() => this.#hold(held)),
    )
      .catch((error: unknown) => this.logger.fault(error, { during: 'holding a connection' }))
      .finally(() => {
        this.#leases.release(channelId, held);
        if (this.#held.get(channelId) === held) this.#held.delete(channelId);
        this.#active.delete(work);
      });
    held.over = work;
    this.#active.add(work);
  }

  async #hold(held: HeldConnection): Promise<void> {
    const { claim } = held;
    const channel = await this.channels.load(claim.channelId);
    const version = channel?.version ?? 0;
    const port = channel && connectorOf(channel.connector).connection;
    if (!channel || !port?.isUsed(channel.settings)) {
      return this.connections.release(claim, this.options.worker, { retryMs: null, version, failed: false });
    }
    held.channel = channel;
    const openedAt = performance.now();
    const reason = await this.#openAndWait(held, channel);
    const hasHeld = performance.now() - openedAt > PROVEN_AFTER_MS;
    const isOurs = held.closing !== undefined;
    if (!isOurs) this.logger.info('A connection ended.', { reason });
    const failures = isOurs || hasHeld ? 0 : (await this.connections.failures(claim)) + 1;
    await this.#show(
      held,
      isOurs ? { state: 'connecting', reason: 'It was closed.' } : { state: 'down', reason },
    );
    const retryMs = isOurs ? 0 : Math.ceil(backoffMs(failures));
    await this.connections.release(claim, this.options.worker, { retryMs, version, failed: failures > 0 });
    if (!this.#isStopping && !isOurs)
      void sleep(retryMs, undefined, { ref: false }).then(() => this.#pump.poke());
  }

  /** @returns why it is no longer open */
  async #openAndWait(held: HeldConnection, channel: LoadedChannel): Promise<string> {
    const connector = connectorOf(channel.connector);
    // One word after the other, and the last one counts.
    let tail = Promise.resolve();
    const show = (state: ConnectionState): void => {
      tail = tail.then(() => this.#show(held, state)).catch(() => undefined);
    };
    try {
      const io = connectionIo(channel, held.lost.signal, show, {
        means: this.means,
        connections: this.connections,
        door: this.door,
      });
      const connection = await connector.connection!.open(io);
      held.connection = connection;
      if (held.lost.signal.aborted || held.closing || this.#isStopping) {
        await connection.close();
        return 'It was closed while it opened.';
      }
      const pacing = connector.manifest.pacing(channel.settings);
      await this.connections.opened(held.claim, this.options.worker, channel.version, pacing);
      this.means.opened(channel.channelId);
      const reason = await connection.ended;
      await tail;
      return reason;
    } catch (error) {
      const failure = toFault(error);
      if (!(error instanceof Fault)) this.logger.fault(failure, { during: 'opening a connection' });
      await held.connection?.close();
      return failure.provider ? `${failure.detail} ${failure.provider.message}` : failure.detail;
    } finally {
      delete held.connection;
    }
  }

  async #show(held: HeldConnection, { state, reason, setUp }: ConnectionState): Promise<void> {
    const { claim } = held;
    const isOurs = await this.connections.show(claim, this.options.worker, {
      state,
      reason,
      ...(setUp && { setUp: { ...setUp } }),
    });
    const health = HEALTH[state];
    if (isOurs && health)
      await this.channels.setHealth(claim.workspaceId, claim.channelId, { state: health, reason });
  }

  /** Renews all, and lets go of what its channel no longer wants. */
  async #renew(held: readonly HeldConnection[]): Promise<ReadonlySet<ChannelId>> {
    const since = performance.now();
    const claims = held.map(({ claim }) => claim);
    const kept = await this.connections.renew(this.options.worker, this.#leaseMs, claims);
    for (const one of held) {
      const now = kept.get(one.claim.channelId);
      if (now) one.renewedAt = since;
      if (!now || !one.channel || one.closing) continue;
      if (now.state === 'paused') void this.#close(one, 'paused');
      else if (now.version !== one.channel.version) void this.#close(one, 'changed');
    }
    return new Set(kept.keys());
  }

  /**
   * The database is away, or this process stood still: nobody tells us that the lease is over, and somebody may open the
   * connection when it is. What cannot be renewed in time is ended in time.
   */
  #endOverdue(): void {
    const latest = performance.now() - this.#leaseMs * END_AFTER;
    for (const held of this.#held.values()) {
      if (held.renewedAt < latest && !held.lost.signal.aborted) held.lost.abort();
    }
  }

  async #close(held: HeldConnection, why: NonNullable<HeldConnection['closing']>): Promise<void> {
    held.closing = why;
    // One that is still being opened hears it from its signal.
    if (held.connection) await held.connection.close();
    else held.lost.abort();
  }
}

const HEALTH: Partial<Record<ConnectionState['state'], 'healthy' | 'degraded' | 'down'>> = {
  open: 'healthy',
  degraded: 'degraded',
  down: 'down',
  'needs-person': 'down',
};

function backoffMs(failures: number): number {
  if (failures === 0) return RETRY_FIRST_MS * Math.random();
  const ceiling = Math.min(RETRY_FIRST_MS * 2 ** failures, RETRY_MAX_MS);
  return ceiling / 2 + (ceiling / 2) * Math.random();
}
