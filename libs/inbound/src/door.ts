import { Injectable } from '@nestjs/common';
import type { DecodedEvent } from '#libs/connectors';
import { Bell, Wakes } from '#libs/queue';
import { crashPoint, Metrics } from '#libs/observe';
import {
  idOf,
  uuidOf,
  type ChannelId,
  type ConversationId,
  type MessageId,
  type SignalEvent,
  type TurnSignal,
} from '#libs/model';
import {
  Inbox,
  type AcceptedEvent,
  type LoadedChannel,
  type NewInboxEvent,
  type SpooledRequest,
} from '#libs/store';

/** The one way in: whatever a provider, a visitor or an API caller says goes through here. */
@Injectable()
export class InboundDoor {
  constructor(
    private readonly inbox: Inbox,
    private readonly wakes: Wakes,
    private readonly metrics: Metrics,
  ) {}

  /**
   * Stores what one request held, all of it or nothing, and wakes a worker. Typing is not stored: see `isLive`.
   *
   * @returns one answer for each event that is stored, in order
   * @throws Fault `store/unavailable`: nothing is certain, the sender must try again
   */
  accept(channel: LoadedChannel, decoded: readonly DecodedEvent[]): Promise<AcceptedEvent[]> {
    return this.store([{ connector: channel.connector, events: inboxEventsOf(channel, decoded) }]);
  }

  /**
   * Stores what requests held, in their order, all of it or nothing, and wakes workers.
   *
   * @returns one answer for each event, in order
   * @throws Fault `store/unavailable`: nothing is certain
   */
  async store(requests: readonly SpooledRequest[]): Promise<AcceptedEvent[]> {
    const events = requests.flatMap((request) => request.events);
    const accepted = await this.inbox.accept(events);
    crashPoint('inbox.after-commit-before-ack');
    this.wakes.inbound(
      events.flatMap(({ event, status, channelId }) =>
        event && status === 'pending' ? [threadOf(event, channelId)] : [],
      ),
    );
    const connectors = requests.flatMap(({ connector, events }) => events.map(() => connector));
    for (const [at, { isDuplicate }] of accepted.entries()) {
      const result = isDuplicate ? 'duplicate' : RESULTS[events[at]!.status ?? 'pending'];
      this.metrics.inboxEvents.inc({ connector: connectors[at]!, result });
    }
    return accepted;
  }

  /**
   * Puts a signal among what people said in a conversation, so that its bot has a turn for it.
   *
   * @param key  the same one is stored once
   * @throws Fault `store/unavailable`
   */
  async signal(
    { workspaceId, channelId }: Pick<LoadedChannel, 'workspaceId' | 'channelId'>,
    thread: string,
    key: string,
    signal: TurnSignal,
  ): Promise<void> {
    const event: SignalEvent = { kind: 'signal', event_key: `signal:${key}`, thread, signal };
    await this.inbox.accept([
      {
        workspaceId,
        channelId,
        kind: 'signal',
        eventKey: event.event_key,
        event,
        raw: Buffer.alloc(0),
        status: 'pending',
      },
    ]);
    this.wakes.inbound([`${channelId} ${thread}`]);
  }

  /**
   * Keeps a genuine request that could not be read, so that nothing is lost when our reading is what is wrong.
   *
   * @param eventKey  derived from the bytes, so that the same request is kept once
   * @throws Fault `store/unavailable`
   */
  async quarantine(
    channel: LoadedChannel,
    raw: Uint8Array,
    eventKey: string,
    reason: string,
  ): Promise<AcceptedEvent> {
    const events = [unreadableEvent(channel, raw, eventKey, reason)];
    const [accepted] = await this.store([{ connector: channel.connector, events }]);
    return accepted!;
  }
}

/** How the metrics call what became of an event. */
const RESULTS = { pending: 'accepted', ignored: 'ignored', quarantined: 'refused' } as const;

/** A genuine request that could not be read, as the inbox keeps it. */
export function unreadableEvent(
  { workspaceId, channelId }: LoadedChannel,
  raw: Uint8Array,
  eventKey: string,
  reason: string,
): NewInboxEvent {
  return {
    workspaceId,
    channelId,
    kind: 'unreadable',
    eventKey,
    event: null,
    raw,
    status: 'quarantined',
    reason: reason.slice(0, 500),
  };
}

/** What a request held, as the inbox keeps it: all but typing. */
export function inboxEventsOf(channel: LoadedChannel, decoded: readonly DecodedEvent[]): NewInboxEvent[] {
  return decoded.filter(({ event }) => event.kind !== 'typing').map((one) => toInboxEvent(channel, one));
}

/** The message that an accepted event becomes: both have the same UUID. */
export function messageIdOf({ inboxEventId }: AcceptedEvent): MessageId {
  return idOf('message', uuidOf(inboxEventId));
}

/** Rings that somebody is writing; nobody stores it. */
export function ringTyping(bell: Bell, conversationId: ConversationId, isActive: boolean): void {
  bell.ring('live', {
    conversationId,
    type: isActive ? 'typing.started' : 'typing.stopped',
    data: { by: 'contact' },
  });
}

function threadOf(event: NonNullable<NewInboxEvent['event']>, channelId: ChannelId): string {
  return `${channelId} ${'thread' in event ? event.thread : event.event_key}`;
}

function toInboxEvent(channel: LoadedChannel, { event, raw }: DecodedEvent): NewInboxEvent {
  return {
    workspaceId: channel.workspaceId,
    channelId: channel.channelId,
    kind: event.kind,
    eventKey: event.event_key,
    event,
    raw,
    ...(event.kind === 'ignored' ? { status: 'ignored', reason: event.reason } : { status: 'pending' }),
  };
}
