import type { BotDefinition, Owner, TraceStep } from './bot.js';
import type { Content } from './content.js';
import type { BotId, ChannelId, ContactId, ConversationId, FactId, MessageId, WorkspaceId } from './ids.js';

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

/** A piece of the bot's knowledge that a search found. */
export interface KnowledgePassage {
  passageId: string;
  /** Of its source. */
  title: string;
  text: string;
  /** Where a person can read it; null when nowhere. */
  url: string | null;
  /** 0 to 1, higher is nearer. */
  score: number;
  /** The headings above it, or the question that it answers. */
  heading?: string | undefined;
  /** What can be said of it as it is: the answer of a question, or its sentences that are nearest to what was asked. */
  answer?: string | undefined;
}

/** Something that is known of a contact across conversations. */
export interface ContactFact {
  factId: FactId;
  text: string;
  /** Who noted it, and where. */
  source: string;
  /** ISO 8601 instants. */
  notedAt: string;
  expiresAt: string;
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
  /** Not yet answered, oldest first; empty only when there are signals. */
  messages: readonly TurnMessage[];
  /** What else happened since the last turn, oldest first; absent on runs that have nothing of it. */
  signals?: readonly TurnSignal[] | undefined;
  /** What may be said about the channel without naming its kind. */
  channel?: { label: string } | undefined;
  /** Older messages, oldest first; loaded only when a responder asks. */
  history(limit: number): Promise<readonly TurnMessage[]>;
  /** What the bot knows; absent where it has no knowledge. Best first. */
  knowledge?:
    { search(query: string, options: { limit: number }): Promise<readonly KnowledgePassage[]> } | undefined;
  /** What is known of this contact and nobody else, newest first, nothing expired; absent where nothing is kept. */
  facts?: ((limit: number) => Promise<readonly ContactFact[]>) | undefined;
  /** Aborted when the turn runs out of time or its worker ends. */
  signal: AbortSignal;
  /** Aborted when the person wants no more of the answer: what is written until then is the answer. */
  stopped?: AbortSignal | undefined;
}

/**
 * Something other than a message that a turn is run for.
 *
 * `result` answers a `call` effect of an earlier turn; `timer` says that the `wakesAt` of the last turn has passed;
 * `event` is something named that happened elsewhere; `flow` asks for a flow to begin; `owner` says that the bot owns the conversation again,
 * `unanswered` because nobody took it, `closed` because whoever had it is done.
 * Each may come late or twice: the bot core does nothing on one that it does not wait for.
 */
export type TurnSignal =
  | { kind: 'result'; callId: string; ok: true; value: Json }
  | { kind: 'result'; callId: string; ok: false; code: string }
  | { kind: 'timer' }
  | { kind: 'event'; name: string; data: JsonObject }
  | { kind: 'flow'; flow: string; fields: JsonObject }
  | { kind: 'owner'; unanswered?: boolean | undefined; closed?: boolean | undefined };

/** A signal as it stands in a conversation's mailbox, among what people said. Only Parley makes it, no connector. */
export interface SignalEvent {
  kind: 'signal';
  /** The same one is stored once. */
  event_key: string;
  thread: string;
  signal: TurnSignal;
}

/** Something that must happen because of a turn, recorded in its commit. */
export type Effect =
  | { kind: 'hand-over'; to: 'queue'; reason: string; department?: string | undefined }
  /**
   * Run a tool (`tool`) or a named function of the plugin folder (`hook`) once, and give the outcome to a later turn
   * as a signal. The `callId` is the same when a failed turn is run again: it is the idempotency key.
   */
  | {
      kind: 'call';
      what: 'tool' | 'hook';
      name: string;
      callId: string;
      input: JsonObject;
      timeoutMs: number;
    }
  | { kind: 'set-contact'; fields: JsonObject }
  | { kind: 'goal'; goal: string; data: JsonObject }
  /** How it was, from 1 to 5; with a comment when that comes, the score being the one that was told before. */
  | { kind: 'csat'; score: number; comment: string | null; after: 'operator' | 'bot' }
  /** Keep a fact of the contact of this conversation; the same words again only make it last longer. */
  | { kind: 'remember'; text: string; source: string; expiresAt: string }
  /** Ask an operator whether a tool may run; the decision comes as a `result` of a later turn: `{ approved }`. */
  | { kind: 'ask-operator'; callId: string; tool: string; input: JsonObject; expiresAt: string };

/** What a turn comes to. */
export interface TurnResult {
  outcome: 'answered' | 'silent';
  /** Each is one message, in order; empty for silence. */
  replies: readonly (readonly Content[])[];
  /** Replaces the conversation's state. */
  state: JsonObject;
  effects: readonly Effect[];
  trace: readonly TraceStep[];
  /** When the bot wants a turn with a `timer` signal although nobody wrote; ISO 8601. Replaces what was asked before. */
  wakesAt?: string | undefined;
  /** The node of a flow that waits now; absent where none does. For reports, never for an answer. */
  waitsAt?: { flow: string; node: string } | undefined;
}
