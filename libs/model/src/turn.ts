import type { BotDefinition, Owner, TraceStep } from './bot.js';
import type { Content } from './content.js';
import type { BotId, ChannelId, ContactId, ConversationId, MessageId, WorkspaceId } from './ids.js';

/** A value that survives JSON. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

/** A message as the bot core sees it. */
export interface TurnMessage {
  messageId: MessageId;
  direction: 'in' | 'out';
  content: readonly Content[];
  /** ISO 8601 instant: the provider's time, else ours. */
  sentAt: string;
}

/** Everything one run of the bot may look at. Nothing in it names a channel's kind. */
export interface Turn {
  workspaceId: WorkspaceId;
  bot: { botId: BotId; version: number; definition: BotDefinition };
  conversation: {
    conversationId: ConversationId;
    channelId: ChannelId;
    owner: Owner;
    /** What the bot core left here at the end of its last turn; `{}` at first. Opaque to everyone else. */
    state: JsonObject;
    /** Whether the bot or anyone else on our side has ever answered in this conversation. */
    hasReplies: boolean;
  };
  contact: { contactId: ContactId; name: string | null; attributes: JsonObject };
  /** Not yet answered, oldest first; never empty. */
  messages: readonly TurnMessage[];
  /** Older messages, oldest first; loaded only when a responder asks. */
  history(limit: number): Promise<readonly TurnMessage[]>;
  /** Aborted when the turn runs out of time or its worker ends. */
  signal: AbortSignal;
}

/** Something that must happen because of a turn, recorded in its commit. */
export type Effect = { kind: 'hand-over'; to: 'queue'; reason: string };

/** What a turn comes to. */
export interface TurnResult {
  outcome: 'answered' | 'silent';
  /** Each is one message, in order; empty for silence. */
  replies: readonly (readonly Content[])[];
  /** Replaces the conversation's state. */
  state: JsonObject;
  effects: readonly Effect[];
  trace: readonly TraceStep[];
}
