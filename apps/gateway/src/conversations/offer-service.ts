import { Injectable } from '@nestjs/common';
import type { AnswerOffer, ConversationId, OfferConversation, WorkspaceId } from '#libs/model';
import { Bell } from '#libs/queue';
import { Offers, type Actor } from '#libs/store';

/** Offers of conversations in the queue, with those told who follow them. */
@Injectable()
export class OfferService {
  constructor(
    private readonly offers: Offers,
    private readonly bell: Bell,
  ) {}

  /** @throws Fault `state/not-found`, `state/conflict` */
  async begin(
    workspaceId: WorkspaceId,
    conversationId: ConversationId,
    { operators, timeout_s: seconds }: OfferConversation,
  ): Promise<void> {
    // Nobody is asked twice in one round.
    const once = [...new Set(operators)];
    await this.offers.begin(workspaceId, conversationId, { operators: once, timeoutMs: seconds * 1_000 });
    this.bell.ring('conversation', { ids: [conversationId] });
  }

  /** @throws Fault `state/not-found`, `state/conflict` */
  async answer(
    workspaceId: WorkspaceId,
    conversationId: ConversationId,
    { operator, answer, reason }: AnswerOffer,
    by: Actor,
  ): Promise<void> {
    const given = { operator, accepts: answer === 'accept', reason: reason ?? null, by };
    await this.offers.answer(workspaceId, conversationId, given);
    this.bell.ring('conversation', { ids: [conversationId] });
  }
}
