import { Body, Controller, Get, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { Caller, type Principal, Scopes } from '#libs/access';
import { collectedFields } from '#libs/bot';
import { writeHandover } from '#libs/events';
import {
  AnswerOffer,
  Conversation,
  type ConversationId,
  Handover,
  OfferConversation,
  OfferList,
} from '#libs/model';
import { Conversations, Handovers, Offers } from '#libs/store';
import { actorOf } from '../http/actor.js';
import { Answers, Problems } from '../http/answers.js';
import { Audited } from '../http/audited.js';
import { Id } from '../http/id-param.js';
import { IdempotencyHeader } from '../http/idempotency.interceptor.js';
import { OfferService } from './offer-service.js';

@ApiTags('Conversations')
@ApiBearerAuth()
@Problems()
@Controller('v1/conversations')
@Scopes('messages:write')
export class HandoffController {
  constructor(
    private readonly conversations: Conversations,
    private readonly handovers: Handovers,
    private readonly offers: Offers,
    private readonly service: OfferService,
  ) {}

  /** Reads what whoever takes the conversation over wants to know: reason, summary, contact, fields, transcript, traces. */
  @Get(':id/handover')
  @Audited('conversation.read')
  @Scopes('messages:read')
  @Answers(200, Handover, 'The hand-over')
  async handover(
    @Caller() { workspaceId }: Principal,
    @Id('conversation') conversationId: ConversationId,
  ): Promise<Handover> {
    return writeHandover(await this.handovers.facts(workspaceId, conversationId), collectedFields);
  }

  /** Lists who was asked to take the conversation, oldest first. */
  @Get(':id/offers')
  @Scopes('conversations:read')
  @Answers(200, OfferList, 'The newest 100 offers')
  async list(
    @Caller() { workspaceId }: Principal,
    @Id('conversation') conversationId: ConversationId,
  ): Promise<OfferList> {
    await this.conversations.get(workspaceId, conversationId);
    return { data: await this.offers.list(workspaceId, conversationId) };
  }

  /** Offers a conversation in the queue to operators, one after the other; those who were asked before are asked no more. */
  @Post(':id/offers')
  @IdempotencyHeader()
  @Answers(200, OfferList, 'The offers, the first of them made')
  async offer(
    @Caller() { workspaceId }: Principal,
    @Id('conversation') conversationId: ConversationId,
    @Body({ schema: OfferConversation }) input: OfferConversation,
  ): Promise<OfferList> {
    await this.service.begin(workspaceId, conversationId, input);
    return { data: await this.offers.list(workspaceId, conversationId) };
  }

  /** Answers an offer for an operator: who accepts has the conversation at once, who declines passes it to the next one. */
  @Post(':id/offers/answer')
  @IdempotencyHeader()
  @Answers(200, Conversation, 'The conversation with its owner')
  async answer(
    @Caller() caller: Principal,
    @Id('conversation') conversationId: ConversationId,
    @Body({ schema: AnswerOffer }) input: AnswerOffer,
  ): Promise<Conversation> {
    await this.service.answer(caller.workspaceId, conversationId, input, actorOf(caller));
    return this.conversations.get(caller.workspaceId, conversationId);
  }
}
