import { Injectable } from '@nestjs/common';
import { fault } from '#libs/faults';
import {
  newId,
  uuidOf,
  type Content,
  type ConversationId,
  type JsonObject,
  type MessageId,
  type WorkspaceId,
} from '#libs/model';
import { Bell, Wakes } from '#libs/queue';
import { type Actor, Mailboxes, type CommitItem, type LoadedChannel } from '#libs/store';
import { planDeliveries, type ConversationAddress } from './plan-deliveries.js';

/** Something our side says without a turn: a greeting, an operator, an API caller. */
export interface Said extends ConversationAddress {
  workspaceId: WorkspaceId;
  conversationId: ConversationId;
  channel: LoadedChannel;
  /** Each is one message, in order. */
  contents: readonly (readonly Content[])[];
  author: 'bot' | 'operator' | 'api';
  /** Which operator or program it was, as the audit log names it; reports count by it. */
  actor?: Actor;
  /** Stored with it, so that the bot knows which options were offered. */
  botState?: JsonObject;
  /** Ids for the messages, for a write that may be repeated. */
  messageIds?: readonly MessageId[];
  /** Stored with each message. */
  metadata?: Record<string, string>;
  /** After which what was not sent ends as expired, in milliseconds. Default: a day. */
  ttlMs?: number;
}

/** The one way out for what is said without a turn: planned, stored and queued in one commit. */
@Injectable()
export class Outbox {
  constructor(
    private readonly mailboxes: Mailboxes,
    private readonly bell: Bell,
    private readonly wakes: Wakes,
  ) {}

  /**
   * Says something in a conversation.
   *
   * @returns the messages, in order; they are queued, not yet sent
   * @throws Fault `input/unsupported-content` when the channel can carry nothing of one of them; `store/unavailable`
   */
  async say(said: Said): Promise<MessageId[]> {
    const item = toCommit(said);
    await this.mailboxes.commit('', item);
    this.bell.ring('conversation', { ids: [said.conversationId] });
    this.wakes.outbound([said.conversationId]);
    return item.messages.map(({ messageId }) => messageId);
  }
}

function toCommit(said: Said): CommitItem {
  const messages: CommitItem['messages'] = [];
  const deliveries: CommitItem['deliveries'] = [];
  for (const [at, content] of said.contents.entries()) {
    const messageId = said.messageIds?.[at] ?? newId('message');
    const planned = planDeliveries(said.channel, said, content, said.ttlMs);
    if (planned.deliveries.length === 0) {
      throw fault('input/unsupported-content', { facts: { connector: said.channel.connector } });
    }
    messages.push({
      messageId,
      direction: 'out',
      author: said.author,
      content,
      status: 'queued',
      ...(said.metadata && { metadata: said.metadata }),
    });
    deliveries.push(
      ...planned.deliveries.map((delivery) => ({ ...delivery, messageId, deliveryId: newId('delivery') })),
    );
  }
  return {
    workspaceId: said.workspaceId,
    conversation: {
      conversationId: said.conversationId,
      isAnswered: false,
      hasReplies: said.contents.length > 0,
      ...(said.botState && { botState: said.botState }),
    },
    messages,
    edits: [],
    reactions: [],
    done: [],
    deliveries,
    log: messages.map(({ messageId }) => ({
      type: 'message.created',
      data: { message: uuidOf(messageId), by: said.author, ...(said.actor && { actor: said.actor }) },
    })),
  };
}
