import type { LiveEvent } from '#libs/events';
import type { ConversationEvent, EventType, LiveEventType, Message, WidgetMessage } from '#libs/model';

/** What a visitor hears of a conversation; the rest is between us and the provider, or among operators. */
const shown = new Set<EventType | LiveEventType>([
  'message.created',
  'message.delta',
  'message.updated',
  'message.deleted',
  'message.status',
  'message.reaction',
  'turn.started',
  'turn.completed',
  'turn.failed',
  'typing.started',
  'typing.stopped',
  'session.ended',
]);

/** A message as its visitor sees it. */
export function visitorMessage(message: Message): WidgetMessage {
  const { id, seq, direction, author, parts, status, reactions } = message;
  const { sent_at, recorded_at, edited_at, deleted_at } = message;
  const times = { sent_at, recorded_at, edited_at, deleted_at };
  const clientId = direction === 'in' ? message.provider_id : null;
  return { id, seq, direction, author, parts, status, reactions, ...times, client_id: clientId };
}

/** An event as a visitor sees it; null when it is none of theirs. */
export function visitorEvent(event: ConversationEvent | LiveEvent): ConversationEvent | LiveEvent | null {
  const isTheirOwn = event.type.startsWith('typing.') && event.data['by'] === 'contact';
  if (!shown.has(event.type) || isTheirOwn) return null;
  // Which of us it was is not theirs to know.
  const { message, actor: _, ...data } = event.data as { message?: Message; actor?: string };
  return { ...event, data: message ? { ...data, message: visitorMessage(message) } : data };
}
