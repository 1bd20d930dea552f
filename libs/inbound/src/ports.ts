import type { BotId, Content, JsonObject, Turn, TurnResult } from '#libs/model';
import type { LoadedChannel, NewDelivery, OpenConversation } from '#libs/store';

/** Answers turns: the bot core, bound by the worker. */
export abstract class TurnRunner {
  /** @throws a Fault, with the `trace` so far when it has one */
  abstract answer(turn: Turn): Promise<TurnResult>;
  /**
   * The version of a bot in which a conversation is under way; null when nothing is.
   *
   * @param state  of the conversation, as the bot left it
   */
  abstract heldVersion(state: JsonObject, botId: BotId): number | null;
}

/** Where replies will go: the outbound room, bound by the worker. */
export abstract class ReplyPlanner {
  /**
   * Pure: one message's content as deliveries, not yet tied to a message.
   *
   * @returns empty when the channel can carry nothing of it
   */
  abstract plan(
    channel: LoadedChannel,
    conversation: Pick<OpenConversation, 'address'> & { thread: string },
    content: readonly Content[],
  ): Omit<NewDelivery, 'deliveryId' | 'messageId'>[];
}

/** Tells others what a commit brought. Best effort. */
export abstract class CommitSignals {
  /** Conversations have new events, and perhaps deliveries that are due and files that are to be fetched. */
  abstract committed(changes: {
    conversationId: OpenConversation['conversationId'];
    hasDeliveries: boolean;
    hasMedia?: boolean;
    hasErrands?: boolean;
  }): void;
  /** A turn takes long enough for people to be told. */
  abstract thinking(conversationId: OpenConversation['conversationId']): void;
}
