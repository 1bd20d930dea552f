import { Injectable } from '@nestjs/common';
import { fault } from '#libs/faults';
import {
  type Export,
  type ExportedFile,
  type ExportId,
  idOf,
  newId,
  uuidOf,
  type WorkspaceId,
} from '#libs/model';
import type { Export as Row, Prisma } from '#prisma/client';
import { Database } from '../database.js';
import { type Actor, appendAudit } from './audit-log.js';
import { afterId, type PageOf, pageOf, type PageRequest } from './cursor.js';
import { type OperationId, idOfOperation } from './idempotency.js';
import { tellWebhooks } from './tell-webhooks.js';

/** How long an archive can be downloaded. */
const KEPT_MS = 7 * 86_400_000;
/** Archives of one workspace that may be under way or kept at once. */
const EXPORTS_MAX = 10;
/** A making that ended so often without an end is given up. */
const ATTEMPTS_MAX = 3;

/** An archive that this worker makes, or takes away, until its lease ends. */
export interface OpenExport {
  workspaceId: WorkspaceId;
  exportId: ExportId;
  epoch: number;
  /** `expire`: its time is over, its bytes go. */
  what: 'make' | 'expire';
  hasMedia: boolean;
}

/** The archives of workspaces: asked for at the gateway, made by workers. */
@Injectable()
export class Exports {
  constructor(private readonly database: Database) {}

  /** @throws Fault `state/conflict` when the workspace has as many as it may */
  async create(
    workspaceId: WorkspaceId,
    input: { hasMedia: boolean; actor: Actor; operationId?: OperationId | undefined },
  ): Promise<Export> {
    const exportId = input.operationId ? idOfOperation('export', input.operationId) : newId('export');
    const key = keyOf(workspaceId, exportId);
    const { actor, hasMedia } = input;
    const row = await this.database.withWorkspace(workspaceId, async (tx) => {
      const earlier = await tx.export.findUnique({ where: { workspaceId_id: key } });
      if (earlier) return earlier;
      await appendAudit(tx, workspaceId, { actor, action: 'workspace.export', target: exportId });
      const held = { workspaceId: key.workspaceId, state: { in: ['queued', 'running', 'ready'] } };
      if ((await tx.export.count({ where: held })) >= EXPORTS_MAX) {
        throw fault('state/conflict', {
          detail: `A workspace has at most ${EXPORTS_MAX} archives at once: delete one first.`,
        });
      }
      return tx.export.create({ data: { ...key, hasMedia, askedBy: actor, dueAt: new Date() } });
    });
    return exportOf(row);
  }

  /** @throws Fault `state/not-found` */
  async get(workspaceId: WorkspaceId, exportId: ExportId): Promise<Export> {
    const row = await this.database.withWorkspace(workspaceId, (tx) =>
      tx.export.findUnique({ where: { workspaceId_id: keyOf(workspaceId, exportId) } }),
    );
    if (!row) throw fault('state/not-found', { facts: { exportId } });
    return exportOf(row);
  }

  /** Archives by creation. */
  async list(workspaceId: WorkspaceId, page: PageRequest): Promise<PageOf<Export>> {
    const after = afterId('exports', page);
    const rows = await this.database.withWorkspace(workspaceId, (tx) =>
      tx.export.findMany({
        where: { workspaceId: uuidOf(workspaceId), ...after },
        orderBy: { id: page.order },
        take: page.limit + 1,
      }),
    );
    return pageOf('exports', page, rows, (row) => row.id, exportOf);
  }

  /** Ends an archive: its bytes go as soon as a worker comes by. @throws Fault `state/not-found` */
  async remove(workspaceId: WorkspaceId, exportId: ExportId, actor: Actor): Promise<void> {
    await this.database.withWorkspace(workspaceId, async (tx) => {
      const { count } = await tx.export.updateMany({
        where: keyOf(workspaceId, exportId),
        data: { state: 'expired', dueAt: new Date(), leasedBy: null, epoch: { increment: 1 } },
      });
      if (count === 0) throw fault('state/not-found', { facts: { exportId } });
      await appendAudit(tx, workspaceId, { actor, action: 'export.delete', target: exportId });
    });
  }

  /** Notes in the audit log that an archive was taken away by somebody. */
  async noteDownload(workspaceId: WorkspaceId, exportId: ExportId, actor: Actor): Promise<void> {
    await this.database.withWorkspace(workspaceId, (tx) =>
      appendAudit(tx, workspaceId, { actor, action: 'export.download', target: exportId }),
    );
  }

  /** Claims an archive that is due; null when none is. */
  async open(worker: string, leaseMs: number): Promise<OpenExport | null> {
    const [claim] = await this.database.run<{ workspace_id: string; id: string; epoch: number }>(
      'export-take',
      'select * from export_take($1, $2)',
      [worker, leaseMs],
    );
    if (!claim) return null;
    const workspaceId = idOf('workspace', claim.workspace_id);
    const exportId = idOf('export', claim.id);
    const row = await this.database.withWorkspace(workspaceId, async (tx) => {
      const found = await tx.export.findUnique({ where: { workspaceId_id: keyOf(workspaceId, exportId) } });
      if (!found || found.state === 'ready' || found.state === 'expired') return found;
      return tx.export.update({
        where: { workspaceId_id: keyOf(workspaceId, exportId) },
        data: { state: 'running', attempts: { increment: 1 } },
      });
    });
    if (!row) return null;
    const what = row.state === 'running' ? 'make' : 'expire';
    const open = { workspaceId, exportId, epoch: claim.epoch, what, hasMedia: row.hasMedia } as const;
    if (what === 'expire' || row.attempts <= ATTEMPTS_MAX) return open;
    await this.fail(worker, open, 'The worker that made it was lost, again and again.');
    return null;
  }

  /** Keeps a lease. @returns false when it was lost */
  async renew(worker: string, one: OpenExport, leaseMs: number): Promise<boolean> {
    return this.#end(worker, one, { dueAt: new Date(Date.now() + leaseMs) }, { leasedBy: worker });
  }

  /** @returns false when the lease was lost */
  async finish(
    worker: string,
    one: OpenExport,
    made: { sizeBytes: number; sha256: string; files: readonly ExportedFile[] },
  ): Promise<boolean> {
    const expiresAt = new Date(Date.now() + KEPT_MS);
    const files = made.files.filter(({ name }) => !name.startsWith('media/'));
    return this.#end(
      worker,
      one,
      {
        state: 'ready',
        sizeBytes: made.sizeBytes,
        sha256: made.sha256,
        files,
        doneAt: new Date(),
        expiresAt,
        dueAt: expiresAt,
      },
      {},
      true,
    );
  }

  /** @returns false when the lease was lost */
  fail(worker: string, one: OpenExport, reason: string): Promise<boolean> {
    return this.#end(worker, one, { state: 'failed', reason, doneAt: new Date(), dueAt: null });
  }

  /** Tries a making again later. @returns false when the lease was lost */
  retry(worker: string, one: OpenExport, waitMs: number): Promise<boolean> {
    return this.#end(worker, one, { state: 'queued', dueAt: new Date(Date.now() + waitMs) });
  }

  /** The bytes are gone. @returns false when the lease was lost */
  expired(worker: string, one: OpenExport): Promise<boolean> {
    return this.#end(worker, one, { state: 'expired', dueAt: null });
  }

  #end(
    worker: string,
    { workspaceId, exportId, epoch }: OpenExport,
    data: Prisma.ExportUncheckedUpdateManyInput,
    lease: { leasedBy?: string } = {},
    isReady = false,
  ): Promise<boolean> {
    return this.database.withWorkspace(workspaceId, async (tx) => {
      const { count } = await tx.export.updateMany({
        where: { ...keyOf(workspaceId, exportId), epoch, leasedBy: worker },
        data: { leasedBy: null, ...data, ...lease },
      });
      if (count > 0 && isReady) {
        await tellWebhooks(tx, workspaceId, 'export.ready', { export_id: exportId });
      }
      return count > 0;
    });
  }
}

const keyOf = (workspaceId: WorkspaceId, exportId: ExportId): { workspaceId: string; id: string } => ({
  workspaceId: uuidOf(workspaceId),
  id: uuidOf(exportId),
});

function exportOf(row: Row): Export {
  return {
    id: idOf('export', row.id),
    state: row.state as Export['state'],
    reason: row.reason,
    include_media: row.hasMedia,
    size_bytes: row.sizeBytes === null ? null : Number(row.sizeBytes),
    sha256: row.sha256,
    files: row.files as unknown as ExportedFile[],
    created_at: row.createdAt.toISOString(),
    done_at: row.doneAt?.toISOString() ?? null,
    expires_at: row.expiresAt?.toISOString() ?? null,
  };
}
