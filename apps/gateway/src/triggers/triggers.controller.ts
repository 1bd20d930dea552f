import { Body, Controller, Delete, Get, Patch, Post, Query, Req } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiHeader, ApiTags } from '@nestjs/swagger';
import { Caller, type Principal, Public, Scopes } from '#libs/access';
import {
  CreateTrigger,
  FiredTrigger,
  Page,
  RotateWebhookSecret,
  Trigger,
  type TriggerId,
  TriggerList,
  TriggerWithSecret,
  UpdateTrigger,
} from '#libs/model';
import { idOfOperation, type OperationId, Triggers } from '#libs/store';
import type { FastifyRequest } from 'fastify';
import { actorOf } from '../http/actor.js';
import { Answers, Problems } from '../http/answers.js';
import { Id } from '../http/id-param.js';
import { IdempotencyHeader } from '../http/idempotency.interceptor.js';
import { Operation, Repeatable } from '../http/operation.js';
import { TriggerService } from './trigger-service.js';

/** Doors through which other systems start something. */
@ApiTags('Triggers')
@ApiBearerAuth()
@Problems()
@Controller('v1/triggers')
@Scopes('triggers:write')
export class TriggersController {
  constructor(
    private readonly service: TriggerService,
    private readonly triggers: Triggers,
  ) {}

  /** Makes a trigger, with a secret of its own. */
  @Post()
  @IdempotencyHeader()
  @Repeatable()
  @Answers(201, TriggerWithSecret, 'The trigger, and the secret that signs what fires it')
  async create(
    @Caller() caller: Principal,
    @Body({ schema: CreateTrigger }) body: CreateTrigger,
    @Operation() operationId: OperationId | undefined,
  ): Promise<TriggerWithSecret> {
    const made = await this.triggers.create(caller.workspaceId, {
      ...body,
      secret: this.service.freshSecret(),
      triggerId: operationId && idOfOperation('trigger', operationId),
      actor: actorOf(caller),
    });
    return this.service.withSecret(made);
  }

  /** Lists triggers by creation. */
  @Get()
  @Scopes('triggers:read')
  @Answers(200, TriggerList, 'A page of triggers')
  async list(
    @Caller() { workspaceId }: Principal,
    @Query({ schema: Page }) page: Page,
  ): Promise<TriggerList> {
    const found = await this.triggers.list(workspaceId, page);
    return { ...found, data: found.data.map((one) => this.service.shown(one)) };
  }

  /** Reads one trigger. */
  @Get(':id')
  @Scopes('triggers:read')
  @Answers(200, Trigger, 'The trigger')
  async get(@Caller() { workspaceId }: Principal, @Id('trigger') triggerId: TriggerId): Promise<Trigger> {
    return this.service.shown(await this.triggers.get(workspaceId, triggerId));
  }

  /** Changes what a trigger does, disables it, or enables it again. */
  @Patch(':id')
  @IdempotencyHeader()
  @Answers(200, Trigger, 'The trigger as it is now')
  async update(
    @Caller() caller: Principal,
    @Id('trigger') triggerId: TriggerId,
    @Body({ schema: UpdateTrigger }) body: UpdateTrigger,
  ): Promise<Trigger> {
    return this.service.shown(
      await this.triggers.update(caller.workspaceId, triggerId, body, actorOf(caller)),
    );
  }

  /** Takes a trigger away: nothing fires it any more. */
  @Delete(':id')
  @IdempotencyHeader()
  @Answers(204, null, 'It is gone')
  remove(@Caller() caller: Principal, @Id('trigger') triggerId: TriggerId): Promise<void> {
    return this.triggers.remove(caller.workspaceId, triggerId, actorOf(caller));
  }

  /** Gives a trigger a new secret; for a while both hold, so that senders can change over. */
  @Post(':id/rotate-secret')
  @IdempotencyHeader()
  @Repeatable()
  @Answers(200, TriggerWithSecret, 'The trigger and its new secret')
  async rotate(
    @Caller() caller: Principal,
    @Id('trigger') triggerId: TriggerId,
    @Body({ schema: RotateWebhookSecret }) { overlap_seconds: overlap }: RotateWebhookSecret,
    @Operation() operationId: OperationId | undefined,
  ): Promise<TriggerWithSecret> {
    const made = await this.triggers.rotate(caller.workspaceId, triggerId, {
      secret: this.service.freshSecret(),
      overlapMs: overlap * 1_000,
      operationId,
      actor: actorOf(caller),
    });
    return this.service.withSecret(made);
  }

  /** Fires a trigger with any JSON, signed with its own secret; the same `webhook-id` is one effect, however often sent. */
  @Post(':id')
  @Public()
  @ApiHeader({
    name: 'webhook-id',
    required: true,
    description: 'Of your choice; the same one is one effect',
  })
  @ApiHeader({ name: 'webhook-timestamp', required: true, description: 'Seconds since 1970' })
  @ApiHeader({ name: 'webhook-signature', required: true, description: 'As Standard Webhooks says: `v1,…`' })
  @ApiBody({
    schema: { type: 'object', additionalProperties: true },
    description: 'What happened, as your system says it',
  })
  @Answers(202, FiredTrigger, 'What was started')
  fire(@Id('trigger') triggerId: TriggerId, @Req() request: FastifyRequest): Promise<FiredTrigger> {
    const headers = Object.entries(request.headers).map(([name, value]) => [
      name,
      [value ?? ''].flat().join(', '),
    ]);
    const body = Buffer.isBuffer(request.body) ? request.body : new Uint8Array();
    return this.service.fire(triggerId, {
      headers: Object.fromEntries(headers) as Record<string, string>,
      body,
    });
  }
}
