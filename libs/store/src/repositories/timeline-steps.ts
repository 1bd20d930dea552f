import {
  idOf,
  type JsonObject,
  type MessageId,
  type MessageStatus,
  type Timeline,
  type TimelineStep,
  type TraceStep,
  type TurnOutcome,
} from '#libs/model';

/** One attempt, as a delivery's `log` keeps it. Instants are ISO 8601. */
export interface AttemptEntry {
  n: number;
  started_at: string;
  ended_at: string;
  /** `sent`, or the fault's last word: `throttled`, `unreachable`, `outcome-unknown`, … */
  outcome: string;
  code?: string;
  text?: string;
  provider?: JsonObject | null;
}

/** Everything that is stored about one message and its way. */
export interface TimelineFacts {
  messageId: MessageId;
  conversation: string;
  direction: 'in' | 'out';
  status: MessageStatus;
  /** Null while what came in is not a message yet. */
  message: { author: string; recordedAt: Date; editedAt: Date | null; deletedAt: Date | null } | null;
  /** What it was made from; null for what we say. */
  inboxEvent: {
    kind: string;
    status: string;
    reason: string | null;
    attempts: number;
    receivedAt: Date;
    doneAt: Date | null;
  } | null;
  turn: {
    id: string;
    outcome: TurnOutcome;
    trace: TraceStep[];
    startedAt: Date;
    endedAt: Date;
    messages: number;
  } | null;
  deliveries: {
    id: string;
    part: number;
    parts: number;
    status: string;
    log: AttemptEntry[];
    createdAt: Date;
  }[];
  /** From the event log: how the status moved. */
  statuses: { status: MessageStatus; at: Date }[];
  replies: string[];
}

type Step = Omit<TimelineStep, 'after_ms'>;

/** Tells, hop by hop, what happened to a message. Pure: equal facts give equal timelines. */
export function timelineOf(facts: TimelineFacts): Timeline {
  const steps =
    facts.direction === 'in'
      ? [...arrival(facts), ...answering(facts)]
      : [...making(facts), ...sending(facts)];
  const { turn } = facts;
  return {
    message_id: facts.messageId,
    conversation_id: idOf('conversation', facts.conversation),
    direction: facts.direction,
    status: facts.status,
    steps: withPauses([...steps, ...changes(facts)]),
    turn: turn && { id: idOf('turn', turn.id), outcome: turn.outcome, trace: turn.trace },
    replies: facts.replies.map((id) => idOf('message', id)),
  };
}

function arrival({ inboxEvent, message }: TimelineFacts): Step[] {
  const steps: Step[] = [];
  if (inboxEvent) {
    const { kind, attempts } = inboxEvent;
    steps.push(
      step(
        inboxEvent.receivedAt,
        'received',
        'The channel handed it over, and it was stored before the channel was thanked.',
        { kind, attempts },
      ),
    );
  }
  if (message) steps.push(step(message.recordedAt, 'recorded', 'It was recorded in the conversation.', {}));
  if (inboxEvent?.status === 'dead') {
    const why = inboxEvent.reason ?? 'the reason was not kept';
    steps.push(
      step(
        inboxEvent.doneAt ?? inboxEvent.receivedAt,
        'failed',
        `It was given up after ${times(inboxEvent.attempts)}: ${why}. It can be replayed.`,
        { attempts: inboxEvent.attempts },
      ),
    );
  }
  return steps;
}

function answering({ turn, replies }: TimelineFacts): Step[] {
  if (!turn) return [];
  const detail = { turn_id: idOf('turn', turn.id), outcome: turn.outcome, messages: turn.messages };
  const many = turn.messages <= 1 ? 'it' : `it and ${turn.messages - 1} more of the same burst`;
  const said = replies.length === 1 ? 'one message' : `${replies.length} messages`;
  return [
    step(turn.startedAt, 'turn-started', `The bot looked at ${many}.`, detail),
    step(
      turn.endedAt,
      'turn-ended',
      `${OUTCOMES[turn.outcome]}${turn.outcome === 'answered' ? ` with ${said}` : ''}.`,
      detail,
    ),
  ];
}

const OUTCOMES: Record<TurnOutcome, string> = {
  answered: 'The bot answered',
  silent: 'The bot had nothing to say',
  failed: 'The turn failed',
  superseded: 'Somebody else took the conversation over before the turn ended, so nothing was said',
};

function making({ turn, message, deliveries }: TimelineFacts): Step[] {
  const steps: Step[] = [];
  if (turn) {
    const detail = { turn_id: idOf('turn', turn.id), outcome: turn.outcome };
    steps.push(step(turn.startedAt, 'turn-started', 'The bot began its turn.', detail));
    steps.push(step(turn.endedAt, 'turn-ended', 'The bot decided to say this.', detail));
  }
  if (message) {
    const parts = deliveries.length;
    const text =
      parts === 0
        ? 'It was recorded; nothing of it goes through the channel.'
        : `It was queued in ${parts === 1 ? 'one part' : `${parts} parts`}.`;
    steps.push(step(message.recordedAt, 'queued', text, { parts, author: message.author }));
  }
  return steps;
}

function sending({ deliveries, statuses }: TimelineFacts): Step[] {
  const attempts = deliveries.flatMap((delivery) =>
    delivery.log.map((entry) => attemptStep(delivery, entry)),
  );
  const moves = statuses.flatMap(({ status, at }) => {
    const told = STATUSES[status];
    return told ? [step(at, told.step, told.text, { status })] : [];
  });
  return [...attempts, ...moves];
}

function attemptStep(delivery: TimelineFacts['deliveries'][number], entry: AttemptEntry): Step {
  const which = delivery.parts === 1 ? '' : ` of part ${delivery.part + 1} of ${delivery.parts}`;
  const took = Math.max(0, Date.parse(entry.ended_at) - Date.parse(entry.started_at));
  const why = entry.text ? `: ${entry.text}` : entry.code ? ` (${entry.code})` : '';
  return step(
    new Date(entry.ended_at),
    'attempt',
    `${entry.outcome === 'throttled' || entry.n === 0 ? 'A call' : `Attempt ${entry.n}`}${which} took ${took} ms and ended as ${entry.outcome}${why.replace(/\.$/, '')}.`,
    {
      delivery_id: idOf('delivery', delivery.id),
      part: delivery.part,
      attempt: entry.n,
      outcome: entry.outcome,
      took_ms: took,
      ...(entry.code !== undefined && { code: entry.code }),
      ...(entry.provider && { provider: entry.provider }),
    },
  );
}

const STATUSES: Partial<Record<MessageStatus, { step: TimelineStep['step']; text: string }>> = {
  queued: { step: 'queued', text: 'It was queued again.' },
  sent: { step: 'sent', text: 'The provider accepted all of it.' },
  delivered: { step: 'delivered', text: 'The provider says that it arrived.' },
  read: { step: 'read', text: 'The provider says that it was read.' },
  failed: { step: 'failed', text: 'It was given up; the attempts say why.' },
  unknown: { step: 'unknown', text: 'Nobody knows whether it went out: a person has to choose.' },
  expired: { step: 'expired', text: 'Its time ran out before it could be sent.' },
};

function changes({ message }: TimelineFacts): Step[] {
  if (!message) return [];
  const { editedAt, deletedAt } = message;
  return [
    ...(editedAt ? [step(editedAt, 'edited', 'Its author changed it.', {})] : []),
    ...(deletedAt ? [step(deletedAt, 'deleted', 'Its author deleted it.', {})] : []),
  ];
}

function step(at: Date, name: TimelineStep['step'], text: string, detail: Record<string, unknown>): Step {
  return { at: at.toISOString(), step: name, text, detail };
}

function withPauses(steps: Step[]): TimelineStep[] {
  const ordered = steps
    .map((one, index) => ({ one, index }))
    // Clocks of gateway, worker and database differ a little: what is simultaneous keeps its natural order.
    .sort((a, b) => Date.parse(a.one.at) - Date.parse(b.one.at) || a.index - b.index)
    .map(({ one }) => one);
  return ordered.map((one, index) => {
    const before = ordered[index - 1];
    return { ...one, after_ms: before ? Date.parse(one.at) - Date.parse(before.at) : 0 };
  });
}

function times(n: number): string {
  return n === 1 ? 'one attempt' : `${n} attempts`;
}
