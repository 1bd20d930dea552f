import { Injectable } from '@nestjs/common';
import { fault } from '#libs/faults';
import {
  type CreateWebhookEndpoint,
  idOf,
  newId,
  type UpdateWebhookEndpoint,
  uuidOf,
  type WebhookEndpoint,
  type WebhookEndpointId,
  type WorkspaceId,
} from '#libs/model';
import type { Prisma, WebhookEndpoint as EndpointRow } from '#prisma/client';
import { Database, type WorkspaceTransaction } from '../database.js';
import { type Place, Sealer } from '../sealing/sealer.js';
import { type Actor, appendAudit } from './audit-log.js';
import { afterId, type PageOf, pageOf, type PageRequest } from './cursor.js';
import type { OperationId } from './idempotency.js';

/** Endpoints that one workspace may have: each is a row more per event. */
const ENDPOINTS_MAX = 20;

/** Who hears of what: the endpoints of workspaces. Their secrets are sealed before they reach a row. */
@Injectable()
export class WebhookEndpoints {
  constructor(
    private readonly database: Database,
    private readonly sealer: Sealer,
  ) {}

  /**
   * Makes an endpoint; it hears of everything from now on.
   *
   * @param input.secret      in clear
   * @param input.endpointId  for a write that may be repeated: one that is there already is the answer, with its own secret
   * @throws Fault `state/conflict` when the workspace has as many as it may
   */
  async create(
    workspaceId: WorkspaceId,
    input: CreateWebhookEndpoint & {
      secret: string;
      endpointId?: WebhookEndpointId | undefined;
      actor: Actor;
    },
  ): Promise<{ endpoint: WebhookEndpoint; secret: string }> {
    const endpointId = input.endpointId ?? newId('webhookEndpoint');
    const sealed = await this.sealer.seal(workspaceId, webhookSecretPlace(endpointId), input.secret);
    const row = await this.database.withWorkspace(workspaceId, async (tx) => {
      const earlier = input.endpointId && (await findRow(tx, workspaceId, endpointId));
      if (earlier) return earlier;
      const { actor, types, url } = input;
      // The audit log's lock is one for the workspace: two writers cannot both see room for one more.
      await appendAudit(tx, workspaceId, {
        actor,
        action: 'webhook_endpoint.create',
        target: endpointId,
        data: { host: hostOf(url), types },
      });
      const count = await tx.webhookEndpoint.count({ where: { workspaceId: uuidOf(workspaceId) } });
      if (count >= ENDPOINTS_MAX) {
        throw fault('state/conflict', { detail: `A workspace has at most ${ENDPOINTS_MAX} endpoints.` });
      }
      return tx.webhookEndpoint.create({
        data: { ...keyOf(workspaceId, endpointId), ...columnsOf(input), url, secret: sealed },
      });
    });
    const secret = await this.sealer.open(workspaceId, webhookSecretPlace(endpointId), row.secret);
    return { endpoint: endpointOf(row), secret };
  }

  /** @throws Fault `state/not-found` */
  async get(workspaceId: WorkspaceId, endpointId: WebhookEndpointId): Promise<WebhookEndpoint> {
    return endpointOf(
      await this.database.withWorkspace(workspaceId, (tx) => requireRow(tx, workspaceId, endpointId)),
    );
  }

  /** Endpoints by creation. */
  async list(workspaceId: WorkspaceId, page: PageRequest): Promise<PageOf<WebhookEndpoint>> {
    const after = afterId('webhook-endpoints', page);
    const rows = await this.database.withWorkspace(workspaceId, (tx) =>
      tx.webhookEndpoint.findMany({
        where: { workspaceId: uuidOf(workspaceId), ...after },
        orderBy: { id: page.order },
        take: page.limit + 1,
      }),
    );
    return pageOf('webhook-endpoints', page, rows, (row) => row.id, endpointOf);
  }

  /**
   * Changes what is given. A new address, or being enabled again, ends its failures and its pause; being disabled ends
   * what waits for it.
   *
   * @throws Fault `state/not-found`
   */
  async update(
    workspaceId: WorkspaceId,
    endpointId: WebhookEndpointId,
    changes: UpdateWebhookEndpoint,
    actor: Actor,
  ): Promise<WebhookEndpoint> {
    const row = await this.database.withWorkspace(workspaceId, async (tx) => {
      await lockEndpoint(tx, workspaceId, endpointId);
      const before = await requireRow(tx, workspaceId, endpointId);
      const { state, ...others } = changes;
      const isEnabled = state === 'enabled' && before.state === 'disabled';
      const isAfresh = isEnabled || (others.url !== undefined && others.url !== before.url);
      const data = {
        ...columnsOf(others),
        ...(isEnabled && { state, disabledReason: null, disabledAt: null }),
        ...(isAfresh && { failingSince: null, pausedUntil: null }),
      };
      const hasChanges = Object.keys(data).length > 0;
      if (hasChanges) {
        await tx.webhookEndpoint.update({
          where: { workspaceId_id: keyOf(workspaceId, endpointId) },
          data,
        });
      }
      if (state === 'disabled') {
        await disableWebhook(tx, workspaceId, endpointId, 'It was disabled by hand.', actor);
      }
      if (hasChanges) {
        await appendAudit(tx, workspaceId, {
          actor,
          action: 'webhook_endpoint.update',
          target: endpointId,
          data: { fields: Object.keys(changes) },
        });
      }
      return requireRow(tx, workspaceId, endpointId);
    });
    return endpointOf(row);
  }

  /**
   * Takes an endpoint away, with everything that was sent to it.
   *
   * @throws Fault `state/not-found`
   */
  async remove(workspaceId: WorkspaceId, endpointId: WebhookEndpointId, actor: Actor): Promise<void> {
    await this.database.withWorkspace(workspaceId, async (tx) => {
      await lockEndpoint(tx, workspaceId, endpointId);
      const { url } = await requireRow(tx, workspaceId, endpointId);
      await tx.webhookEndpoint.deleteMany({ where: keyOf(workspaceId, endpointId) });
      await appendAudit(tx, workspaceId, {
        actor,
        action: 'webhook_endpoint.delete',
        target: endpointId,
        data: { host: hostOf(url) },
      });
    });
  }

  /**
   * Gives an endpoint a new secret; the one before signs too for a while.
   *
   * @param input.operationId  of a write that may be repeated: the secret that it made is the answer
   * @throws Fault `state/not-found`
   */
  async rotate(
    workspaceId: WorkspaceId,
    endpointId: WebhookEndpointId,
    input: { secret: string; overlapMs: number; operationId?: OperationId | undefined; actor: Actor },
  ): Promise<{ endpoint: WebhookEndpoint; secret: string }> {
    const place = webhookSecretPlace(endpointId);
    const sealed = await this.sealer.seal(workspaceId, place, input.secret);
    const row = await this.database.withWorkspace(workspaceId, async (tx) => {
      const { actor, overlapMs, operationId = null } = input;
      const { workspaceId: workspace, id } = keyOf(workspaceId, endpointId);
      await lockEndpoint(tx, workspaceId, endpointId);
      const before = await requireRow(tx, workspaceId, endpointId);
      if (operationId !== null && before.rotatedBy === operationId) return before;
      await appendAudit(tx, workspaceId, {
        actor,
        action: 'webhook_endpoint.rotate-secret',
        target: endpointId,
        data: { overlapMs },
      });
      return tx.webhookEndpoint.update({
        where: { workspaceId_id: { workspaceId: workspace, id } },
        data: {
          secret: sealed,
          previousSecret: overlapMs > 0 ? before.secret : null,
          previousUntil: overlapMs > 0 ? new Date(Date.now() + overlapMs) : null,
          rotatedBy: operationId,
        },
      });
    });
    return { endpoint: endpointOf(row), secret: await this.sealer.open(workspaceId, place, row.secret) };
  }
}

/** Where the secret of an endpoint is sealed for. */
export function webhookSecretPlace(endpointId: WebhookEndpointId): Place {
  return { table: 'webhook_endpoint', column: 'secret', row: uuidOf(endpointId) };
}

/**
 * Disables an endpoint in the caller's transaction: what waits for it ends, the other endpoints hear of it, the audit log
 * has a line. Does nothing when it is disabled already.
 */
export async function disableWebhook(
  tx: WorkspaceTransaction,
  workspaceId: WorkspaceId,
  endpointId: WebhookEndpointId,
  reason: string,
  actor: Actor,
): Promise<void> {
  const { workspaceId: workspace, id } = keyOf(workspaceId, endpointId);
  const { count } = await tx.webhookEndpoint.updateMany({
    where: { workspaceId: workspace, id, state: 'enabled' },
    data: { state: 'disabled', disabledReason: reason, disabledAt: new Date() },
  });
  if (count === 0) return;
  await tx.$executeRaw`
    update webhook_delivery
       set status = 'failed', due_at = null, leased_by = null, epoch = epoch + 1, done_at = clock_timestamp()
     where workspace_id = ${workspace}::uuid and endpoint_id = ${id}::uuid and status = 'pending'`;
  const data = JSON.stringify({ endpoint_id: endpointId, reason });
  await tx.$executeRaw`
    select webhook_tell(${workspace}::uuid, 'webhook.disabled', null, ${data}::jsonb, ${id}::uuid)`;
  await appendAudit(tx, workspaceId, {
    actor,
    action: 'webhook_endpoint.disable',
    target: endpointId,
    data: { reason },
  });
}

function keyOf(workspaceId: WorkspaceId, endpointId: WebhookEndpointId): { workspaceId: string; id: string } {
  return { workspaceId: uuidOf(workspaceId), id: uuidOf(endpointId) };
}

/** The order of locks, for everybody: the endpoint, its deliveries, the audit log. */
async function lockEndpoint(
  tx: WorkspaceTransaction,
  workspaceId: WorkspaceId,
  endpointId: WebhookEndpointId,
): Promise<void> {
  const { workspaceId: workspace, id } = keyOf(workspaceId, endpointId);
  await tx.$executeRaw`
    select 1 from webhook_endpoint where workspace_id = ${workspace}::uuid and id = ${id}::uuid for no key update`;
}

function findRow(
  tx: WorkspaceTransaction,
  workspaceId: WorkspaceId,
  endpointId: WebhookEndpointId,
): Promise<EndpointRow | null> {
  return tx.webhookEndpoint.findUnique({ where: { workspaceId_id: keyOf(workspaceId, endpointId) } });
}

async function requireRow(
  tx: WorkspaceTransaction,
  workspaceId: WorkspaceId,
  endpointId: WebhookEndpointId,
): Promise<EndpointRow> {
  const row = await findRow(tx, workspaceId, endpointId);
  if (!row) throw fault('state/not-found', { facts: { endpointId } });
  return row;
}

type Given = Omit<UpdateWebhookEndpoint, 'state'>;

function columnsOf({ url, description, types, channel_ids: channels, include }: Given) {
  return {
    ...(url !== undefined && { url }),
    ...(description !== undefined && { description }),
    ...(types && { types: [...new Set(types)] }),
    ...(channels && { channelIds: [...new Set(channels)].map((one) => uuidOf(one)) }),
    ...(include && { include: [...new Set(include)] }),
  } satisfies Prisma.WebhookEndpointUncheckedUpdateManyInput;
}

/** An address may hold a token; its host does not. */
function hostOf(url: string): string {
  return new URL(url).host;
}

function endpointOf(row: EndpointRow): WebhookEndpoint {
  const isOverlapping = row.previousUntil !== null && row.previousUntil.getTime() > Date.now();
  return {
    id: idOf('webhookEndpoint', row.id),
    url: row.url,
    description: row.description,
    types: row.types as WebhookEndpoint['types'],
    channel_ids: row.channelIds.map((one) => idOf('channel', one)),
    include: row.include as WebhookEndpoint['include'],
    state: row.state as WebhookEndpoint['state'],
    disabled_reason: row.disabledReason,
    disabled_at: row.disabledAt?.toISOString() ?? null,
    failing_since: row.failingSince?.toISOString() ?? null,
    paused_until: row.pausedUntil?.toISOString() ?? null,
    previous_secret_until: isOverlapping ? (row.previousUntil?.toISOString() ?? null) : null,
    created_at: row.createdAt.toISOString(),
    updated_at: row.updatedAt.toISOString(),
  };
}
