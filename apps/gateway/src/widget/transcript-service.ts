import { Injectable } from '@nestjs/common';
import { connectorOf } from '#libs/connectors';
import { fault } from '#libs/faults';
import type { Address, ChannelId, CreateWidgetTranscript, Message, WorkspaceId } from '#libs/model';
import { firstPlaceOf } from '#libs/outbound';
import { Bots, ChannelCache, Channels, Conversations, type OperationId, Sends } from '#libs/store';
import { transcriptText } from './transcript-text.js';
import type { Visit } from './widget-door.js';

/** So many messages are looked at; the text has room for fewer. */
const MESSAGES_MAX = 500;
const PAGE = 100;
/** A mail that could not go out by then does not go out any more. */
const EXPIRES_MS = 86_400_000;
/** Somebody who is nobody: only whether a channel reaches addresses of this kind counts. */
const ANYBODY: Address = { kind: 'email', value: 'nobody@example.com' };

/** Sends visitors what was said, by mail, through a channel of the workspace that reaches mail addresses. */
@Injectable()
export class TranscriptService {
  constructor(
    private readonly channels: Channels,
    private readonly cache: ChannelCache,
    private readonly conversations: Conversations,
    private readonly bots: Bots,
    private readonly sends: Sends,
  ) {}

  /** The oldest active channel of a workspace that can write to any mail address; null when there is none. */
  async channelOf(workspaceId: WorkspaceId): Promise<ChannelId | null> {
    const { data } = await this.channels.list(workspaceId, { limit: 100, order: 'asc' });
    for (const { id: channelId, state } of data) {
      const channel = state === 'active' ? await this.cache.load(channelId) : null;
      if (channel && firstPlaceOf(channel, { conversationId: null, addresses: [ANYBODY] })) return channelId;
    }
    return null;
  }

  /**
   * Sends the conversation of a visitor. The address becomes a contact of its own: whoever names it proves nothing.
   *
   * @throws Fault `state/not-found` where it is not offered
   */
  async send(
    { session, channel }: Visit,
    { email, locale, time_zone }: CreateWidgetTranscript,
    operationId: OperationId | undefined,
  ): Promise<void> {
    const { workspaceId, conversationId } = session;
    const look = connectorOf(channel.connector).visitors?.look(channel.settings);
    const through = look?.transcript === true ? await this.channelOf(workspaceId) : null;
    if (!look || through === null) {
      throw fault('state/not-found', { detail: 'This chat sends no transcripts.' });
    }
    const bot = channel.botId && (await this.bots.definitionOf(workspaceId, channel.botId));
    const style = {
      title: look.title,
      assistant: bot ? bot.definition.persona.name : null,
      locale: locale ?? 'en',
      timeZone: time_zone ?? 'UTC',
    };
    const now = Date.now();
    const text = transcriptText(await this.#messages(workspaceId, conversationId), style);
    const input = {
      to: { kind: 'email', value: email } as const,
      contents: [{ type: 'text', text } as const],
      metadata: { transcript_of: conversationId },
      steps: [{ channelId: through, success: 'sent', waitMs: 300_000 } as const],
      sendAt: new Date(now),
      expiresAt: new Date(now + EXPIRES_MS),
    };
    await this.sends.create(workspaceId, input, operationId);
  }

  /** The last messages, oldest first. */
  async #messages(
    workspaceId: WorkspaceId,
    conversationId: Visit['session']['conversationId'],
  ): Promise<Message[]> {
    const found: Message[] = [];
    let cursor: string | undefined;
    do {
      const page = { limit: PAGE, order: 'desc' as const, ...(cursor !== undefined && { cursor }) };
      const { data, next_cursor } = await this.conversations.messages(workspaceId, conversationId, page);
      found.push(...data);
      cursor = next_cursor ?? undefined;
    } while (cursor !== undefined && found.length < MESSAGES_MAX);
    return found.toReversed();
  }
}
