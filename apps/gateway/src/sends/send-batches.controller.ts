import { Body, Controller, Get, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { Caller, type Principal, Scopes } from '#libs/access';
import { CancelledSends, CreateSendBatch, SendBatch, type SendBatchId } from '#libs/model';
import { type OperationId, Sends } from '#libs/store';
import { Answers, Problems } from '../http/answers.js';
import { Id } from '../http/id-param.js';
import { IdempotencyHeader } from '../http/idempotency.interceptor.js';
import { Operation } from '../http/operation.js';
import { SendService } from './send-service.js';

@ApiTags('Sends')
@ApiBearerAuth()
@Problems()
@Controller('v1/send-batches')
@Scopes('messages:write')
export class SendBatchesController {
  constructor(
    private readonly service: SendService,
    private readonly sends: Sends,
  ) {}

  /** Says the same to up to 1000 people: one send each, none before all are written down. */
  @Post()
  @IdempotencyHeader()
  @Answers(202, SendBatch, 'The batch; `GET /v1/sends?batch_id=` lists its sends')
  create(
    @Caller() { workspaceId }: Principal,
    @Body({ schema: CreateSendBatch }) body: CreateSendBatch,
    @Operation() operationId: OperationId | undefined,
  ): Promise<SendBatch> {
    return this.service.createBatch(workspaceId, body, operationId);
  }

  /** Reports how the sends of a batch went. */
  @Get(':id')
  @Scopes('messages:read')
  @Answers(200, SendBatch, 'The report')
  get(@Caller() { workspaceId }: Principal, @Id('sendBatch') batchId: SendBatchId): Promise<SendBatch> {
    return this.sends.batch(workspaceId, batchId);
  }

  /** Calls off what has not begun of a batch. */
  @Post(':id/cancel')
  @IdempotencyHeader()
  @Answers(200, CancelledSends, 'How many')
  async cancel(
    @Caller() { workspaceId }: Principal,
    @Id('sendBatch') batchId: SendBatchId,
  ): Promise<CancelledSends> {
    return { cancelled: await this.sends.cancelBatch(workspaceId, batchId) };
  }
}
