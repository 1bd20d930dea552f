import type { MessageId, TurnMessage, TurnSignal } from '#libs/model';
import type { InboxOutcome, OpenConversation, WaitingMessage } from '#libs/store';
import type { Folded, OwedEvent } from './fold.js';

/** What one turn is about. */
export interface TurnScope {
  /** Oldest first; may be empty when there are signals. */
  asked: readonly TurnMessage[];
  signals: readonly TurnSignal[];
  /** Events that are done with this turn. */
  settles: readonly InboxOutcome[];
  /** The last message that it answers, by sequence number; absent when it answers all there are. */
  throughSeq?: number;
  /** Something waits for a turn of its own after this one. */
  owesMore: boolean;
  /** It is about one thing only: what fails here for good fails by that thing, and nothing else dies with it. */
  isAlone: boolean;
  /** What waits for a later turn, and is therefore not yet part of the conversation's history. */
  later: ReadonlySet<MessageId>;
}

/** So many turns over a whole burst may fail before what is in it is tried one by one. */
export const failuresTogether = 2;

/**
 * Says what the next turn is about: everything unanswered, for one answer to a burst. After turns over the whole have
 * failed, its oldest piece alone: a message that nothing can handle is found, and its neighbours are answered. Pure.
 *
 * @param folded    what came in now
 * @param failures  turns in a row that failed in this mailbox
 */
export function turnScope(
  { unanswered, answeredSeq }: Pick<OpenConversation, 'unanswered' | 'answeredSeq'>,
  folded: Pick<Folded, 'asked' | 'owed'>,
  failures: number,
): TurnScope {
  const owed = withoutWaiting(folded.owed, unanswered);
  const size = unanswered.length + folded.asked.length + owed.length;
  const [oldest] = unanswered;
  if (failures >= failuresTogether && size > 1) {
    if (oldest) return messageAlone(oldest, [...unanswered.slice(1), ...folded.asked]);
    const [first] = owed;
    if (first) return eventAlone(first, answeredSeq, folded.asked);
  }
  const messages = owed.flatMap((one) => ('message' in one ? [one.message] : []));
  return {
    asked: [...unanswered, ...folded.asked, ...messages],
    signals: owed.flatMap((one) => ('signal' in one ? [one.signal] : [])),
    settles: folded.owed.map(({ outcome }) => outcome),
    owesMore: false,
    isAlone: size === 1,
    later: new Set(),
  };
}

function messageAlone(oldest: WaitingMessage, others: readonly TurnMessage[]): TurnScope {
  return {
    asked: [oldest],
    signals: [],
    settles: [],
    throughSeq: oldest.seq,
    owesMore: true,
    isAlone: true,
    later: idsOf(others),
  };
}

function eventAlone(first: OwedEvent, answeredSeq: number, others: readonly TurnMessage[]): TurnScope {
  return {
    asked: 'message' in first ? [first.message] : [],
    signals: 'signal' in first ? [first.signal] : [],
    settles: [first.outcome],
    // Nothing before it is unanswered, and what came after it stays so.
    throughSeq: answeredSeq,
    owesMore: true,
    isAlone: true,
    later: idsOf(others),
  };
}

/** A message that is replayed while it waits anyway stands among the waiting ones only. */
function withoutWaiting(
  owed: readonly OwedEvent[],
  unanswered: readonly WaitingMessage[],
): readonly OwedEvent[] {
  const ids = idsOf(unanswered);
  return owed.filter((one) => !('message' in one && ids.has(one.message.messageId)));
}

function idsOf(messages: readonly TurnMessage[]): Set<MessageId> {
  return new Set(messages.map(({ messageId }) => messageId));
}
