import { Injectable } from '@nestjs/common';
import { ConversationStreams, type LiveEvent, type Unsubscribe } from '#libs/events';
import type { ConversationEvent, ConversationId, Message, WorkspaceId } from '#libs/model';
import { Logger } from '#libs/observe';
import { type Answer, Conversations } from '#libs/store';
import { InFlight } from '../http/in-flight.js';
import { SseBody } from '../http/sse.js';
import type { Taken } from './speaking.js';

/** Longest a stream waits for its turn. */
const TURN_MS = 120_000;

const isTurnEvent = ({ type }: ConversationEvent): boolean =>
  type === 'turn.completed' || type === 'turn.failed';

/** Streams what happens in a conversation until the turn that answers one message has ended. */
@Injectable()
export class TurnStream {
  constructor(
    private readonly conversations: Conversations,
    private readonly streams: ConversationStreams,
    private readonly inFlight: InFlight,
    private readonly logger: Logger,
  ) {}

  /**
   * Begins to listen, says the message, and streams what follows.
   *
   * The stream always ends with `turn.completed` or `turn.failed`.
   *
   * @param say  hands the message in; what it throws, this throws, and there is no stream
   */
  async open(
    workspaceId: WorkspaceId,
    conversationId: ConversationId,
    say: () => Promise<Taken>,
  ): Promise<SseBody> {
    const afterSeq = await this.streams.headOf(workspaceId, conversationId);
    const taken = await say();
    const body = new SseBody();
    if (taken.isDuplicate && (await this.#tellAgain(workspaceId, conversationId, taken, body))) return body;
    this.#follow(workspaceId, conversationId, afterSeq, taken, body);
    return body;
  }

  #follow(
    workspaceId: WorkspaceId,
    conversationId: ConversationId,
    afterSeq: number,
    taken: Taken,
    body: SseBody,
  ): void {
    const giveUp = (): void => end(failure(conversationId));
    const timer = setTimeout(giveUp, TURN_MS);
    this.inFlight.stopping.addEventListener('abort', giveUp, { once: true });
    let leave: Unsubscribe = () => undefined;
    body.once('close', () => {
      clearTimeout(timer);
      this.inFlight.stopping.removeEventListener('abort', giveUp);
      leave();
    });
    const end = (last: { event: string; data: unknown } | null): void => {
      if (last) body.send(last);
      leave();
      body.finish();
    };
    // A turn that ended may be one that began before this message: only the store knows. Events wait for that look.
    const tell = async (event: ConversationEvent): Promise<void> => {
      const answer = isTurnEvent(event)
        ? await this.conversations.answerTo(workspaceId, taken.eventId)
        : null;
      body.send({ id: event.seq, event: event.type, data: event });
      if (answer?.turn) end(null);
    };
    let told = Promise.resolve();
    const event = (happened: ConversationEvent): void => {
      told = told
        .then(() => tell(happened))
        .catch((error: unknown) => {
          this.logger.fault(error, { during: 'streaming a turn' });
          giveUp();
        });
    };
    // Words that are still being written; whatever else is heard live is left to the stream of the conversation.
    const live = (heard: LiveEvent): void => {
      if (heard.type === 'message.delta') body.send({ event: heard.type, data: heard });
    };
    leave = this.streams.follow(workspaceId, conversationId, afterSeq, { event, live, end: giveUp });
  }

  /** A message that was answered before: tells the answer once more. @returns false when it was not answered yet */
  async #tellAgain(
    workspaceId: WorkspaceId,
    conversationId: ConversationId,
    taken: Taken,
    body: SseBody,
  ): Promise<boolean> {
    const answer = await this.conversations.answerTo(workspaceId, taken.eventId);
    if (answer.turn === null) return false;
    for (const event of retold(conversationId, answer)) body.send(event);
    body.finish();
    return true;
  }
}

function retold(conversationId: ConversationId, answer: Answer): { event: string; data: unknown }[] {
  const said = answer.message ? [answer.message, ...answer.replies] : answer.replies;
  const created = said.map((message: Message) => ({
    event: 'message.created',
    data: line('message.created', conversationId, message.recorded_at, { message }),
  }));
  const last = answer.turn?.outcome === 'failed' ? 'turn.failed' : 'turn.completed';
  const data = { turn_id: answer.turn?.turnId, outcome: answer.turn?.outcome };
  return [...created, { event: last, data: line(last, conversationId, new Date().toISOString(), data) }];
}

function failure(conversationId: ConversationId): { event: string; data: unknown } {
  const data = { code: 'state/bot-timeout', detail: 'The turn has not ended yet: follow the conversation.' };
  return {
    event: 'turn.failed',
    data: line('turn.failed', conversationId, new Date().toISOString(), data),
  };
}

function line(type: string, conversationId: ConversationId, occurredAt: string, data: object): object {
  return { type, conversation_id: conversationId, occurred_at: occurredAt, data };
}
