import { setTimeout as sleep } from 'node:timers/promises';
import {
  connectorOf,
  type AnyConnector,
  type Connection,
  type Destination,
  type EgressFetch,
  type EgressRequest,
  type FetchedMedia,
  type Io,
  type Part,
  type Receipt,
} from '#libs/connectors';
import { Fault, fault, toFault, timeLimit } from '#libs/faults';
import type { ChannelId, ConversationId, DeliveryId } from '#libs/model';
import { crashPoint, Logger, Metrics, newRequestId, withContext } from '#libs/observe';
import { LeaseKeeper, Pump, type Held } from '#libs/queue';
import {
  ChannelCache,
  Channels,
  Deliveries,
  type DeliveryOutcomeRow,
  type LoadedChannel,
  type OpenDelivery,
} from '#libs/store';
import { errorOf, isUnclear, judge } from './judge.js';
import { accountOf } from './plan-deliveries.js';

/** What a send may use beside calls: bound by the worker. */
export abstract class SendingMeans {
  /** Calls providers. */
  abstract readonly fetch: EgressFetch;
  /** The connection that this process holds for a channel, if it does. */
  abstract connectionOf(channelId: ChannelId): Connection | undefined;
  /** Channels whose connection this process holds. */
  abstract heldConnections(): readonly ChannelId[];
  /** For `Io.hookUrl`. */
  abstract hookUrl(channel: LoadedChannel): string | undefined;
  /** For `Io.linkTo`. */
  abstract linkTo(channel: LoadedChannel, mediaUrl: string): Promise<string>;
  /** For `Io.readMedia`. */
  abstract readMedia(channel: LoadedChannel, mediaUrl: string, maxBytes: number): Promise<FetchedMedia>;
}

export interface SenderOptions {
  /** Name of this incarnation of the worker; no two processes ever share one. */
  worker: string;
  /** Provider calls at the same time. */
  sends: number;
  /** Longest time one provider call may take. */
  timeoutMs: number;
  leaseMs: number;
  sweepEveryMs: number;
}

const PAUSED_RETRY_MS = 5_000;
const PASS_MAX = 64;

interface HeldDelivery extends Held {
  delivery: OpenDelivery;
}

/**
 * Sends deliveries: claims what is due and allowed, makes one provider call for each, and records what became of it.
 * The claim is on disk before the call, so an attempt that a crash swallows is known to have been begun.
 */
export class DeliverySender {
  readonly #pump: Pump;
  readonly #leases: LeaseKeeper<DeliveryId, HeldDelivery>;
  readonly #active = new Set<Promise<void>>();
  #timer: NodeJS.Timeout | undefined;
  #isStopping = false;

  constructor(
    private readonly deliveries: Deliveries,
    private readonly channels: ChannelCache,
    private readonly registered: Channels,
    private readonly means: SendingMeans,
    private readonly changed: (conversationId: ConversationId) => void,
    private readonly options: SenderOptions,
    private readonly logger: Logger,
    private readonly metrics: Metrics,
  ) {
    this.#pump = new Pump(() => this.#pass(), {
      sweepEveryMs: options.sweepEveryMs,
      onError: (error) => this.logger.fault(error, { loop: 'deliveries' }),
    });
    this.#leases = new LeaseKeeper(options.leaseMs, (held) =>
      this.deliveries.renew(
        options.worker,
        options.leaseMs,
        held.map(({ delivery }) => delivery),
      ),
    );
  }

  start(): void {
    this.#pump.start();
  }

  /** Looks for due deliveries. @returns when a look that began after this call has ended */
  poke(): Promise<void> {
    return this.#pump.poke();
  }

  /** Claims nothing more and waits for the calls under way, which have their own time-out. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    clearTimeout(this.#timer);
    await this.#pump.stop();
    await Promise.allSettled(this.#active);
    this.#leases.stop();
  }

  async #pass(): Promise<void> {
    for (;;) {
      const free = Math.min(this.options.sends - this.#active.size, PASS_MAX);
      if (free <= 0) {
        await Promise.race(this.#active);
        continue;
      }
      const since = performance.now();
      const claimed = await this.deliveries.open(
        this.options.worker,
        free,
        this.options.leaseMs,
        this.means.heldConnections(),
      );
      for (const delivery of claimed) this.#begin(delivery, since);
      if (claimed.length < free) break;
    }
    if (this.#active.size === 0) await this.#pokeWhenDue();
  }

  /** A delivery that waits for a time is looked at when the time comes, not at the next sweep. */
  async #pokeWhenDue(): Promise<void> {
    const waitMs = await this.deliveries.waitMs();
    clearTimeout(this.#timer);
    if (waitMs === null || this.#isStopping) return;
    this.#timer = setTimeout(() => void this.poke(), Math.min(Math.max(waitMs, 5), 60_000));
  }

  #begin(delivery: OpenDelivery, since: number): void {
    const held: HeldDelivery = { delivery, lost: new AbortController() };
    this.#leases.hold(delivery.deliveryId, held, since);
    const { workspaceId, channelId, conversationId } = delivery;
    const work = withContext({ requestId: newRequestId(), workspaceId, channelId, conversationId }, () =>
      this.#handle(held),
    )
      .catch((error: unknown) => this.logger.fault(error, { deliveryId: delivery.deliveryId }))
      .finally(() => {
        this.#leases.release(delivery.deliveryId, held);
        this.#active.delete(work);
      });
    this.#active.add(work);
  }

  async #handle(held: HeldDelivery): Promise<void> {
    const { delivery } = held;
    const lost = held.lost.signal;
    const startedAt = new Date().toISOString();
    const channel = await this.#untilStored(lost, () => this.channels.load(delivery.channelId));
    const row = await this.#attempt(held, channel, startedAt);
    if (row && (await this.#divert(delivery, row, lost))) return;
    crashPoint('delivery.after-call-before-record');
    const isRecorded =
      row !== null && (await this.#untilStored(lost, () => this.deliveries.record(this.options.worker, row)));
    crashPoint('delivery.after-record-before-wake');
    const connector = channel?.connector ?? 'none';
    this.metrics.deliveries.inc({ connector, outcome: isRecorded ? outcomeLabel(row) : 'fenced' });
    if (!isRecorded) return;
    this.changed(delivery.conversationId);
    void this.poke();
    if (channel && row.error?.['code'] === 'channel/credentials') await this.#markDown(channel, row);
  }

  /**
   * Where a provider certainly accepted nothing, the channel's next fallback takes over at once.
   *
   * @returns whether somebody else has the delivery now, so that nothing is left to record
   */
  async #divert(delivery: OpenDelivery, row: DeliveryOutcomeRow, lost: AbortSignal): Promise<boolean> {
    if (row.error?.['code'] !== 'channel/unreachable') return false;
    const next = await this.#untilStored(lost, () => this.#nextWay(delivery));
    if (!next) return false;
    const by = {
      channelId: next.channelId,
      account: accountOf(next),
      class: connectorOf(next.connector).manifest.deliveryClass(next.settings),
    };
    const said = row.entry.text === undefined ? '' : `${row.entry.text} `;
    const entry = { ...row.entry, outcome: 'diverted', text: `${said}It goes out by ${next.name} instead.` };
    await this.#untilStored(lost, () => this.deliveries.divert(this.options.worker, delivery, by, entry));
    void this.poke();
    return true;
  }

  /** The next channel in the order of the conversation's own one that can send this part. */
  async #nextWay(delivery: OpenDelivery): Promise<LoadedChannel | null> {
    const home = await this.channels.load(delivery.homeChannelId);
    if (!home || home.fallbackChannelIds.length === 0) return null;
    const order = [home.channelId, ...home.fallbackChannelIds];
    const { partsAs } = connectorOf(home.connector).manifest;
    for (const id of order.slice(order.indexOf(delivery.channelId) + 1)) {
      const next = await this.channels.load(id);
      const fits = partsAs !== undefined && next && connectorOf(next.connector).manifest.partsAs === partsAs;
      if (fits && next.state === 'active' && next.workspaceId === home.workspaceId) return next;
    }
    return null;
  }

  /** @returns null when the lease was lost before anything was sent: someone else has the delivery */
  async #attempt(
    held: HeldDelivery,
    channel: LoadedChannel | null,
    startedAt: string,
  ): Promise<DeliveryOutcomeRow | null> {
    const { delivery } = held;
    const end = (
      rest: Omit<DeliveryOutcomeRow, 'delivery' | 'entry'>,
      outcome: DeliveryOutcomeRow['entry']['outcome'],
    ) => toRow(delivery, rest, outcome, startedAt);
    if (!channel) {
      const error = { code: 'channel/not-connected', text: 'The channel is gone.' };
      return end({ status: 'dead', spent: 0, error }, 'dead');
    }
    if (isUnclear(delivery) && delivery.class === 'blind') {
      const error = errorOf(
        fault('channel/outcome-unknown', { detail: 'A worker ended while it was sending.' }),
      );
      return end({ status: 'unknown', spent: 1, error }, 'unknown');
    }
    if (delivery.isExpired && !isUnclear(delivery)) {
      const error = {
        code: 'state/gone',
        text: 'It could not be sent in time and would arrive out of place.',
      };
      return end({ status: 'expired', spent: 0, error }, 'expired');
    }
    if (channel.state === 'paused') {
      const error = delivery.error ?? { code: 'channel/paused', text: 'The channel is paused.' };
      return end(
        { status: 'queued', waitMs: PAUSED_RETRY_MS, spent: 0, error: unclearStays(delivery, error) },
        'retry',
      );
    }
    try {
      const called = await this.#call(held, channel);
      if (!called) return null;
      const { receipt, isLookedUp } = called;
      return end(
        { status: receipt.status ?? 'sent', providerRef: receipt.providerRef, spent: 1 },
        isLookedUp ? 'looked-up' : 'sent',
      );
    } catch (thrown) {
      if (!(thrown instanceof Fault) || !thrown.code.startsWith('channel/')) this.logger.fault(thrown);
      const { outcome, ...rest } = judge(delivery, thrown, Math.random());
      return end(rest, outcome);
    }
  }

  /** Asks first where a send may have gone out and the provider can say; sends otherwise. */
  async #call(
    held: HeldDelivery,
    channel: LoadedChannel,
  ): Promise<{ receipt: Receipt; isLookedUp: boolean } | null> {
    const { delivery } = held;
    const connector: AnyConnector = connectorOf(channel.connector);
    const to: Destination = {
      thread: delivery.thread,
      address: delivery.address,
      conversationId: delivery.conversationId,
      lastInboundAt: delivery.lastInbound?.at ?? null,
      lastInboundRef: delivery.lastInbound?.ref ?? null,
      lastInboundMetadata: delivery.lastInbound?.told ?? null,
    };
    if (connector.outbound.asksWhatWasSaid && !isUnclear(delivery)) {
      const said = await this.#untilStored(held.lost.signal, () => this.deliveries.saidBefore(delivery));
      if (said) to.saidBefore = said;
    }
    const part = delivery.body as unknown as Part;
    const mayLeave = (): boolean => this.#leases.isCertain(delivery.deliveryId, held);
    // Each call has its own time: what the provider needs to settle is not taken from it.
    const fetch = Object.assign(
      (url: string, request: EgressRequest = {}) => this.means.fetch(url, { ...request, mayLeave }),
      this.means.fetch,
    );
    const timed = async <T>(call: (io: Io<unknown>) => Promise<T>): Promise<T> => {
      const limit = timeLimit(this.options.timeoutMs);
      return call({
        settings: channel.settings,
        fetch,
        signal: limit.signal,
        now: Date.now,
        hookUrl: this.means.hookUrl(channel),
        linkTo: (mediaUrl) => this.means.linkTo(channel, mediaUrl),
        readMedia: (mediaUrl, maxBytes) => this.means.readMedia(channel, mediaUrl, maxBytes),
      }).finally(() => limit.end());
    };
    const { outbound } = connector;
    if (isUnclear(delivery) && delivery.class === 'look-up' && outbound.lookup) {
      await sleep(outbound.lookupSettleMs ?? 0);
      const found = await timed(async (io) => outbound.lookup?.(delivery.deliveryId, to, io));
      if (found) return { receipt: found, isLookedUp: true };
    }
    if (!isUnclear(delivery)) requireWelcome(delivery, connector, channel, part, to);
    // A worker that stood still may wake after its lease, when another has looked, not found, and is about to send.
    const isOurs = () => this.#leases.isOurs(delivery.deliveryId, held);
    if (!(await this.#untilStored(held.lost.signal, isOurs))) return null;
    crashPoint('delivery.after-claim-before-call');
    const stopTimer = this.metrics.deliverySeconds.startTimer({ connector: channel.connector });
    try {
      const receipt = await timed((io) =>
        this.#deliver(connector, channel, part, to, delivery.deliveryId, io),
      );
      return { receipt, isLookedUp: false };
    } finally {
      stopTimer();
    }
  }

  /** One call: over the connection that this process holds, where sends go over one. */
  #deliver(
    connector: AnyConnector,
    channel: LoadedChannel,
    part: Part,
    to: Destination,
    key: string,
    io: Io<unknown>,
  ): Promise<Receipt> {
    if (!connector.connection?.carriesSends(channel.settings)) {
      return connector.outbound.deliver(part, to, key, io);
    }
    const connection = this.means.connectionOf(channel.channelId);
    if (!connection?.deliver) throw fault('channel/not-connected');
    return connection.deliver(part, to, key, io.signal);
  }

  /** A channel whose credentials are refused shows it; nobody has to read logs to learn it. */
  async #markDown(channel: LoadedChannel, row: DeliveryOutcomeRow): Promise<void> {
    const said = row.error?.['text'];
    const reason = `${typeof said === 'string' ? said : 'The provider refuses the credentials.'} Correct the channel's settings; waiting messages go out by themselves.`;
    await this.registered.setHealth(channel.workspaceId, channel.channelId, { state: 'down', reason });
  }

  /** While the database is away, an outcome is kept and offered again, until the lease is someone else's. */
  async #untilStored<T>(lost: AbortSignal, work: () => Promise<T>): Promise<T> {
    for (let tries = 0; ; tries++) {
      try {
        return await work();
      } catch (error) {
        const { code } = toFault(error);
        if ((code !== 'store/unavailable' && code !== 'store/conflict') || lost.aborted || tries > 150)
          throw error;
        await sleep(200);
      }
    }
  }
}

/**
 * What is known before any call.
 *
 * @throws Fault `channel/opted-out`, `channel/refused`
 */
function requireWelcome(
  delivery: OpenDelivery,
  connector: AnyConnector,
  channel: LoadedChannel,
  part: Part,
  to: Destination,
): void {
  if (delivery.isOptedOut) throw fault('channel/opted-out');
  const refusal = connector.outbound.refuses?.(part, to, channel.settings, Date.now());
  if (!refusal) return;
  const provider = { name: channel.connector, code: refusal.code, message: refusal.reason };
  throw fault('channel/refused', { detail: refusal.reason, provider });
}

function unclearStays(delivery: OpenDelivery, error: NonNullable<DeliveryOutcomeRow['error']>) {
  return isUnclear(delivery) ? { ...error, code: 'channel/outcome-unknown' } : error;
}

function toRow(
  delivery: OpenDelivery,
  rest: Omit<DeliveryOutcomeRow, 'delivery' | 'entry'>,
  outcome: DeliveryOutcomeRow['entry']['outcome'],
  startedAt: string,
): DeliveryOutcomeRow {
  const { error } = rest;
  const provider = error?.['provider'];
  return {
    delivery,
    ...rest,
    entry: {
      n: delivery.attempts + rest.spent,
      started_at: startedAt,
      ended_at: new Date().toISOString(),
      outcome,
      ...(typeof error?.['code'] === 'string' && { code: error['code'] }),
      ...(typeof error?.['text'] === 'string' && { text: error['text'] }),
      ...(provider instanceof Object && !Array.isArray(provider) && { provider }),
    },
  };
}

function outcomeLabel({ status, entry }: DeliveryOutcomeRow) {
  if (status === 'queued') return entry.outcome === 'throttled' ? 'throttled' : 'retry';
  return status === 'delivered' || status === 'read' ? 'sent' : status;
}
