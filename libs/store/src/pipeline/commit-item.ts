import {
  newId,
  uuidOf,
  type BotId,
  type ChannelId,
  type Content,
  type ConversationId,
  type DeliveryId,
  type EventType,
  type InboxEventId,
  type JsonObject,
  type MailboxId,
  type MediaId,
  type MessageId,
  type Owner,
  type TraceStep,
  type TurnId,
  type TurnOutcome,
  type WorkspaceId,
} from '#libs/model';

/** Everything that one mailbox, or one conversation that the gateway writes to, comes to in one commit. */
export interface CommitItem {
  workspaceId: WorkspaceId;
  /** Left out by the gateway, which holds no mailbox. */
  mailbox?: {
    mailboxId: MailboxId;
    epoch: number;
    /** Keeps the lease for so long, because the turn is still running. */
    keepMs?: number;
    /** Releases it, due again after so long, because something failed. */
    retryMs?: number;
    /** With `retryMs`: nothing failed, it only waits. */
    isCalm?: boolean;
    /** Releases it, due again after `ms` or with the next event, because the other parts of `parts` events are missing. */
    wait?: { ms: number; parts: number };
    /** Releases it, due at once, because a turn is still owed. */
    owesTurn?: boolean;
  };
  conversation?: {
    conversationId: ConversationId;
    /** The commit is `superseded` when the owner changed since. */
    controlVersion?: number;
    /** Everything in the conversation has had its turn. */
    isAnswered: boolean;
    /** With `isAnswered`: only what stands up to this message, by sequence number. */
    answeredThrough?: number;
    botState?: JsonObject;
    /** Our side said something. */
    hasReplies: boolean;
    owner?: Owner;
  };
  /** In the order in which they stand in the conversation. */
  messages: NewMessage[];
  edits: { messageId: MessageId; content: Content[] | null; at: string }[];
  reactions: { messageId: MessageId; emoji: string; from: string; isRemoved: boolean }[];
  done: InboxOutcome[];
  turn?: NewTurn;
  deliveries: NewDelivery[];
  /** Files that the messages name and that are to be fetched. */
  media?: NewFetch[];
  /** What is to be done after the commit. */
  errands?: NewErrand[];
  /** Fields that the contact of the conversation gets. */
  contactFields?: JsonObject;
  log: { type: EventType; data: JsonObject }[];
}

/** A tool to be called, or an instant at which the bot wants a turn; a conversation has one instant at most, null takes it back. */
export type NewErrand = { channelId: ChannelId } & (
  | { kind: 'timer'; at: string | null }
  | { kind: 'call'; callId: string; call: JsonObject }
  /** When nobody took the conversation that changed its owner for the `controlVersion`th time, the bot has it again. */
  | { kind: 'queue'; at: string; controlVersion: number }
);

export interface NewMessage {
  messageId: MessageId;
  direction: 'in' | 'out';
  author: 'contact' | 'bot' | 'operator' | 'api';
  content: readonly Content[];
  /** `failed`: the channel can carry nothing of it. */
  status: 'received' | 'queued' | 'failed';
  providerId?: string;
  replyTo?: string;
  metadata?: Record<string, string>;
  turnId?: TurnId;
  /** The provider's time, ISO 8601. */
  sentAt?: string;
}

export interface InboxOutcome {
  inboxEventId: InboxEventId;
  status: 'done' | 'ignored' | 'dead' | 'pending';
  reason?: string;
  /** Failed attempts to add. */
  attempts?: number;
  messageId?: MessageId;
}

export interface NewTurn {
  turnId: TurnId;
  botId: BotId | null;
  botVersion: number | null;
  /** First message it looked at, by sequence number. */
  fromSeq: number;
  outcome: TurnOutcome;
  trace: readonly TraceStep[];
  /** ISO 8601 instants. */
  startedAt: string;
  endedAt: string;
}

export interface NewDelivery {
  deliveryId: DeliveryId;
  /** One of the `messages` of this item. */
  messageId: MessageId;
  channelId: ChannelId;
  /** From 0. */
  part: number;
  parts: number;
  body: JsonObject;
  class: 'idempotent' | 'look-up' | 'blind';
  account: string;
  destination: string;
  /** How long the send still makes sense. */
  ttlMs: number;
}

export interface NewFetch {
  mediaId: MediaId;
  /** One of the `messages` of this item, or one that it edits. */
  messageId: MessageId;
  inboxEventId: InboxEventId;
  channelId: ChannelId;
  /** `media:` and the provider's reference, or an address. */
  source: string;
  /** Only whoever holds the channel's connection can fetch it. */
  isOverConnection: boolean;
  declaredType: string | null;
  fileName: string | null;
}

/** The columns that `mailbox_commit` reads, all items in flat lists; see the function for the names. */
export function flattenCommit(items: readonly { item: CommitItem; i: number }[]): Record<string, unknown[]> {
  const flat: Record<string, unknown[]> = {
    mailboxes: [],
    conversations: [],
    messages: [],
    edits: [],
    reactions: [],
    done: [],
    turns: [],
    deliveries: [],
    media: [],
    errands: [],
    contacts: [],
    log: [],
  };
  for (const { item, i } of items) flattenOne(flat as never, item, i);
  return flat;
}

type Flat = Record<
  | 'mailboxes'
  | 'conversations'
  | 'messages'
  | 'edits'
  | 'reactions'
  | 'done'
  | 'turns'
  | 'deliveries'
  | 'media'
  | 'errands'
  | 'contacts'
  | 'log',
  unknown[]
>;

function flattenOne(flat: Flat, item: CommitItem, i: number): void {
  const w = uuidOf(item.workspaceId);
  const { mailbox, conversation, turn } = item;
  if (mailbox) {
    flat.mailboxes.push({
      i,
      id: uuidOf(mailbox.mailboxId),
      e: mailbox.epoch,
      keep: mailbox.keepMs ?? null,
      retry: mailbox.retryMs ?? null,
      calm: mailbox.isCalm ?? false,
      wait: mailbox.wait?.ms ?? null,
      parts: mailbox.wait?.parts ?? null,
      more: mailbox.owesTurn ?? false,
    });
  }
  for (const done of item.done) {
    flat.done.push({
      i,
      w,
      id: uuidOf(done.inboxEventId),
      status: done.status,
      reason: done.reason ?? null,
      att: done.attempts ?? 0,
      m: done.messageId ? uuidOf(done.messageId) : null,
    });
  }
  if (!conversation) return;
  const c = uuidOf(conversation.conversationId);
  flat.conversations.push({
    i,
    w,
    id: c,
    n: item.messages.length,
    ev: item.log.length,
    ans: conversation.isAnswered,
    thr: conversation.answeredThrough ?? null,
    st: conversation.botState ?? null,
    rep: conversation.hasReplies,
    own: conversation.owner ?? null,
    cv: conversation.controlVersion ?? null,
  });
  const offsets = new Map<MessageId, number>();
  for (const [at, message] of item.messages.entries()) {
    offsets.set(message.messageId, at + 1);
    flat.messages.push({
      i,
      w,
      id: uuidOf(message.messageId),
      c,
      o: at + 1,
      dir: message.direction,
      by: message.author,
      content: message.content,
      status: message.status,
      pid: message.providerId ?? null,
      re: message.replyTo ?? null,
      meta: message.metadata ?? null,
      turn: message.turnId ? uuidOf(message.turnId) : null,
      at: message.sentAt ?? null,
    });
  }
  for (const edit of item.edits) {
    flat.edits.push({ i, w, id: uuidOf(edit.messageId), content: edit.content, at: edit.at });
  }
  for (const reaction of item.reactions) {
    flat.reactions.push({
      i,
      w,
      id: uuidOf(reaction.messageId),
      emoji: reaction.emoji,
      who: reaction.from,
      gone: reaction.isRemoved,
    });
  }
  if (turn) {
    flat.turns.push({
      i,
      w,
      id: uuidOf(turn.turnId),
      c,
      bot: turn.botId ? uuidOf(turn.botId) : null,
      ver: turn.botVersion,
      f: turn.fromSeq,
      thr: conversation.answeredThrough ?? null,
      nin: item.messages.filter((message) => message.direction === 'in').length,
      outcome: turn.outcome,
      trace: turn.trace,
      t0: turn.startedAt,
      t1: turn.endedAt,
    });
  }
  for (const delivery of item.deliveries) {
    flat.deliveries.push({
      i,
      w,
      id: uuidOf(delivery.deliveryId),
      c,
      m: uuidOf(delivery.messageId),
      o: offsets.get(delivery.messageId),
      ch: uuidOf(delivery.channelId),
      part: delivery.part,
      parts: delivery.parts,
      body: delivery.body,
      class: delivery.class,
      acc: delivery.account,
      dest: delivery.destination,
      ttl: delivery.ttlMs,
    });
  }
  for (const fetch of item.media ?? []) {
    flat.media.push({
      i,
      w,
      id: uuidOf(fetch.mediaId),
      ch: uuidOf(fetch.channelId),
      c,
      m: uuidOf(fetch.messageId),
      e: uuidOf(fetch.inboxEventId),
      src: fetch.source,
      held: fetch.isOverConnection,
      type: fetch.declaredType,
      name: fetch.fileName,
    });
  }
  for (const errand of item.errands ?? []) {
    flat.errands.push({
      i,
      w,
      id: uuidOf(newId('errand')),
      ch: uuidOf(errand.channelId),
      c,
      kind: errand.kind,
      ...errandRow(errand),
    });
  }
  if (item.contactFields) flat.contacts.push({ i, w, c, fields: item.contactFields });
  for (const [at, entry] of item.log.entries()) {
    flat.log.push({ i, w, c, o: at + 1, type: entry.type, data: entry.data });
  }
}

/** What makes each kind of errand: its key is unique in the conversation. */
function errandRow(errand: NewErrand): { key: string; payload: JsonObject | null; at: string | null } {
  switch (errand.kind) {
    case 'timer':
      return { key: 'timer', payload: null, at: errand.at };
    case 'call':
      return { key: errand.callId, payload: errand.call, at: null };
    case 'queue': {
      const { controlVersion, at } = errand;
      return { key: `queue:${controlVersion}`, payload: { controlVersion }, at };
    }
  }
}
