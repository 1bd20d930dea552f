import { Injectable } from '@nestjs/common';
import { fault } from '#libs/faults';
import { idOf, newId, uuidOf, type WorkspaceId } from '#libs/model';
import { Database } from '../database.js';
import { Sealer } from '../sealing/sealer.js';
import { type Actor, appendAudit } from './audit-log.js';

/** A tenant. */
export interface Workspace {
  workspaceId: WorkspaceId;
  name: string;
  createdAt: Date;
}

/** The tenants of the installation. */
@Injectable()
export class Workspaces {
  constructor(
    private readonly database: Database,
    private readonly sealer: Sealer,
  ) {}

  /** Makes a workspace with its first data key. */
  async create(input: { name: string; actor: Actor }): Promise<Workspace> {
    const workspaceId = newId('workspace');
    const id = uuidOf(workspaceId);
    const row = await this.database.withWorkspace(workspaceId, async (tx) => {
      const made = await tx.workspace.create({ data: { id, name: input.name } });
      await tx.workspaceKey.create({ data: { workspaceId: id, ...this.sealer.firstKey(workspaceId) } });
      await appendAudit(tx, workspaceId, {
        actor: input.actor,
        action: 'workspace.create',
        target: workspaceId,
      });
      return made;
    });
    return { workspaceId, name: row.name, createdAt: row.createdAt };
  }

  /** @throws Fault `state/not-found` */
  async get(workspaceId: WorkspaceId): Promise<Workspace> {
    const row = await this.database.withWorkspace(workspaceId, (tx) =>
      tx.workspace.findUnique({ where: { id: uuidOf(workspaceId) } }),
    );
    if (!row) throw fault('state/not-found', { facts: { workspaceId } });
    return { workspaceId, name: row.name, createdAt: row.createdAt };
  }

  /** Ids of all workspaces of the installation, oldest first: for the first start and for rotations. */
  async list(): Promise<WorkspaceId[]> {
    const rows = await this.database.run<{ id: string }>('workspace-ids', 'select workspace_ids() as id', []);
    return rows.map((row) => idOf('workspace', row.id));
  }

  /** Removes a workspace and everything in it but its audit log. There is no way back. */
  async remove(workspaceId: WorkspaceId): Promise<void> {
    const workspace = uuidOf(workspaceId);
    await this.database.withWorkspace(workspaceId, async (tx) => {
      // Conversations hold on to their contact, and channels to their bot: they go first.
      await tx.channel.deleteMany({ where: { workspaceId: workspace } });
      await tx.workspace.deleteMany({ where: { id: workspace } });
      await tx.pace.deleteMany({ where: { workspaceId: workspace } });
      await tx.earlyReceipt.deleteMany({ where: { workspaceId: workspace } });
      await tx.idempotency.deleteMany({ where: { workspaceId: workspace } });
    });
  }
}
