import { Injectable } from '@nestjs/common';
import { connectorOf } from '#libs/connectors';
import { fault, invalidInput } from '#libs/faults';
import { InboundDoor, messageIdOf } from '#libs/inbound';
import {
  type Content,
  type ConversationId,
  type InboxEventId,
  type MessageId,
  newId,
  type SessionId,
  type WorkspaceId,
} from '#libs/model';
import { addressOfThread, ChannelCache, Conversations, type LoadedChannel, Sessions } from '#libs/store';

/** Where something is said: a conversation of a channel whose people come through us. */
export interface Place {
  channel: LoadedChannel;
  conversationId: ConversationId;
  thread: string;
}

/** What a person says. */
export interface Said {
  contents: Content[];
  /** The same one is one message in its conversation, however often it is said. */
  clientId?: string | undefined;
  metadata?: Record<string, string> | undefined;
}

/** What was taken in: stored, and to be answered. */
export interface Taken {
  eventId: InboxEventId;
  /** The message it becomes has the same UUID. */
  messageId: MessageId;
  isDuplicate: boolean;
}

/** Lets people speak who come through our own routes: by the same inbox as everything that providers hand in. */
@Injectable()
export class Speaking {
  constructor(
    private readonly sessions: Sessions,
    private readonly conversations: Conversations,
    private readonly channels: ChannelCache,
    private readonly door: InboundDoor,
  ) {}

  /** @throws Fault `state/not-found`; `state/gone` when the session has ended */
  async placeOfSession(workspaceId: WorkspaceId, sessionId: SessionId): Promise<Place> {
    const session = await this.sessions.get(sessionId);
    if (session?.workspaceId !== workspaceId) throw fault('state/not-found', { facts: { sessionId } });
    if (session.endedAt !== null) throw fault('state/gone', { detail: 'The session has ended.' });
    const channel = await this.#channel(session.channelId);
    return { channel, conversationId: session.conversationId, thread: session.thread };
  }

  /**
   * @throws Fault `state/not-found`; `input/invalid` when what people write on its channel
   *   comes from a provider: nobody else may put words into their mouths
   */
  async placeOfConversation(workspaceId: WorkspaceId, conversationId: ConversationId): Promise<Place> {
    const conversation = await this.conversations.get(workspaceId, conversationId);
    const channel = await this.#channel(conversation.channel_id);
    if (!connectorOf(channel.connector).visitors) {
      const message = 'the channel of this conversation takes messages from its provider only';
      throw invalidInput([{ path: ['conversation_id'], code: 'no_sessions', message }]);
    }
    return { channel, conversationId, thread: conversation.thread };
  }

  /**
   * Stores what was said, and wakes who answers it.
   *
   * @throws Fault `store/unavailable`: nothing was taken
   */
  async say({ channel, conversationId, thread }: Place, said: Said): Promise<Taken> {
    const clientId = said.clientId ?? newId('request');
    const event = {
      kind: 'message' as const,
      event_key: `${conversationId}:${clientId}`,
      thread,
      from: addressOfThread(thread),
      provider_id: clientId,
      content: said.contents,
      ...(said.metadata && { metadata: said.metadata }),
    };
    const raw = Buffer.from(JSON.stringify(event));
    const [accepted] = await this.door.accept(channel, [{ event, raw }]);
    if (!accepted) throw fault('internal/bug', { detail: 'An event was accepted without an id.' });
    const { inboxEventId: eventId, isDuplicate } = accepted;
    return { eventId, messageId: messageIdOf(accepted), isDuplicate };
  }

  async #channel(channelId: LoadedChannel['channelId']): Promise<LoadedChannel> {
    const channel = await this.channels.load(channelId);
    if (!channel) throw fault('state/not-found', { facts: { channelId } });
    return channel;
  }
}
