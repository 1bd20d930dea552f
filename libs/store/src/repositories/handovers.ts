import { Injectable } from '@nestjs/common';
import {
  idOf,
  uuidOf,
  type Conversation,
  type ConversationId,
  type JsonObject,
  type Message,
  type TraceStep,
  type TurnId,
  type WorkspaceId,
} from '#libs/model';
import { Database } from '../database.js';
import { Conversations } from './conversations.js';

const MESSAGES = 50;
const TURNS = 5;
/** Goals that are shown: the newest. */
const GOALS = 20;

/** What is stored of a conversation that somebody takes over. */
export interface HandoverFacts {
  conversation: Conversation;
  attributes: JsonObject;
  /** What the bot keeps; only the bot core can read it. */
  botState: JsonObject;
  /** The last time that the bot asked for a person; null: never. */
  requested: { at: Date; data: JsonObject } | null;
  /** Oldest first. */
  goals: JsonObject[];
  messages: Message[];
  turns: { turnId: TurnId; outcome: string; trace: TraceStep[] }[];
}

/** Reads what whoever takes a conversation over wants to know. */
@Injectable()
export class Handovers {
  constructor(
    private readonly database: Database,
    private readonly conversations: Conversations,
  ) {}

  /** @throws Fault `state/not-found` */
  async facts(workspaceId: WorkspaceId, conversationId: ConversationId): Promise<HandoverFacts> {
    const conversation = await this.conversations.get(workspaceId, conversationId);
    const place = { workspaceId: uuidOf(workspaceId), conversationId: uuidOf(conversationId) };
    const stored = await this.database.withWorkspace(workspaceId, async (tx) => {
      const row = await tx.conversation.findUniqueOrThrow({
        where: { workspaceId_id: { workspaceId: place.workspaceId, id: place.conversationId } },
        select: { botState: true, contact: { select: { attributes: true } } },
      });
      const turns = await tx.turn.findMany({ where: place, orderBy: { endedAt: 'desc' }, take: TURNS });
      const asked = { where: { ...place, type: 'handoff.requested' }, orderBy: { seq: 'desc' } } as const;
      const requested = await tx.event.findFirst(asked);
      const reached = { where: { ...place, type: 'goal.reached' }, orderBy: { seq: 'desc' } } as const;
      const goals = await tx.event.findMany({ ...reached, take: GOALS });
      return { row, turns, requested, goals };
    });
    const page = { limit: MESSAGES, order: 'desc' as const };
    const messages = await this.conversations.messages(workspaceId, conversationId, page);
    const { row, turns, requested, goals } = stored;
    return {
      conversation,
      attributes: row.contact.attributes as JsonObject,
      botState: row.botState as JsonObject,
      requested: requested && { at: requested.occurredAt, data: requested.data as JsonObject },
      goals: goals.toReversed().map(({ data }) => data as JsonObject),
      messages: messages.data.toReversed(),
      turns: turns.toReversed().map(({ id, outcome, trace }) => ({
        turnId: idOf('turn', id),
        outcome,
        trace: trace as unknown as TraceStep[],
      })),
    };
  }
}
