import { Controller, Get, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { Caller, type Principal, Scopes } from '#libs/access';
import {
  eventDescriptions,
  EventTypeList,
  WebhookDeliveryDetail,
  type WebhookDeliveryId,
  WebhookEventType,
} from '#libs/model';
import { WebhookLog } from '#libs/store';
import { actorOf } from '../http/actor.js';
import { Answers, Problems } from '../http/answers.js';
import { Audited } from '../http/audited.js';
import { Id } from '../http/id-param.js';
import { IdempotencyHeader } from '../http/idempotency.interceptor.js';

@ApiTags('Webhooks')
@ApiBearerAuth()
@Problems()
@Controller('v1')
export class WebhookDeliveriesController {
  constructor(private readonly log: WebhookLog) {}

  /** Lists the events that webhooks tell of. */
  @Get('event-types')
  @Scopes('webhooks:read')
  @Answers(200, EventTypeList, 'All of them')
  eventTypes(): EventTypeList {
    return { data: WebhookEventType.options.map((type) => ({ type, description: eventDescriptions[type] })) };
  }

  /** Reads one delivery: what was sent, and what came back each time. */
  @Get('webhook-deliveries/:id')
  @Audited('webhook_delivery.read')
  @Scopes('webhooks:read')
  @Answers(200, WebhookDeliveryDetail, 'The delivery')
  get(
    @Caller() { workspaceId }: Principal,
    @Id('webhookDelivery') deliveryId: WebhookDeliveryId,
  ): Promise<WebhookDeliveryDetail> {
    return this.log.get(workspaceId, deliveryId);
  }

  /** Sends a delivery again, under the same id and with the same body. */
  @Post('webhook-deliveries/:id/retry')
  @Scopes('webhooks:write')
  @IdempotencyHeader()
  @Answers(202, null, 'It is queued again')
  retry(@Caller() caller: Principal, @Id('webhookDelivery') deliveryId: WebhookDeliveryId): Promise<void> {
    return this.log.retry(caller.workspaceId, deliveryId, actorOf(caller));
  }
}
