import { Injectable } from '@nestjs/common';
import { newWebhookSecret } from '#libs/connectors';
import { fault, toFault } from '#libs/faults';
import type {
  CreateWebhookEndpoint,
  RotateWebhookSecret,
  UpdateWebhookEndpoint,
  WebhookEndpoint,
  WebhookEndpointId,
  WebhookEndpointWithSecret,
  WorkspaceId,
} from '#libs/model';
import { type Actor, idOfOperation, type OperationId, WebhookEndpoints } from '#libs/store';
import { Outside } from '../outside.js';

/** Makes endpoints and changes them: their secrets are ours, and their addresses lead nowhere inside. */
@Injectable()
export class WebhookService {
  constructor(
    private readonly endpoints: WebhookEndpoints,
    private readonly outside: Outside,
  ) {}

  /**
   * @param operationId  of a write that may be repeated: the endpoint and its secret are the same then
   * @throws Fault `input/invalid` when the address may not be called, `state/conflict`
   */
  async create(
    workspaceId: WorkspaceId,
    body: CreateWebhookEndpoint,
    actor: Actor,
    operationId: OperationId | undefined,
  ): Promise<WebhookEndpointWithSecret> {
    await this.#requireReachable(body.url);
    const endpointId = operationId && idOfOperation('webhookEndpoint', operationId);
    const secret = newWebhookSecret();
    const made = await this.endpoints.create(workspaceId, { ...body, secret, endpointId, actor });
    return { ...made.endpoint, secret: made.secret };
  }

  /** @throws Fault `state/not-found`, `input/invalid` when the address may not be called */
  async update(
    workspaceId: WorkspaceId,
    endpointId: WebhookEndpointId,
    body: UpdateWebhookEndpoint,
    actor: Actor,
  ): Promise<WebhookEndpoint> {
    await this.endpoints.get(workspaceId, endpointId);
    if (body.url !== undefined) await this.#requireReachable(body.url);
    return this.endpoints.update(workspaceId, endpointId, body, actor);
  }

  /** @throws Fault `state/not-found` */
  async rotate(
    workspaceId: WorkspaceId,
    endpointId: WebhookEndpointId,
    { overlap_seconds: overlap }: RotateWebhookSecret,
    actor: Actor,
    operationId: OperationId | undefined,
  ): Promise<WebhookEndpointWithSecret> {
    const made = await this.endpoints.rotate(workspaceId, endpointId, {
      secret: newWebhookSecret(),
      overlapMs: overlap * 1_000,
      operationId,
      actor,
    });
    return { ...made.endpoint, secret: made.secret };
  }

  /** A name that is not known today may be tomorrow; an address inside never becomes one that is called. */
  async #requireReachable(url: string): Promise<void> {
    const { hostname } = new URL(url);
    try {
      await this.outside.egress.fetch.addressOf?.(hostname);
    } catch (thrown) {
      const { facts, detail } = toFault(thrown);
      if (facts['reason'] !== 'forbidden-address') return;
      throw fault('input/invalid', { detail, errors: [{ pointer: '/url', code: 'forbidden', detail }] });
    }
  }
}
