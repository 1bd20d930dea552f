import type { Content, WidgetMessage } from '#libs/model';

/** Something that was said and that the server has not taken yet. */
export interface Unsent {
  clientId: string;
  parts: Content[];
  /** Why the server will never take it; absent while it may. */
  refusal?: string;
}

/** Puts a message where it belongs: in place of the one with its id, else by its position. */
export function withMessage(
  messages: readonly WidgetMessage[],
  message: WidgetMessage,
): readonly WidgetMessage[] {
  const others = messages.filter(({ id }) => id !== message.id);
  const at = others.findIndex(({ seq }) => seq > message.seq);
  return others.toSpliced(at === -1 ? others.length : at, 0, message);
}

/** How many messages of the other side stand behind a position. */
export function unreadAfter(messages: readonly WidgetMessage[], readSeq: number): number {
  return messages.filter(
    ({ direction, seq, deleted_at }) => direction === 'out' && seq > readSeq && deleted_at === null,
  ).length;
}

/** Position of the last message of the other side; 0 when there is none. */
export function lastHeardSeq(messages: readonly WidgetMessage[]): number {
  return messages.findLast(({ direction }) => direction === 'out')?.seq ?? 0;
}

/** What is not sent yet, without what turned out to have arrived. */
export function stillUnsent(unsent: readonly Unsent[], messages: readonly WidgetMessage[]): Unsent[] {
  const arrived = new Set(messages.map(({ client_id }) => client_id));
  return unsent.filter(({ clientId }) => !arrived.has(clientId));
}

/** Whether the visitor has said something behind a message, so that its quick replies go away. */
export function isAnswered(message: WidgetMessage, messages: readonly WidgetMessage[]): boolean {
  return messages.some(({ direction, seq }) => direction === 'in' && seq > message.seq);
}

/** Who said a message last before this one, to show the name once for several in a row. */
export function isFollowUp(message: WidgetMessage, before: WidgetMessage | undefined): boolean {
  return before?.author === message.author && before.deleted_at === null;
}

/** Puts together what is heard of an answer while it is written; null when it does not count any more. */
export function withDelta(
  heard: string | null,
  { index, text, reset }: { index?: number; text?: string; reset?: boolean },
): string | null {
  if (reset === true || typeof text !== 'string') return null;
  // A beginning is a new answer: the turn before may have died in the middle of its own.
  if (index === 0) return text;
  // A piece without its beginning makes no sense: then the whole is waited for.
  return heard === null ? null : heard + text;
}
