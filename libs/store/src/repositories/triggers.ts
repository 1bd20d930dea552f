import { Injectable } from '@nestjs/common';
import { fault } from '#libs/faults';
import {
  type CreateTrigger,
  idOf,
  newId,
  type Trigger,
  type TriggerAction,
  type TriggerId,
  type UpdateTrigger,
  uuidOf,
  type WorkspaceId,
} from '#libs/model';
import type { InboundTrigger as Row, Prisma } from '#prisma/client';
import { Database, type WorkspaceTransaction } from '../database.js';
import { type Place, Sealer } from '../sealing/sealer.js';
import { type Actor, appendAudit } from './audit-log.js';
import { afterId, type PageOf, pageOf, type PageRequest } from './cursor.js';
import type { OperationId } from './idempotency.js';

/** A trigger but for its address, which only the gateway knows. */
export type StoredTrigger = Omit<Trigger, 'url'>;

/** Triggers that one workspace may have. */
const TRIGGERS_MAX = 200;

/** The doors of other systems. Their secrets are sealed before they reach a row. */
@Injectable()
export class Triggers {
  constructor(
    private readonly database: Database,
    private readonly sealer: Sealer,
  ) {}

  /**
   * @param input.secret  in clear
   * @param input.triggerId  for a write that may be repeated: one that is there already is the answer, with its own secret
   * @throws Fault `state/conflict` when the workspace has as many as it may
   */
  async create(
    workspaceId: WorkspaceId,
    input: CreateTrigger & { secret: string; triggerId?: TriggerId | undefined; actor: Actor },
  ): Promise<{ trigger: StoredTrigger; secret: string }> {
    const triggerId = input.triggerId ?? newId('trigger');
    const place = triggerSecretPlace(triggerId);
    const secret = await this.sealer.seal(workspaceId, place, input.secret);
    const { actor, name, action } = input;
    const row = await this.database.withWorkspace(workspaceId, async (tx) => {
      const key = keyOf(workspaceId, triggerId);
      const earlier = await tx.inboundTrigger.findUnique({ where: { workspaceId_id: key } });
      if (earlier) return earlier;
      const data = { kind: action.kind };
      await appendAudit(tx, workspaceId, { actor, action: 'trigger.create', target: triggerId, data });
      const count = await tx.inboundTrigger.count({ where: { workspaceId: key.workspaceId } });
      if (count >= TRIGGERS_MAX) {
        throw fault('state/conflict', { detail: `A workspace has at most ${TRIGGERS_MAX} triggers.` });
      }
      return tx.inboundTrigger.create({ data: { ...key, name, action: json(action), secret } });
    });
    return { trigger: triggerOf(row), secret: await this.sealer.open(workspaceId, place, row.secret) };
  }

  /** @throws Fault `state/not-found` */
  async get(workspaceId: WorkspaceId, triggerId: TriggerId): Promise<StoredTrigger> {
    const row = await this.database.withWorkspace(workspaceId, (tx) => required(tx, workspaceId, triggerId));
    return triggerOf(row);
  }

  /** Triggers by creation. */
  async list(workspaceId: WorkspaceId, page: PageRequest): Promise<PageOf<StoredTrigger>> {
    const after = afterId('triggers', page);
    const rows = await this.database.withWorkspace(workspaceId, (tx) =>
      tx.inboundTrigger.findMany({
        where: { workspaceId: uuidOf(workspaceId), ...after },
        orderBy: { id: page.order },
        take: page.limit + 1,
      }),
    );
    return pageOf('triggers', page, rows, (row) => row.id, triggerOf);
  }

  /** @throws Fault `state/not-found` */
  async update(
    workspaceId: WorkspaceId,
    triggerId: TriggerId,
    { name, action, state }: UpdateTrigger,
    actor: Actor,
  ): Promise<StoredTrigger> {
    const row = await this.database.withWorkspace(workspaceId, async (tx) => {
      await required(tx, workspaceId, triggerId);
      const data = {
        ...(name !== undefined && { name }),
        ...(action && { action: json(action) }),
        ...(state && { state }),
      };
      const fields = Object.keys(data);
      await appendAudit(tx, workspaceId, {
        actor,
        action: 'trigger.update',
        target: triggerId,
        data: { fields },
      });
      return tx.inboundTrigger.update({ where: { workspaceId_id: keyOf(workspaceId, triggerId) }, data });
    });
    return triggerOf(row);
  }

  /** @throws Fault `state/not-found` */
  async remove(workspaceId: WorkspaceId, triggerId: TriggerId, actor: Actor): Promise<void> {
    await this.database.withWorkspace(workspaceId, async (tx) => {
      await required(tx, workspaceId, triggerId);
      await tx.inboundTrigger.deleteMany({ where: keyOf(workspaceId, triggerId) });
      await appendAudit(tx, workspaceId, { actor, action: 'trigger.delete', target: triggerId });
    });
  }

  /**
   * Gives a trigger a new secret; the one before holds too for a while.
   *
   * @param input.operationId  of a write that may be repeated: the secret that it made is the answer
   * @throws Fault `state/not-found`
   */
  async rotate(
    workspaceId: WorkspaceId,
    triggerId: TriggerId,
    input: { secret: string; overlapMs: number; operationId?: OperationId | undefined; actor: Actor },
  ): Promise<{ trigger: StoredTrigger; secret: string }> {
    const place = triggerSecretPlace(triggerId);
    const sealed = await this.sealer.seal(workspaceId, place, input.secret);
    const row = await this.database.withWorkspace(workspaceId, async (tx) => {
      const { actor, overlapMs, operationId = null } = input;
      const before = await required(tx, workspaceId, triggerId);
      if (operationId !== null && before.rotatedBy === operationId) return before;
      await appendAudit(tx, workspaceId, { actor, action: 'trigger.rotate-secret', target: triggerId });
      return tx.inboundTrigger.update({
        where: { workspaceId_id: keyOf(workspaceId, triggerId) },
        data: {
          secret: sealed,
          previousSecret: overlapMs > 0 ? before.secret : null,
          previousUntil: overlapMs > 0 ? new Date(Date.now() + overlapMs) : null,
          rotatedBy: operationId,
        },
      });
    });
    return { trigger: triggerOf(row), secret: await this.sealer.open(workspaceId, place, row.secret) };
  }

  /** What it takes to judge a request that names a trigger; null when there is none. */
  async opened(
    triggerId: TriggerId,
  ): Promise<{ workspaceId: WorkspaceId; trigger: StoredTrigger; secrets: string[] } | null> {
    const [found] = await this.database.run<{ workspace: string | null }>(
      'trigger-workspace',
      'select trigger_workspace($1) as workspace',
      [uuidOf(triggerId)],
    );
    if (!found?.workspace) return null;
    const workspaceId = idOf('workspace', found.workspace);
    const row = await this.database.withWorkspace(workspaceId, (tx) =>
      tx.inboundTrigger.findUnique({ where: { workspaceId_id: keyOf(workspaceId, triggerId) } }),
    );
    if (!row) return null;
    const isHeld = row.previousUntil !== null && row.previousUntil.getTime() > Date.now();
    const sealed = [row.secret, ...(isHeld && row.previousSecret !== null ? [row.previousSecret] : [])];
    const place = triggerSecretPlace(triggerId);
    const secrets = await Promise.all(sealed.map((one) => this.sealer.open(workspaceId, place, one)));
    return { workspaceId, trigger: triggerOf(row), secrets };
  }

  /** Notes that a trigger was fired. */
  async noteFired(workspaceId: WorkspaceId, triggerId: TriggerId): Promise<void> {
    await this.database.withWorkspace(workspaceId, (tx) =>
      tx.inboundTrigger.updateMany({
        where: keyOf(workspaceId, triggerId),
        data: { lastFiredAt: new Date() },
      }),
    );
  }
}

/** Where the secret of a trigger is sealed for. */
export function triggerSecretPlace(triggerId: TriggerId): Place {
  return { table: 'inbound_trigger', column: 'secret', row: uuidOf(triggerId) };
}

const keyOf = (workspaceId: WorkspaceId, triggerId: TriggerId): { workspaceId: string; id: string } => ({
  workspaceId: uuidOf(workspaceId),
  id: uuidOf(triggerId),
});
const json = (action: TriggerAction): Prisma.InputJsonValue => action;

async function required(
  tx: WorkspaceTransaction,
  workspaceId: WorkspaceId,
  triggerId: TriggerId,
): Promise<Row> {
  const row = await tx.inboundTrigger.findUnique({
    where: { workspaceId_id: keyOf(workspaceId, triggerId) },
  });
  if (!row) throw fault('state/not-found', { facts: { triggerId } });
  return row;
}

function triggerOf(row: Row): StoredTrigger {
  return {
    id: idOf('trigger', row.id),
    name: row.name,
    state: row.state as Trigger['state'],
    action: row.action as TriggerAction,
    previous_secret_until: row.previousUntil?.toISOString() ?? null,
    last_fired_at: row.lastFiredAt?.toISOString() ?? null,
    created_at: row.createdAt.toISOString(),
    updated_at: row.updatedAt.toISOString(),
  };
}
