import { Injectable } from '@nestjs/common';
import { stateAfterSending } from '#libs/bot';
import { isFault } from '#libs/faults';
import { uuidOf } from '#libs/model';
import { Logger } from '#libs/observe';
import { Outbox } from '#libs/outbound';
import {
  addressOfThread,
  Bots,
  idOfOperation,
  type LoadedChannel,
  type OperationId,
  type StoredSession,
} from '#libs/store';

/** Lets the bot of a channel say hello. */
@Injectable()
export class Greeter {
  constructor(
    private readonly bots: Bots,
    private readonly outbox: Outbox,
    private readonly logger: Logger,
  ) {}

  /** Sends the greeting once, if the bot has one. A greeting that cannot be sent keeps nobody from writing. */
  async greet(channel: LoadedChannel, session: StoredSession): Promise<void> {
    if (channel.botId === null) return;
    try {
      const bot = await this.bots.definitionOf(channel.workspaceId, channel.botId);
      if (bot?.definition.greeting) await this.#say(channel, session, bot.definition.greeting);
    } catch (error) {
      if (isFault(error, 'state/already-exists')) return;
      this.logger.fault(error, { during: 'greeting', conversationId: session.conversationId });
    }
  }

  async #say(
    channel: LoadedChannel,
    { workspaceId, conversationId, thread }: StoredSession,
    greeting: Parameters<typeof stateAfterSending>[1][number],
  ): Promise<void> {
    const operation = uuidOf(conversationId) as OperationId;
    await this.outbox.say({
      workspaceId,
      conversationId,
      channel,
      thread,
      address: addressOfThread(thread),
      contents: [greeting],
      author: 'bot',
      botState: stateAfterSending({}, [greeting]),
      // The conversation has one greeting, whoever tries to send it, and however often.
      messageIds: [idOfOperation('message', operation, 'greeting')],
    });
  }
}
