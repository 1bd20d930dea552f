import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { Caller, type Principal, Scopes } from '#libs/access';
import {
  ApproveBotProposal,
  BotId,
  BotProposal,
  type BotProposalId,
  BotProposalList,
  CreateBotProposal,
  Page,
} from '#libs/model';
import { BotProposals, type PageOf } from '#libs/store';
import { z } from 'zod';
import { actorOf } from '../http/actor.js';
import { Answers, Problems } from '../http/answers.js';
import { Audited } from '../http/audited.js';
import { Id } from '../http/id-param.js';
import { IdempotencyHeader } from '../http/idempotency.interceptor.js';
import { LearningService } from './learning-service.js';

const ProposalPage = Page.extend({
  bot_id: BotId.optional(),
  state: z.enum(['waiting', 'approved', 'dismissed']).default('waiting'),
});

@ApiTags('Bots')
@ApiBearerAuth()
@Problems()
@Controller('v1')
@Scopes('bots:write')
export class BotProposalsController {
  constructor(
    private readonly proposals: BotProposals,
    private readonly service: LearningService,
  ) {}

  /** Proposes what a bot should have understood or said; it waits until somebody agrees. */
  @Post('bots/:id/proposals')
  @Scopes('messages:write')
  @IdempotencyHeader()
  @Answers(201, BotProposal, 'The proposal')
  propose(
    @Caller() { workspaceId }: Principal,
    @Id('bot') botId: BotId,
    @Body({ schema: CreateBotProposal }) body: CreateBotProposal,
  ): Promise<BotProposal> {
    return this.service.propose(workspaceId, botId, body);
  }

  /** Lists what bots could learn: corrections of operators, and questions that nobody could answer. */
  @Get('bot-proposals')
  @Audited('bot_proposal.read')
  @Scopes('bots:read')
  @Answers(200, BotProposalList, 'A page of proposals')
  list(
    @Caller() { workspaceId }: Principal,
    @Query({ schema: ProposalPage }) { bot_id: botId, state, ...page }: z.infer<typeof ProposalPage>,
  ): Promise<PageOf<BotProposal>> {
    return this.proposals.list(workspaceId, page, { state, botId });
  }

  /** Puts a proposal into the draft of its bot; it answers once that is published. */
  @Post('bot-proposals/:id/approve')
  @IdempotencyHeader()
  @Answers(200, BotProposal, 'As it was learned')
  approve(
    @Caller() caller: Principal,
    @Id('botProposal') proposalId: BotProposalId,
    @Body({ schema: ApproveBotProposal }) change: ApproveBotProposal,
  ): Promise<BotProposal> {
    return this.service.approve(caller.workspaceId, proposalId, change, actorOf(caller));
  }

  /** Puts a proposal aside. */
  @Post('bot-proposals/:id/dismiss')
  @IdempotencyHeader()
  @Answers(200, BotProposal, 'The proposal')
  dismiss(@Caller() caller: Principal, @Id('botProposal') proposalId: BotProposalId): Promise<BotProposal> {
    return this.proposals.dismiss(caller.workspaceId, proposalId, actorOf(caller));
  }
}
