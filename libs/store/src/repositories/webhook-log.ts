import { Injectable } from '@nestjs/common';
import { fault } from '#libs/faults';
import {
  idOf,
  newId,
  uuidOf,
  type WebhookAttempt,
  type WebhookDelivery,
  type WebhookDeliveryDetail,
  type WebhookDeliveryId,
  type WebhookDeliveryPage,
  type WebhookEndpointId,
  type WorkspaceId,
} from '#libs/model';
import type { WebhookDelivery as DeliveryRow } from '#prisma/client';
import { Database, type WorkspaceTransaction } from '../database.js';
import { type Actor, appendAudit } from './audit-log.js';
import { afterId, type PageOf, pageOf } from './cursor.js';

/** Which events are told again. */
export interface RecoverRange {
  since: Date;
  /** Not this instant any more. */
  until: Date;
  /** Only what was not delivered, and what was never told. */
  onlyFailed: boolean;
  /** Counts, and changes nothing. */
  isDryRun: boolean;
}

/** What was told to endpoints and how that went, and the ways to tell it again. */
@Injectable()
export class WebhookLog {
  constructor(private readonly database: Database) {}

  /**
   * Deliveries of an endpoint by creation.
   *
   * @throws Fault `state/not-found`, `input/invalid-cursor`
   */
  async list(
    workspaceId: WorkspaceId,
    endpointId: WebhookEndpointId,
    { status, type, ...page }: WebhookDeliveryPage,
  ): Promise<PageOf<WebhookDelivery>> {
    const list = ['webhook-deliveries', endpointId, status ?? '', type ?? ''].join(':');
    const after = afterId(list, page);
    const rows = await this.database.withWorkspace(workspaceId, async (tx) => {
      await requireEndpoint(tx, workspaceId, endpointId);
      return tx.webhookDelivery.findMany({
        where: {
          workspaceId: uuidOf(workspaceId),
          endpointId: uuidOf(endpointId),
          ...(status && { status }),
          ...(type && { type }),
          ...after,
        },
        orderBy: { id: page.order },
        take: page.limit + 1,
        omit: { body: true, log: true, data: true },
      });
    });
    return pageOf(list, page, rows, (row) => row.id, deliveryOf);
  }

  /** @throws Fault `state/not-found` */
  async get(workspaceId: WorkspaceId, deliveryId: WebhookDeliveryId): Promise<WebhookDeliveryDetail> {
    const row = await this.database.withWorkspace(workspaceId, (tx) =>
      tx.webhookDelivery.findUnique({ where: { workspaceId_id: keyOf(workspaceId, deliveryId) } }),
    );
    if (!row) throw fault('state/not-found', { facts: { deliveryId } });
    return { ...deliveryOf(row), request: row.body, log: row.log as unknown as WebhookAttempt[] };
  }

  /**
   * Sends a delivery again, whatever became of it, under the same id and with the same body; its schedule begins anew.
   *
   * @throws Fault `state/not-found`; `state/conflict` when its endpoint is disabled
   */
  async retry(workspaceId: WorkspaceId, deliveryId: WebhookDeliveryId, actor: Actor): Promise<void> {
    const { workspaceId: workspace, id } = keyOf(workspaceId, deliveryId);
    await this.database.withWorkspace(workspaceId, async (tx) => {
      const found = await tx.webhookDelivery.findUnique({
        where: { workspaceId_id: { workspaceId: workspace, id } },
        select: { endpointId: true, status: true },
      });
      if (!found) throw fault('state/not-found', { facts: { deliveryId } });
      await requireEnabled(tx, workspaceId, idOf('webhookEndpoint', found.endpointId));
      await tx.$executeRaw`
        update webhook_delivery
           set status = 'pending', attempts = 0, epoch = epoch + 1, leased_by = null, done_at = null,
               due_at = clock_timestamp()
         where workspace_id = ${workspace}::uuid and id = ${id}::uuid`;
      const data = { from: found.status };
      await appendAudit(tx, workspaceId, {
        actor,
        action: 'webhook_delivery.retry',
        target: deliveryId,
        data,
      });
    });
  }

  /**
   * Tells the events of a time again, from the event log: at most 10 000 of them in one call.
   *
   * @returns how many, and the instant from which to go on; null when that was all
   * @throws Fault `state/not-found`; `state/conflict` when the endpoint is disabled
   */
  async recover(
    workspaceId: WorkspaceId,
    endpointId: WebhookEndpointId,
    { since, until, onlyFailed, isDryRun }: RecoverRange,
    actor: Actor,
  ): Promise<{ count: number; next: Date | null }> {
    const [workspace, endpoint] = [uuidOf(workspaceId), uuidOf(endpointId)];
    return this.database.withWorkspace(workspaceId, async (tx) => {
      if (isDryRun) await requireEndpoint(tx, workspaceId, endpointId);
      else await requireEnabled(tx, workspaceId, endpointId);
      const [row] = await tx.$queryRaw<{ found: { count: number; next: string | null } }[]>`
        select webhook_recover(${workspace}::uuid, ${endpoint}::uuid, ${since.toISOString()}::timestamptz,
          ${until.toISOString()}::timestamptz, ${!onlyFailed}, ${isDryRun}) as found`;
      const { count = 0, next = null } = row?.found ?? {};
      if (!isDryRun) {
        const data = { since: since.toISOString(), until: until.toISOString(), onlyFailed, count };
        await appendAudit(tx, workspaceId, {
          actor,
          action: 'webhook_endpoint.recover',
          target: endpointId,
          data,
        });
      }
      return { count, next: next === null ? null : new Date(next) };
    });
  }

  /**
   * Queues a delivery of `webhook.test` to one endpoint, whatever it wants to hear of.
   *
   * @param deliveryId  for a write that may be repeated
   * @throws Fault `state/not-found`; `state/conflict` when the endpoint is disabled
   */
  async test(
    workspaceId: WorkspaceId,
    endpointId: WebhookEndpointId,
    deliveryId: WebhookDeliveryId = newId('webhookDelivery'),
  ): Promise<WebhookDelivery> {
    const row = await this.database.withWorkspace(workspaceId, async (tx) => {
      await requireEnabled(tx, workspaceId, endpointId);
      const now = new Date();
      const key = keyOf(workspaceId, deliveryId);
      await tx.webhookDelivery.createMany({
        data: {
          ...key,
          endpointId: uuidOf(endpointId),
          type: 'webhook.test',
          data: { endpoint_id: endpointId },
          occurredAt: now,
          dueAt: now,
        },
        skipDuplicates: true,
      });
      return tx.webhookDelivery.findUnique({ where: { workspaceId_id: key } });
    });
    if (!row) throw fault('state/not-found', { facts: { deliveryId } });
    return deliveryOf(row);
  }

  /**
   * Forgets deliveries that ended long ago, whatever their workspace.
   *
   * @returns how many
   */
  async forget(before: Date, limit: number): Promise<number> {
    const [row] = await this.database.run<{ count: number }>(
      'webhook_forget',
      'select webhook_forget($1, $2) as count',
      [before, limit],
    );
    return row?.count ?? 0;
  }
}

function keyOf(workspaceId: WorkspaceId, deliveryId: WebhookDeliveryId): { workspaceId: string; id: string } {
  return { workspaceId: uuidOf(workspaceId), id: uuidOf(deliveryId) };
}

async function requireEndpoint(
  tx: WorkspaceTransaction,
  workspaceId: WorkspaceId,
  endpointId: WebhookEndpointId,
): Promise<{ state: string }> {
  const found = await tx.webhookEndpoint.findUnique({
    where: { workspaceId_id: { workspaceId: uuidOf(workspaceId), id: uuidOf(endpointId) } },
    select: { state: true },
  });
  if (!found) throw fault('state/not-found', { facts: { endpointId } });
  return found;
}

async function requireEnabled(
  tx: WorkspaceTransaction,
  workspaceId: WorkspaceId,
  endpointId: WebhookEndpointId,
): Promise<void> {
  const { state } = await requireEndpoint(tx, workspaceId, endpointId);
  if (state !== 'enabled') {
    throw fault('state/conflict', { detail: 'The endpoint is disabled: enable it first.' });
  }
}

function deliveryOf(row: Omit<DeliveryRow, 'body' | 'log' | 'data'>): WebhookDelivery {
  return {
    id: idOf('webhookDelivery', row.id),
    endpoint_id: idOf('webhookEndpoint', row.endpointId),
    type: row.type as WebhookDelivery['type'],
    conversation_id: row.conversationId && idOf('conversation', row.conversationId),
    seq: row.eventSeq,
    occurred_at: row.occurredAt.toISOString(),
    status: row.status as WebhookDelivery['status'],
    attempts: row.attempts,
    next_attempt_at: row.status === 'pending' ? (row.dueAt?.toISOString() ?? null) : null,
    done_at: row.doneAt?.toISOString() ?? null,
  };
}
