import { Body, Controller, Get, Post, Query, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { Caller, type Principal, Scopes } from '#libs/access';
import { CreateSend, Send, SendDryRun, type SendId, SendList, SendPage } from '#libs/model';
import { type OperationId, type PageOf, Sends } from '#libs/store';
import type { FastifyReply } from 'fastify';
import { AlsoAnswers, Answers, Problems } from '../http/answers.js';
import { Id } from '../http/id-param.js';
import { IdempotencyHeader } from '../http/idempotency.interceptor.js';
import { Operation } from '../http/operation.js';
import { SendService } from './send-service.js';

@ApiTags('Sends')
@ApiBearerAuth()
@Problems()
@Controller('v1/sends')
@Scopes('messages:write')
export class SendsController {
  constructor(
    private readonly service: SendService,
    private readonly sends: Sends,
  ) {}

  /** Says something to a contact or an address: now or at a time, by the next channel where one does not serve. */
  @Post()
  @IdempotencyHeader()
  @Answers(202, Send, 'The send, scheduled')
  @AlsoAnswers(200, SendDryRun, 'With `dry_run`: what would be sent')
  async create(
    @Caller() { workspaceId }: Principal,
    @Body({ schema: CreateSend }) body: CreateSend,
    @Operation() operationId: OperationId | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Send | SendDryRun> {
    if (!body.dry_run) return this.service.create(workspaceId, body, operationId);
    void reply.status(200);
    return this.service.dryRun(workspaceId, body);
  }

  /** Lists sends by creation. */
  @Get()
  @Scopes('messages:read')
  @Answers(200, SendList, 'A page of sends')
  list(
    @Caller() { workspaceId }: Principal,
    @Query({ schema: SendPage }) query: SendPage,
  ): Promise<PageOf<Send>> {
    const { batch_id: batchId, contact_id: contactId, state, ...page } = query;
    return this.sends.list(workspaceId, page, { batchId, contactId, state });
  }

  /** Reads one send, with what came of each channel. */
  @Get(':id')
  @Scopes('messages:read')
  @Answers(200, Send, 'The send')
  get(@Caller() { workspaceId }: Principal, @Id('send') sendId: SendId): Promise<Send> {
    return this.sends.get(workspaceId, sendId);
  }

  /** Calls off a send that has not begun. */
  @Post(':id/cancel')
  @IdempotencyHeader()
  @Answers(200, Send, 'The send, cancelled')
  cancel(@Caller() { workspaceId }: Principal, @Id('send') sendId: SendId): Promise<Send> {
    return this.sends.cancel(workspaceId, sendId);
  }
}
