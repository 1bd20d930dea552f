import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { Caller, type Principal, Scopes } from '#libs/access';
import {
  type BotId,
  KnowledgeGap,
  type KnowledgeGapId,
  KnowledgeGapList,
  KnowledgeGapPage,
  KnowledgeResult,
  SearchKnowledge,
} from '#libs/model';
import { KnowledgeGaps, type PageOf } from '#libs/store';
import { Answers, Problems } from '../http/answers.js';
import { Audited } from '../http/audited.js';
import { Id } from '../http/id-param.js';
import { KnowledgeService } from './knowledge-service.js';

@ApiTags('Knowledge')
@ApiBearerAuth()
@Problems()
@Controller('v1')
@Scopes('knowledge:read')
export class BotKnowledgeController {
  constructor(
    private readonly service: KnowledgeService,
    private readonly gaps: KnowledgeGaps,
  ) {}

  /** Searches what a bot knows, and says what it would do: answer, ask back, or pass. */
  @Post('bots/:id/knowledge/search')
  @Answers(200, KnowledgeResult, 'What was found')
  search(
    @Caller() { workspaceId }: Principal,
    @Id('bot') botId: BotId,
    @Body({ schema: SearchKnowledge }) body: SearchKnowledge,
  ): Promise<KnowledgeResult> {
    return this.service.searchAsBot(workspaceId, botId, body);
  }

  /** Lists what people asked and no bot could answer, most often asked first. */
  @Get('knowledge-gaps')
  @Audited('knowledge_gap.read')
  @Answers(200, KnowledgeGapList, 'A page of questions')
  listGaps(
    @Caller() { workspaceId }: Principal,
    @Query({ schema: KnowledgeGapPage }) { bot_id: botId, state, limit, cursor }: KnowledgeGapPage,
  ): Promise<PageOf<KnowledgeGap>> {
    return this.gaps.list(workspaceId, { state, botId }, { limit, cursor });
  }

  /** Puts a question aside; when it is asked again it is open again. */
  @Post('knowledge-gaps/:id/close')
  @Scopes('knowledge:write')
  @Answers(200, KnowledgeGap, 'The question')
  close(
    @Caller() { workspaceId }: Principal,
    @Id('knowledgeGap') gapId: KnowledgeGapId,
  ): Promise<KnowledgeGap> {
    return this.gaps.setState(workspaceId, gapId, 'closed');
  }

  /** Takes a question up again. */
  @Post('knowledge-gaps/:id/reopen')
  @Scopes('knowledge:write')
  @Answers(200, KnowledgeGap, 'The question')
  reopen(
    @Caller() { workspaceId }: Principal,
    @Id('knowledgeGap') gapId: KnowledgeGapId,
  ): Promise<KnowledgeGap> {
    return this.gaps.setState(workspaceId, gapId, 'open');
  }
}
