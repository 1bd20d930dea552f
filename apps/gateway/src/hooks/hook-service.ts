import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import {
  connectorOf,
  type Decoded,
  type DecodedEvent,
  type HookReply,
  type HookRequest,
  type WebhookPort,
} from '#libs/connectors';
import { type Fault, fault, isFault } from '#libs/faults';
import { InboundDoor, ringTyping, SpoolingDoor, within } from '#libs/inbound';
import type { ChannelId } from '#libs/model';
import { Logger, Metrics } from '#libs/observe';
import { Bell } from '#libs/queue';
import { ChannelCache, Conversations, type LoadedChannel } from '#libs/store';
import { answerWithin, answerWithinMs } from './answer-within.js';

/** How long the database has to say how a channel is now, where we know how it was. */
const LOAD_WITHIN_MS = 300;

/** Takes in what providers post: genuine or refused, understood or kept for later, and answered after the commit. */
@Injectable()
export class HookService {
  constructor(
    private readonly channels: ChannelCache,
    private readonly door: InboundDoor,
    private readonly spoolingDoor: SpoolingDoor,
    private readonly conversations: Conversations,
    private readonly bell: Bell,
    private readonly metrics: Metrics,
    private readonly logger: Logger,
  ) {}

  /**
   * Handles one request of a provider.
   *
   * @returns what the connector answers, after everything in the request is stored
   * @throws Fault `state/not-found` for a channel that is not there or not of this connector;
   *   `access/invalid-signature`, and nothing is stored; `store/unavailable`: the provider must send again
   */
  receive(connector: string, channelId: ChannelId, request: HookRequest): Promise<HookReply> {
    return answerWithin(answerWithinMs, this.#receive(connector, channelId, request));
  }

  async #receive(connector: string, channelId: ChannelId, request: HookRequest): Promise<HookReply> {
    const channel = await this.#channel(channelId);
    const port = channel?.connector === connector ? connectorOf(connector).webhook : undefined;
    if (!channel || !port) throw fault('state/not-found', { facts: { connector, channelId } });
    this.#requireGenuine(port, channel, request);
    const decoded = await this.#decode(port, channel, request);
    const door = isPatient(port, channel) ? this.door : this.spoolingDoor;
    if (isFault(decoded)) return this.#quarantine(door, channel, request, decoded);
    await door.accept(channel, decoded.events);
    this.#ringTyping(channel, decoded.events);
    return decoded.reply;
  }

  /** Whoever does not send again for long is known by what we last knew of them, while the database is away. */
  async #channel(channelId: ChannelId): Promise<LoadedChannel | null> {
    const known = this.channels.lastKnown(channelId);
    if (!known || isPatient(connectorOf(known.connector).webhook, known))
      return this.channels.load(channelId);
    if (this.spoolingDoor.isSpooling) return known;
    const loading = this.channels.load(channelId).catch((error: unknown) => {
      if (isFault(error, 'store/unavailable')) return known;
      throw error;
    });
    return within(LOAD_WITHIN_MS, loading, known);
  }

  #requireGenuine(port: WebhookPort<unknown>, channel: LoadedChannel, request: HookRequest): void {
    const verdict = port.authenticate(request, channel.settings);
    if (verdict.genuine) return;
    this.metrics.inboxEvents.inc({ connector: channel.connector, result: 'refused' });
    throw fault('access/invalid-signature', {
      facts: { channelId: channel.channelId, reason: verdict.reason },
    });
  }

  async #decode(
    port: WebhookPort<unknown>,
    channel: LoadedChannel,
    request: HookRequest,
  ): Promise<Decoded | Fault> {
    try {
      return port.decodeApart
        ? await port.decodeApart(request, channel.settings)
        : port.decode(request, channel.settings);
    } catch (error) {
      // The provider would repeat the same bytes for days: they are kept, and a person can look at them.
      this.logger.fault(error, { during: 'decoding', channelId: channel.channelId });
      return isFault(error) ? error : fault('internal/bug', { cause: error });
    }
  }

  async #quarantine(
    door: InboundDoor | SpoolingDoor,
    channel: LoadedChannel,
    request: HookRequest,
    reason: Fault,
  ): Promise<HookReply> {
    const digest = createHash('sha256').update(request.body).digest('hex');
    const words = `${reason.code}: ${reason.detail}`;
    await door.quarantine(channel, request.body, `unreadable:${digest}`, words);
    return { status: 200 };
  }

  /** Nobody stores that somebody is typing, and nobody waits for it to be told. */
  #ringTyping({ workspaceId, channelId }: LoadedChannel, events: readonly DecodedEvent[]): void {
    for (const { event } of events) {
      if (event.kind !== 'typing') continue;
      this.conversations
        .idOfThread(workspaceId, channelId, event.thread)
        .then((conversationId) => conversationId && ringTyping(this.bell, conversationId, event.active))
        .catch((error: unknown) => this.logger.fault(error, { during: 'telling of typing' }));
    }
  }
}

function isPatient(port: WebhookPort<unknown> | undefined, { settings }: LoadedChannel): boolean {
  return port?.isPatient?.(settings) ?? true;
}
