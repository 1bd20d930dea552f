import { Injectable } from '@nestjs/common';
import { fault } from '#libs/faults';
import {
  type Address,
  type ChannelId,
  type ContactId,
  type Conversation,
  type ConversationEvent,
  type ConversationId,
  idOf,
  type InboxEventId,
  type JsonObject,
  type Message,
  type MessageId,
  type TurnId,
  type TurnOutcome,
  uuidOf,
  type WorkspaceId,
} from '#libs/model';
import type { Prisma } from '#prisma/client';
import { Database } from '../database.js';
import { afterId, afterSeq, type PageOf, pageOf, type PageRequest } from './cursor.js';
import { eventData } from './event-data.js';
import { Media } from './media.js';
import { findMessageRow, messageOfRow, type MessageRow, replyRowsOf } from './message-of-row.js';

/** What has become of something that was accepted. */
export interface Answer {
  /** Null: not recorded yet, or it did not become a message. */
  message: Message | null;
  /** The turn that answered it; null while it has had none. */
  turn: { turnId: TurnId; outcome: TurnOutcome } | null;
  /** What the turn said, in order. */
  replies: Message[];
}

interface EventRow extends Record<string, unknown> {
  seq: number;
  type: ConversationEvent['type'];
  data: JsonObject;
  occurred_at: Date;
  message: MessageRow | null;
}

interface TurnRow {
  id: string;
  outcome: TurnOutcome;
}

/** Which conversations a list holds. */
export interface ConversationFilter {
  channelId?: ChannelId | undefined;
  state?: Conversation['state'] | undefined;
  contactId?: ContactId | undefined;
  owner?: Conversation['owner'] | undefined;
}

/** Where a conversation's messages go, and what sending there needs to know. Never shown as it is. */
export interface SendingPlace {
  channelId: ChannelId;
  thread: string;
  address: Address | null;
  state: Conversation['state'];
  botState: JsonObject;
  /** The newest message of the person; null for none. */
  lastInbound: { at: Date; ref: string | null } | null;
}

const WITH_CONTACT = {
  contact: { include: { identities: { orderBy: { id: 'asc' } } } },
  labels: { select: { labelId: true }, orderBy: { labelId: 'asc' } },
} as const;

/** Conversations as they can be read: themselves, their messages, and their events. */
@Injectable()
export class Conversations {
  constructor(
    private readonly database: Database,
    private readonly media: Media,
  ) {}

  /** @throws Fault `state/not-found` */
  async get(workspaceId: WorkspaceId, conversationId: ConversationId): Promise<Conversation> {
    const key = { workspaceId: uuidOf(workspaceId), id: uuidOf(conversationId) };
    const row = await this.database.withWorkspace(workspaceId, (tx) =>
      tx.conversation.findUnique({
        where: { workspaceId_id: key },
        include: WITH_CONTACT,
      }),
    );
    if (!row) throw fault('state/not-found', { facts: { conversationId } });
    return conversationOf(row);
  }

  /** Who may answer there, and the number of that change. @throws Fault `state/not-found` */
  async controlOf(
    workspaceId: WorkspaceId,
    conversationId: ConversationId,
  ): Promise<{ channelId: ChannelId; thread: string; owner: Conversation['owner']; controlVersion: number }> {
    const key = { workspaceId: uuidOf(workspaceId), id: uuidOf(conversationId) };
    const row = await this.database.withWorkspace(workspaceId, (tx) =>
      tx.conversation.findUnique({
        where: { workspaceId_id: key },
        select: { channelId: true, thread: true, owner: true, controlVersion: true },
      }),
    );
    if (!row) throw fault('state/not-found', { facts: { conversationId } });
    const { thread, controlVersion } = row;
    const owner = row.owner as Conversation['owner'];
    return { channelId: idOf('channel', row.channelId), thread, owner, controlVersion };
  }

  /**
   * Conversations by creation.
   *
   * @throws Fault `input/invalid-cursor`
   */
  async list(
    workspaceId: WorkspaceId,
    page: PageRequest,
    filter: ConversationFilter = {},
  ): Promise<PageOf<Conversation>> {
    const { channelId, contactId, state, owner } = filter;
    const list = ['conversations', channelId ?? '', state ?? '', contactId ?? '', owner ?? ''].join(':');
    const after = afterId(list, page);
    const rows = await this.database.withWorkspace(workspaceId, (tx) =>
      tx.conversation.findMany({
        where: {
          workspaceId: uuidOf(workspaceId),
          ...(channelId && { channelId: uuidOf(channelId) }),
          ...(state && { state }),
          ...(owner && { owner }),
          ...(contactId && { contactId: uuidOf(contactId) }),
          ...after,
        },
        orderBy: { id: page.order },
        take: page.limit + 1,
        include: WITH_CONTACT,
      }),
    );
    return pageOf(list, page, rows, (row) => row.id, conversationOf);
  }

  /**
   * The position of the newest event of each conversation; those that the workspace does not have are left out.
   */
  async lastSeqs(
    workspaceId: WorkspaceId,
    conversationIds: readonly ConversationId[],
  ): Promise<Map<ConversationId, number>> {
    const rows = await this.database.withWorkspace(workspaceId, (tx) =>
      tx.conversation.findMany({
        where: { workspaceId: uuidOf(workspaceId), id: { in: conversationIds.map(uuidOf) } },
        select: { id: true, lastEventSeq: true },
      }),
    );
    return new Map(rows.map((row) => [idOf('conversation', row.id), row.lastEventSeq]));
  }

  /** The conversation of a channel's thread; null when nobody has written on it. */
  async idOfThread(
    workspaceId: WorkspaceId,
    channelId: ChannelId,
    thread: string,
  ): Promise<ConversationId | null> {
    const key = { channelId: uuidOf(channelId), thread };
    const row = await this.database.withWorkspace(workspaceId, (tx) =>
      tx.conversation.findUnique({ where: { channelId_thread: key }, select: { id: true } }),
    );
    return row && idOf('conversation', row.id);
  }

  /**
   * Where something that our side says in a conversation goes.
   *
   * @throws Fault `state/not-found`
   */
  async placeOf(workspaceId: WorkspaceId, conversationId: ConversationId): Promise<SendingPlace> {
    const key = { workspaceId: uuidOf(workspaceId), id: uuidOf(conversationId) };
    const row = await this.database.withWorkspace(workspaceId, (tx) =>
      tx.conversation.findUnique({
        where: { workspaceId_id: key },
        include: { messages: { where: { direction: 'in' }, orderBy: { seq: 'desc' }, take: 1 } },
      }),
    );
    if (!row) throw fault('state/not-found', { facts: { conversationId } });
    const [last] = row.messages;
    const { addressKind: kind, addressValue: value } = row;
    return {
      channelId: idOf('channel', row.channelId),
      thread: row.thread,
      address: kind === null || value === null ? null : { kind, value },
      state: row.state as Conversation['state'],
      botState: row.botState as JsonObject,
      lastInbound: last ? { at: last.sentAt ?? last.recordedAt, ref: last.providerId } : null,
    };
  }

  /**
   * What happened after a sequence number, in order and without a gap. Events about a message carry it under `message`
   * as it is now, which may be further than at the time of the event.
   *
   * @param afterSeq  0 for all
   * @param limit  most events
   * @returns empty when there are none, and for a conversation of another workspace
   */
  async eventsAfter(
    workspaceId: WorkspaceId,
    conversationId: ConversationId,
    afterSeq: number,
    limit: number,
  ): Promise<ConversationEvent[]> {
    const rows = await this.database.run<EventRow>(
      'conversation-events',
      'select * from conversation_events($1, $2, $3, $4)',
      [uuidOf(workspaceId), uuidOf(conversationId), afterSeq, limit],
    );
    const messages = rows.flatMap(({ message }) => (message ? [messageOfRow(message)] : []));
    const shown = new Map(
      (await this.media.show(workspaceId, messages)).map((message) => [message.id, message]),
    );
    return rows.map((row) => ({
      type: row.type,
      seq: row.seq,
      conversation_id: conversationId,
      occurred_at: row.occurred_at.toISOString(),
      data: eventData(row.data, row.message && (shown.get(idOf('message', row.message.id)) ?? null)),
    }));
  }

  /**
   * Messages of a conversation by their sequence number.
   *
   * @throws Fault `state/not-found`, `input/invalid-cursor`
   */
  async messages(
    workspaceId: WorkspaceId,
    conversationId: ConversationId,
    page: PageRequest,
  ): Promise<PageOf<Message>> {
    const list = `messages:${conversationId}`;
    const after = afterSeq(list, page);
    const [workspace, conversation] = [uuidOf(workspaceId), uuidOf(conversationId)];
    const rows = await this.database.withWorkspace(workspaceId, async (tx) => {
      const exists = await tx.conversation.count({ where: { workspaceId: workspace, id: conversation } });
      if (exists === 0) throw fault('state/not-found', { facts: { conversationId } });
      return page.order === 'asc'
        ? tx.$queryRaw<MessageRow[]>`
            select * from message
             where workspace_id = ${workspace}::uuid and conversation_id = ${conversation}::uuid and seq > ${after ?? 0}
             order by seq limit ${page.limit + 1}`
        : tx.$queryRaw<MessageRow[]>`
            select * from message
             where workspace_id = ${workspace}::uuid and conversation_id = ${conversation}::uuid
               and seq < ${after ?? 2_147_483_647}
             order by seq desc limit ${page.limit + 1}`;
    });
    const found = pageOf(list, page, rows, (row) => String(row.seq), messageOfRow);
    return { ...found, data: await this.media.show(workspaceId, found.data) };
  }

  /** @throws Fault `state/not-found` */
  async messageById(workspaceId: WorkspaceId, messageId: MessageId): Promise<Message> {
    const row = await this.database.withWorkspace(workspaceId, (tx) =>
      findMessageRow(tx, workspaceId, uuidOf(messageId)),
    );
    if (!row) throw fault('state/not-found', { facts: { messageId } });
    return this.#shown(workspaceId, messageOfRow(row));
  }

  /** What a turn said, in order; empty for silence and for a turn that is not there. */
  async repliesOf(workspaceId: WorkspaceId, turnId: TurnId): Promise<Message[]> {
    const rows = await this.database.withWorkspace(workspaceId, (tx) =>
      replyRowsOf(tx, workspaceId, uuidOf(turnId)),
    );
    return this.media.show(workspaceId, rows.map(messageOfRow));
  }

  /** What has become of an inbox event: its message, the turn that took it, and what that said. */
  async answerTo(workspaceId: WorkspaceId, inboxEventId: InboxEventId): Promise<Answer> {
    const workspace = uuidOf(workspaceId);
    const found = await this.database.withWorkspace(workspaceId, async (tx) => {
      // A message has the UUID of the inbox event it was made from.
      const row = await findMessageRow(tx, workspaceId, uuidOf(inboxEventId));
      if (!row) return { message: null, turn: null, replies: [] };
      const [turn] = await tx.$queryRaw<TurnRow[]>`
        select id, outcome from turn
         where workspace_id = ${workspace}::uuid and conversation_id = ${row.conversation_id}::uuid
           and through_seq >= ${row.seq} and from_seq <= ${row.seq} and outcome <> 'superseded'
         order by through_seq limit 1`;
      const replies = turn ? await replyRowsOf(tx, workspaceId, turn.id) : [];
      return {
        message: messageOfRow(row),
        turn: turn ? { turnId: idOf('turn', turn.id), outcome: turn.outcome } : null,
        replies: replies.map(messageOfRow),
      };
    });
    const { message, replies } = found;
    // After the transaction: nobody takes a second connection while they hold one.
    return {
      ...found,
      message: message && (await this.#shown(workspaceId, message)),
      replies: await this.media.show(workspaceId, replies),
    };
  }

  async #shown(workspaceId: WorkspaceId, message: Message): Promise<Message> {
    return (await this.media.show(workspaceId, [message]))[0]!;
  }
}

function conversationOf(row: Prisma.ConversationGetPayload<{ include: typeof WITH_CONTACT }>): Conversation {
  return {
    id: idOf('conversation', row.id),
    channel_id: idOf('channel', row.channelId),
    contact: {
      id: idOf('contact', row.contactId),
      name: row.contact.name,
      addresses: row.contact.identities.map(({ kind, value }) => ({ kind, value })),
    },
    thread: row.thread,
    state: row.state as Conversation['state'],
    snoozed_until: row.snoozedUntil?.toISOString() ?? null,
    owner: row.owner as Conversation['owner'],
    assignee_id: row.assigneeId && idOf('member', row.assigneeId),
    label_ids: row.labels.map(({ labelId }) => idOf('label', labelId)),
    last_message_at: row.lastMessageAt?.toISOString() ?? null,
    last_seq: row.lastEventSeq,
    created_at: row.createdAt.toISOString(),
  };
}
