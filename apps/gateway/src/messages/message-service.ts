import { Injectable, type StreamableFile } from '@nestjs/common';
import type { Principal } from '#libs/access';
import { TurnWaiter } from '#libs/events';
import type { CreateMessage, MessageAnswer } from '#libs/model';
import { type OperationId, Sessions, type StoredSession } from '#libs/store';
import { InFlight } from '../http/in-flight.js';
import { requireTestSession } from '../sessions/test-sessions.js';
import { type Place, type Said, Speaking, type Taken } from './speaking.js';
import { contentsOf } from './spoken.js';
import { TurnStream } from './turn-stream.js';

/** How long an answer is waited for. */
const WAIT_MS = 30_000;

/** Takes messages over the API, and answers in the way that the caller asked for. */
@Injectable()
export class MessageService {
  constructor(
    private readonly speaking: Speaking,
    private readonly sessions: Sessions,
    private readonly turns: TurnWaiter,
    private readonly turnStream: TurnStream,
    private readonly inFlight: InFlight,
  ) {}

  /**
   * Takes a message.
   *
   * @param operationId  of a write that may be repeated: the message is then the same one
   * @returns the answer, `pending` when it was not awaited or took longer than 30 s; for `stream` the events
   * @throws Fault `access/test-key` for a test key in a session that none began; `state/not-found`, `state/gone`, `input/invalid`, `store/unavailable`
   */
  async create(
    { workspaceId, isTest = false }: Principal,
    body: CreateMessage,
    operationId: OperationId | undefined,
  ): Promise<MessageAnswer | StreamableFile> {
    const place = await this.#placeOf(workspaceId, body);
    if (isTest) requireTestSession(await this.#sessionOf(body));
    const said: Said = {
      contents: contentsOf(body),
      clientId: body.client_id ?? operationId,
      metadata: body.metadata,
    };
    const say = (): Promise<Taken> => this.speaking.say(place, said);
    switch (body.respond) {
      case 'async':
        return pending(await say(), place);
      case 'wait':
        return this.#wait(workspaceId, place, say);
      case 'stream':
        return (await this.turnStream.open(workspaceId, place.conversationId, say)).asAnswer();
    }
  }

  async #sessionOf({ session_id: sessionId }: CreateMessage): Promise<StoredSession | null> {
    return sessionId === undefined ? null : this.sessions.get(sessionId);
  }

  #placeOf(workspaceId: Principal['workspaceId'], body: CreateMessage): Promise<Place> {
    if (body.session_id !== undefined) return this.speaking.placeOfSession(workspaceId, body.session_id);
    return this.speaking.placeOfConversation(workspaceId, body.conversation_id!);
  }

  async #wait(
    workspaceId: Principal['workspaceId'],
    place: Place,
    say: () => Promise<Taken>,
  ): Promise<MessageAnswer> {
    const wait = this.turns.listen(workspaceId, place.conversationId);
    const taken = await say().catch((error: unknown) => {
      wait.cancel();
      throw error;
    });
    const { message, turn, replies } = await wait.answerTo(taken.eventId, WAIT_MS, this.inFlight.stopping);
    return {
      message,
      event_id: taken.eventId,
      conversation_id: place.conversationId,
      status: turn ? 'completed' : 'pending',
      replies,
      turn_id: turn?.turnId ?? null,
    };
  }
}

function pending(taken: Taken, place: Place): MessageAnswer {
  return {
    message: null,
    event_id: taken.eventId,
    conversation_id: place.conversationId,
    status: 'pending',
    replies: [],
    turn_id: null,
  };
}
