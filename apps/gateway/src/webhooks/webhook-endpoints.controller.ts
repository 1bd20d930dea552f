import { Body, Controller, Delete, Get, Patch, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { Caller, type Principal, Scopes } from '#libs/access';
import {
  CreateWebhookEndpoint,
  Page,
  RecoverWebhooks,
  RotateWebhookSecret,
  UpdateWebhookEndpoint,
  WebhookDelivery,
  WebhookDeliveryList,
  WebhookDeliveryPage,
  WebhookEndpoint,
  type WebhookEndpointId,
  WebhookEndpointList,
  WebhookEndpointWithSecret,
  WebhookRecovery,
} from '#libs/model';
import { idOfOperation, type OperationId, type PageOf, WebhookEndpoints, WebhookLog } from '#libs/store';
import { actorOf } from '../http/actor.js';
import { Answers, Problems } from '../http/answers.js';
import { Id } from '../http/id-param.js';
import { IdempotencyHeader } from '../http/idempotency.interceptor.js';
import { Operation, Repeatable } from '../http/operation.js';
import { WebhookService } from './webhook-service.js';

@ApiTags('Webhooks')
@ApiBearerAuth()
@Problems()
@Controller('v1/webhook-endpoints')
@Scopes('webhooks:write')
export class WebhookEndpointsController {
  constructor(
    private readonly service: WebhookService,
    private readonly endpoints: WebhookEndpoints,
    private readonly log: WebhookLog,
  ) {}

  /** Subscribes an address to events, from now on. */
  @Post()
  @IdempotencyHeader()
  @Repeatable()
  @Answers(201, WebhookEndpointWithSecret, 'The endpoint, and the secret that signs what it gets')
  create(
    @Caller() caller: Principal,
    @Body({ schema: CreateWebhookEndpoint }) body: CreateWebhookEndpoint,
    @Operation() operationId: OperationId | undefined,
  ): Promise<WebhookEndpointWithSecret> {
    return this.service.create(caller.workspaceId, body, actorOf(caller), operationId);
  }

  /** Lists endpoints by creation. */
  @Get()
  @Scopes('webhooks:read')
  @Answers(200, WebhookEndpointList, 'A page of endpoints')
  list(
    @Caller() { workspaceId }: Principal,
    @Query({ schema: Page }) page: Page,
  ): Promise<PageOf<WebhookEndpoint>> {
    return this.endpoints.list(workspaceId, page);
  }

  /** Reads one endpoint. */
  @Get(':id')
  @Scopes('webhooks:read')
  @Answers(200, WebhookEndpoint, 'The endpoint')
  get(
    @Caller() { workspaceId }: Principal,
    @Id('webhookEndpoint') endpointId: WebhookEndpointId,
  ): Promise<WebhookEndpoint> {
    return this.endpoints.get(workspaceId, endpointId);
  }

  /** Changes an endpoint, disables it, or enables it again. */
  @Patch(':id')
  @IdempotencyHeader()
  @Answers(200, WebhookEndpoint, 'The endpoint as it is now')
  update(
    @Caller() caller: Principal,
    @Id('webhookEndpoint') endpointId: WebhookEndpointId,
    @Body({ schema: UpdateWebhookEndpoint }) body: UpdateWebhookEndpoint,
  ): Promise<WebhookEndpoint> {
    return this.service.update(caller.workspaceId, endpointId, body, actorOf(caller));
  }

  /** Takes an endpoint away, with the log of what it got. */
  @Delete(':id')
  @IdempotencyHeader()
  @Answers(204, null, 'It gets nothing any more')
  remove(@Caller() caller: Principal, @Id('webhookEndpoint') endpointId: WebhookEndpointId): Promise<void> {
    return this.endpoints.remove(caller.workspaceId, endpointId, actorOf(caller));
  }

  /** Gives an endpoint a new secret; for a while both sign, so that receivers can change over. */
  @Post(':id/rotate-secret')
  @IdempotencyHeader()
  @Repeatable()
  @Answers(200, WebhookEndpointWithSecret, 'The endpoint and its new secret')
  rotate(
    @Caller() caller: Principal,
    @Id('webhookEndpoint') endpointId: WebhookEndpointId,
    @Body({ schema: RotateWebhookSecret }) body: RotateWebhookSecret,
    @Operation() operationId: OperationId | undefined,
  ): Promise<WebhookEndpointWithSecret> {
    return this.service.rotate(caller.workspaceId, endpointId, body, actorOf(caller), operationId);
  }

  /** Sends `webhook.test` to an endpoint; its delivery shows what came back. */
  @Post(':id/test')
  @IdempotencyHeader()
  @Answers(202, WebhookDelivery, 'The delivery, which is under way')
  test(
    @Caller() { workspaceId }: Principal,
    @Id('webhookEndpoint') endpointId: WebhookEndpointId,
    @Operation() operationId: OperationId | undefined,
  ): Promise<WebhookDelivery> {
    return this.log.test(
      workspaceId,
      endpointId,
      operationId && idOfOperation('webhookDelivery', operationId),
    );
  }

  /** Lists what was sent to an endpoint, and how that went; kept for 30 days. */
  @Get(':id/deliveries')
  @Scopes('webhooks:read')
  @Answers(200, WebhookDeliveryList, 'A page of deliveries')
  deliveries(
    @Caller() { workspaceId }: Principal,
    @Id('webhookEndpoint') endpointId: WebhookEndpointId,
    @Query({ schema: WebhookDeliveryPage }) page: WebhookDeliveryPage,
  ): Promise<PageOf<WebhookDelivery>> {
    return this.log.list(workspaceId, endpointId, page);
  }

  /** Sends the events of a time again, and those that the endpoint missed; each under the id that it had. */
  @Post(':id/recover')
  @IdempotencyHeader()
  @Answers(202, WebhookRecovery, 'They are queued')
  async recover(
    @Caller() caller: Principal,
    @Id('webhookEndpoint') endpointId: WebhookEndpointId,
    @Body({ schema: RecoverWebhooks }) body: RecoverWebhooks,
  ): Promise<WebhookRecovery> {
    const range = {
      since: new Date(body.since),
      until: body.until === undefined ? new Date() : new Date(body.until),
      onlyFailed: body.only_failed,
      isDryRun: body.dry_run,
    };
    const { count, next } = await this.log.recover(caller.workspaceId, endpointId, range, actorOf(caller));
    return { count, next_since: next?.toISOString() ?? null };
  }
}
