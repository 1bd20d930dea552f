import { Injectable } from '@nestjs/common';
import { stateAfterSending } from '#libs/bot';
import { connectorOf } from '#libs/connectors';
import { fault, isFault } from '#libs/faults';
import type { ConversationId, DryRunResult, Message, SendMessage, WorkspaceId } from '#libs/model';
import { Outbox } from '#libs/outbound';
import {
  type Actor,
  ChannelCache,
  Conversations,
  idOfOperation,
  type LoadedChannel,
  type OperationId,
  type SendingPlace,
} from '#libs/store';
import { contentsOf } from './spoken.js';

/** Who says something for our side. */
export interface Speaker {
  author: 'operator' | 'api';
  /** Which one; not told to the person. */
  actor?: Actor;
  /** Kept with the message; shown to operators. */
  metadata?: Record<string, string>;
}

/** Lets programs and operators speak to people, on whatever channel a conversation is. */
@Injectable()
export class SendingService {
  constructor(
    private readonly conversations: Conversations,
    private readonly channels: ChannelCache,
    private readonly outbox: Outbox,
  ) {}

  /**
   * Says something to the person of a conversation; whoever owns the conversation owns it still.
   *
   * @param operationId  of a write that may be repeated: the message is then the same one
   * @param speaker  who says it, for those who read the conversation; the person is not told
   * @returns the message, queued
   * @throws Fault `state/not-found`, `input/unsupported-content`, `store/unavailable`
   */
  async send(
    workspaceId: WorkspaceId,
    conversationId: ConversationId,
    body: SendMessage,
    operationId: OperationId | undefined,
    speaker: Speaker = { author: 'api' },
  ): Promise<Message> {
    const { place, channel } = await this.#load(workspaceId, conversationId);
    const content = contentsOf(body);
    const messageId = operationId && idOfOperation('message', operationId);
    const botState = stateAfterSending(place.botState, [content]);
    try {
      const [sent] = await this.outbox.say({
        workspaceId,
        conversationId,
        channel,
        thread: place.thread,
        address: place.address,
        contents: [content],
        author: speaker.author,
        ...(speaker.actor && { actor: speaker.actor }),
        ttlMs: body.expires_in_seconds * 1_000,
        // Unless a choice is offered, a turn that is under way keeps what it remembers.
        ...(botState !== place.botState && { botState }),
        ...((body.metadata ?? speaker.metadata) && { metadata: { ...body.metadata, ...speaker.metadata } }),
        ...(messageId && { messageIds: [messageId] }),
      });
      return await this.conversations.messageById(workspaceId, sent!);
    } catch (error) {
      // The run before was cut off after its commit.
      if (messageId && isFault(error, 'state/already-exists')) {
        return this.conversations.messageById(workspaceId, messageId);
      }
      throw error;
    }
  }

  /**
   * What `send` would send, and why the channel would refuse it now.
   *
   * @throws Fault `state/not-found`
   */
  async dryRun(
    workspaceId: WorkspaceId,
    conversationId: ConversationId,
    body: SendMessage,
  ): Promise<DryRunResult> {
    const { place, channel } = await this.#load(workspaceId, conversationId);
    const { outbound } = connectorOf(channel.connector);
    const { parts, lost } = outbound.plan(contentsOf(body), channel.settings);
    const to = {
      thread: place.thread,
      address: place.address,
      conversationId,
      lastInboundAt: place.lastInbound?.at.getTime() ?? null,
      lastInboundRef: place.lastInbound?.ref ?? null,
    };
    return {
      parts: parts.map((part) => ({
        rendering: part.rendering,
        body: part.body,
        refused: outbound.refuses?.(part, to, channel.settings, Date.now()) ?? null,
      })),
      lost,
    };
  }

  async #load(
    workspaceId: WorkspaceId,
    conversationId: ConversationId,
  ): Promise<{ place: SendingPlace; channel: LoadedChannel }> {
    const place = await this.conversations.placeOf(workspaceId, conversationId);
    const channel = await this.channels.load(place.channelId);
    if (!channel) throw fault('state/not-found', { facts: { conversationId } });
    return { place, channel };
  }
}
