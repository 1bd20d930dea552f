import {
  idOf,
  uuidOf,
  type Content,
  type InboundChoice,
  type InboundMessage,
  type JsonObject,
  type EventType,
  type MessageId,
  type TurnMessage,
  type TurnSignal,
} from '#libs/model';
import type { CommitItem, InboxOutcome, NewFetch, NewMessage, PendingEvent } from '#libs/store';
import { nameMedia } from './name-media.js';

/** What a mailbox's events come to, before the bot has its say. */
export interface Folded {
  messages: NewMessage[];
  edits: CommitItem['edits'];
  reactions: CommitItem['reactions'];
  done: InboxOutcome[];
  /** Files that the messages name. */
  media: Omit<NewFetch, 'channelId' | 'isOverConnection'>[];
  log: { type: EventType; data: JsonObject }[];
  /** New messages that a turn must answer, oldest first. */
  asked: TurnMessage[];
  /** What else a turn is for, oldest first: each is done with its turn, and not before. */
  owed: OwedEvent[];
}

/** An event that leaves no message behind to be answered later: a signal, or a message that is being replayed. */
export type OwedEvent = { outcome: InboxOutcome } & ({ signal: TurnSignal } | { message: TurnMessage });

/** Provider ids that events speak of without having brought the message themselves. */
export function mentionedIds(events: readonly PendingEvent[]): string[] {
  const mentioned = events.flatMap(({ event }) =>
    event.kind === 'edit' || event.kind === 'deletion' || event.kind === 'reaction'
      ? [event.provider_id]
      : [],
  );
  return [...new Set(mentioned)];
}

/**
 * Turns events, in sequence, into messages and changes to messages. Pure.
 *
 * @param known  messages that providers know under an id, for edits, deletions and reactions
 * @param now    ISO 8601 instant, for changes whose time the provider did not give
 */
export function fold(
  events: readonly PendingEvent[],
  known: ReadonlyMap<string, MessageId>,
  now: string,
): Folded {
  const folded: Folded = {
    messages: [],
    edits: [],
    reactions: [],
    done: [],
    media: [],
    log: [],
    asked: [],
    owed: [],
  };
  const byProviderId = new Map(known);
  for (const pending of events) foldOne(folded, pending, byProviderId, now);
  return folded;
}

function foldOne(folded: Folded, pending: PendingEvent, known: Map<string, MessageId>, now: string): void {
  const { event } = pending;
  switch (event.kind) {
    case 'message':
    case 'choice':
      foldMessage(folded, pending, event, known, now);
      return;
    case 'edit':
    case 'deletion': {
      const messageId = known.get(event.provider_id);
      if (!messageId) return ignore(folded, pending, 'It changes a message that was never received.');
      const at = event.sent_at ?? now;
      const content = event.kind === 'edit' ? withNames(folded, pending, event.content, messageId) : null;
      folded.edits.push({ messageId, content, at });
      finish(folded, pending, messageId);
      folded.log.push({
        type: event.kind === 'edit' ? 'message.updated' : 'message.deleted',
        data: { message: uuidOf(messageId) },
      });
      return;
    }
    case 'reaction': {
      const messageId = known.get(event.provider_id);
      if (!messageId) return ignore(folded, pending, 'It reacts to a message that is not known here.');
      folded.reactions.push({
        messageId,
        emoji: event.emoji,
        from: event.from.value,
        isRemoved: event.removed,
      });
      finish(folded, pending, messageId);
      folded.log.push({
        type: 'message.reaction',
        data: { message: uuidOf(messageId), emoji: event.emoji, removed: event.removed },
      });
      return;
    }
    case 'signal':
      folded.owed.push({
        signal: event.signal,
        outcome: { inboxEventId: pending.inboxEventId, status: 'done' },
      });
      return;
    case 'receipt':
    case 'typing':
    case 'ignored':
      ignore(folded, pending, `A ${event.kind} has no place in a conversation's mailbox.`);
  }
}

function foldMessage(
  folded: Folded,
  pending: PendingEvent,
  event: InboundMessage | InboundChoice,
  known: Map<string, MessageId>,
  now: string,
): void {
  // The message has the UUID of its inbox event: whoever was told that one can name the other.
  const messageId = pending.messageId ?? idOf('message', uuidOf(pending.inboxEventId));
  const content = withNames(folded, pending, contentOf(event), messageId);
  if (pending.messageId === null) {
    folded.messages.push({
      messageId,
      direction: 'in',
      author: 'contact',
      content,
      status: 'received',
      providerId: event.provider_id,
      ...(event.kind === 'message' && event.reply_to !== undefined && { replyTo: event.reply_to }),
      ...(event.kind === 'message' && event.metadata !== undefined && { metadata: event.metadata }),
      ...(event.sent_at !== undefined && { sentAt: event.sent_at }),
    });
    folded.log.push({ type: 'message.created', data: { message: uuidOf(messageId), by: 'contact' } });
  }
  known.set(event.provider_id, messageId);
  // What a machine wrote, and a wish to be left alone, are shown and never answered.
  const isAsking = event.kind === 'choice' || (!event.automatic && event.consent === undefined);
  const message: TurnMessage = { messageId, direction: 'in', content, sentAt: event.sent_at ?? now };
  if (isAsking && pending.messageId !== null) {
    const { inboxEventId } = pending;
    folded.owed.push({ message, outcome: { inboxEventId, status: 'done', messageId } });
    return;
  }
  if (isAsking) folded.asked.push(message);
  finish(folded, pending, messageId);
}

/** A replayed event names what it named before, and fetches nothing again. */
function withNames(
  folded: Folded,
  { inboxEventId, messageId: earlier }: PendingEvent,
  contents: readonly Content[],
  messageId: MessageId,
): Content[] {
  const named = nameMedia(contents, inboxEventId);
  if (earlier === null)
    folded.media.push(...named.fetches.map((fetch) => ({ ...fetch, messageId, inboxEventId })));
  return named.contents;
}

function contentOf(event: InboundMessage | InboundChoice): readonly Content[] {
  return event.kind === 'message'
    ? event.content
    : [{ type: 'choice_taken', option_id: event.option_id, label: event.label }];
}

function finish(folded: Folded, { inboxEventId }: PendingEvent, messageId: MessageId): void {
  folded.done.push({ inboxEventId, status: 'done', messageId });
}

function ignore(folded: Folded, { inboxEventId }: PendingEvent, reason: string): void {
  folded.done.push({ inboxEventId, status: 'ignored', reason });
}
