import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { Caller, type Principal, Scopes } from '#libs/access';
import { type ApprovalId, DecideApproval, Page, ToolApproval, ToolApprovalList } from '#libs/model';
import { Approvals, type PageOf, type StoredApproval } from '#libs/store';
import { z } from 'zod';
import { actorOf } from '../http/actor.js';
import { Answers, Problems } from '../http/answers.js';
import { Audited } from '../http/audited.js';
import { Id } from '../http/id-param.js';
import { IdempotencyHeader } from '../http/idempotency.interceptor.js';
import { ApprovalService } from './approval-service.js';

const ApprovalPage = Page.extend({
  status: z.enum(['waiting', 'all']).default('waiting').describe('waiting: what can still be decided'),
});

@ApiTags('Operations')
@ApiBearerAuth()
@Problems()
@Controller('v1/approvals')
@Scopes('messages:write')
export class ApprovalsController {
  constructor(
    private readonly approvals: Approvals,
    private readonly service: ApprovalService,
  ) {}

  /** Lists tools that bots want to run and an operator decides about. */
  @Get()
  @Audited('approval.read')
  @Scopes('conversations:read')
  @Answers(200, ToolApprovalList, 'A page of them, by creation')
  async list(
    @Caller() { workspaceId }: Principal,
    @Query({ schema: ApprovalPage }) { status, ...page }: z.infer<typeof ApprovalPage>,
  ): Promise<PageOf<ToolApproval>> {
    const found = await this.approvals.list(workspaceId, page, { isWaiting: status === 'waiting' });
    return { ...found, data: found.data.map(shown) };
  }

  /** Decides once and for all; the bot goes on with it at once. */
  @Post(':id/decision')
  @IdempotencyHeader()
  @Answers(200, ToolApproval, 'As it is decided')
  async decide(
    @Caller() caller: Principal,
    @Id('approval') approvalId: ApprovalId,
    @Body({ schema: DecideApproval }) { decision }: DecideApproval,
  ): Promise<ToolApproval> {
    const input = { isApproved: decision === 'approve', actor: actorOf(caller) };
    return shown(await this.service.decide(caller.workspaceId, approvalId, input));
  }
}

function shown(approval: StoredApproval): ToolApproval {
  return {
    id: approval.approvalId,
    conversation_id: approval.conversationId,
    tool: approval.tool,
    input: approval.input,
    status: approval.status,
    decided_by: approval.decidedBy,
    decided_at: approval.decidedAt?.toISOString() ?? null,
    expires_at: approval.expiresAt.toISOString(),
    created_at: approval.createdAt.toISOString(),
  };
}
