import { Body, Controller, Delete, Get, Patch, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { Caller, type Principal, Scopes } from '#libs/access';
import {
  CannedReply,
  type CannedReplyId,
  CannedReplyList,
  CreateCannedReply,
  Page,
  RenderCannedReply,
  RenderedReply,
  UpdateCannedReply,
} from '#libs/model';
import { CannedReplies, type OperationId, type PageOf } from '#libs/store';
import { actorOf } from '../http/actor.js';
import { Answers, Problems } from '../http/answers.js';
import { Id } from '../http/id-param.js';
import { IdempotencyHeader } from '../http/idempotency.interceptor.js';
import { Operation } from '../http/operation.js';
import { CannedReplyService } from './canned-reply-service.js';

@ApiTags('Inbox')
@ApiBearerAuth()
@Problems()
@Controller('v1/canned-replies')
@Scopes('messages:write')
export class CannedRepliesController {
  constructor(
    private readonly replies: CannedReplies,
    private readonly service: CannedReplyService,
  ) {}

  /** Keeps an answer for the next time. */
  @Post()
  @IdempotencyHeader()
  @Answers(201, CannedReply, 'The reply')
  create(
    @Caller() caller: Principal,
    @Body({ schema: CreateCannedReply }) body: CreateCannedReply,
    @Operation() operationId: OperationId | undefined,
  ): Promise<CannedReply> {
    return this.service.create(caller.workspaceId, body, actorOf(caller), operationId);
  }

  /** Lists kept answers by shortcut. */
  @Get()
  @Scopes('conversations:read')
  @Answers(200, CannedReplyList, 'A page of replies')
  list(
    @Caller() { workspaceId }: Principal,
    @Query({ schema: Page }) page: Page,
  ): Promise<PageOf<CannedReply>> {
    return this.replies.list(workspaceId, page);
  }

  /** Changes a kept answer. */
  @Patch(':id')
  @IdempotencyHeader()
  @Answers(200, CannedReply, 'The reply as it is now')
  update(
    @Caller() caller: Principal,
    @Id('cannedReply') cannedReplyId: CannedReplyId,
    @Body({ schema: UpdateCannedReply }) body: UpdateCannedReply,
  ): Promise<CannedReply> {
    return this.service.update(caller.workspaceId, cannedReplyId, body, actorOf(caller));
  }

  /** Takes a kept answer away. */
  @Delete(':id')
  @IdempotencyHeader()
  @Answers(204, null, 'It is gone')
  delete(@Caller() caller: Principal, @Id('cannedReply') cannedReplyId: CannedReplyId): Promise<void> {
    return this.replies.delete(caller.workspaceId, cannedReplyId, actorOf(caller));
  }

  /** Fills a kept answer in for the person of a conversation. Sends nothing. */
  @Post(':id/render')
  @Scopes('conversations:read', 'contacts:read')
  @Answers(200, RenderedReply, 'What would be said')
  render(
    @Caller() caller: Principal,
    @Id('cannedReply') cannedReplyId: CannedReplyId,
    @Body({ schema: RenderCannedReply }) { conversation_id }: RenderCannedReply,
  ): Promise<RenderedReply> {
    return this.service.render(caller, cannedReplyId, conversation_id);
  }
}
