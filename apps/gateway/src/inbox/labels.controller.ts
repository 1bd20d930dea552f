import { Body, Controller, Delete, Get, Patch, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { Caller, type Principal, Scopes } from '#libs/access';
import { CreateLabel, Label, type LabelId, LabelList, Page, UpdateLabel } from '#libs/model';
import { idOfOperation, Labels, type OperationId, type PageOf } from '#libs/store';
import { actorOf } from '../http/actor.js';
import { Answers, Problems } from '../http/answers.js';
import { Id } from '../http/id-param.js';
import { IdempotencyHeader } from '../http/idempotency.interceptor.js';
import { Operation } from '../http/operation.js';

@ApiTags('Inbox')
@ApiBearerAuth()
@Problems()
@Controller('v1/labels')
@Scopes('messages:write')
export class LabelsController {
  constructor(private readonly labels: Labels) {}

  /** Makes a label. */
  @Post()
  @IdempotencyHeader()
  @Answers(201, Label, 'The label')
  create(
    @Caller() caller: Principal,
    @Body({ schema: CreateLabel }) body: CreateLabel,
    @Operation() operationId: OperationId | undefined,
  ): Promise<Label> {
    const labelId = operationId && idOfOperation('label', operationId);
    return this.labels.create(caller.workspaceId, body, actorOf(caller), labelId);
  }

  /** Lists labels by name. */
  @Get()
  @Scopes('conversations:read')
  @Answers(200, LabelList, 'A page of labels')
  list(@Caller() { workspaceId }: Principal, @Query({ schema: Page }) page: Page): Promise<PageOf<Label>> {
    return this.labels.list(workspaceId, page);
  }

  /** Changes a name or a colour. */
  @Patch(':id')
  @IdempotencyHeader()
  @Answers(200, Label, 'The label as it is now')
  update(
    @Caller() caller: Principal,
    @Id('label') labelId: LabelId,
    @Body({ schema: UpdateLabel }) body: UpdateLabel,
  ): Promise<Label> {
    return this.labels.update(caller.workspaceId, labelId, body, actorOf(caller));
  }

  /** Takes a label away, from all conversations too. */
  @Delete(':id')
  @IdempotencyHeader()
  @Answers(204, null, 'It is gone')
  delete(@Caller() caller: Principal, @Id('label') labelId: LabelId): Promise<void> {
    return this.labels.delete(caller.workspaceId, labelId, actorOf(caller));
  }
}
