import { Injectable } from '@nestjs/common';
import { fault } from '#libs/faults';
import {
  type ChannelId,
  idOf,
  uuidOf,
  type VisitorAlgorithm,
  type VisitorKeyId,
  type WorkspaceId,
} from '#libs/model';
import type { VisitorKey as VisitorKeyRow } from '#prisma/client';
import { Database } from '../database.js';
import { type Place, Sealer } from '../sealing/sealer.js';
import { type Actor, appendAudit } from './audit-log.js';

/** A key as it may be shown. */
export interface ShownVisitorKey {
  visitorKeyId: VisitorKeyId;
  channelId: ChannelId;
  algorithm: VisitorAlgorithm;
  /** In PEM; null for a shared secret. */
  publicKey: string | null;
  createdAt: Date;
}

/** A key to check with: a public one in PEM, or a shared secret. */
export interface VisitorKeyMaterial {
  visitorKeyId: VisitorKeyId;
  algorithm: VisitorAlgorithm;
  material: string;
}

/** The keys with which customers' servers vouch for the visitors of a channel. */
@Injectable()
export class VisitorKeys {
  constructor(
    private readonly database: Database,
    private readonly sealer: Sealer,
  ) {}

  /** Adds a key. @throws Fault `state/not-found` when the workspace has no such channel */
  async create(
    workspaceId: WorkspaceId,
    input: VisitorKeyMaterial & { channelId: ChannelId; actor: Actor },
  ): Promise<ShownVisitorKey> {
    const { visitorKeyId, channelId, algorithm, material, actor } = input;
    const isShared = algorithm === 'HS256';
    const secret = isShared ? await this.sealer.seal(workspaceId, placeOf(visitorKeyId), material) : null;
    const workspace = uuidOf(workspaceId);
    const row = await this.database.withWorkspace(workspaceId, async (tx) => {
      const channel = { workspaceId: workspace, id: uuidOf(channelId) };
      if ((await tx.channel.count({ where: channel })) === 0) throw fault('state/not-found');
      const key = { workspaceId: workspace, id: uuidOf(visitorKeyId) };
      const made = await tx.visitorKey.findUnique({ where: { workspaceId_id: key } });
      // A write that is repeated.
      if (made) return made;
      const data = {
        ...key,
        channelId: channel.id,
        algorithm,
        secret,
        publicKey: isShared ? null : material,
      };
      const line = { actor, action: 'visitor_key.create', target: visitorKeyId };
      await appendAudit(tx, workspaceId, { ...line, data: { channelId, algorithm } });
      return tx.visitorKey.create({ data });
    });
    return shown(row);
  }

  /** The keys of a channel, the oldest first. @throws Fault `state/not-found` for a channel of another workspace */
  async list(workspaceId: WorkspaceId, channelId: ChannelId): Promise<ShownVisitorKey[]> {
    return (await this.#rows(workspaceId, channelId)).map(shown);
  }

  /** The keys of a channel, to check with. */
  async materialOf(workspaceId: WorkspaceId, channelId: ChannelId): Promise<VisitorKeyMaterial[]> {
    const rows = await this.#rows(workspaceId, channelId);
    return Promise.all(
      rows.map(async (row) => {
        const { visitorKeyId, algorithm, publicKey } = shown(row);
        const opened = row.secret && (await this.sealer.open(workspaceId, placeOf(visitorKeyId), row.secret));
        return { visitorKeyId, algorithm, material: publicKey ?? opened ?? '' };
      }),
    );
  }

  /** Ends a key. @throws Fault `state/not-found` */
  async remove(workspaceId: WorkspaceId, visitorKeyId: VisitorKeyId, actor: Actor): Promise<void> {
    await this.database.withWorkspace(workspaceId, async (tx) => {
      const { count } = await tx.visitorKey.deleteMany({
        where: { workspaceId: uuidOf(workspaceId), id: uuidOf(visitorKeyId) },
      });
      if (count === 0) throw fault('state/not-found');
      await appendAudit(tx, workspaceId, { actor, action: 'visitor_key.remove', target: visitorKeyId });
    });
  }

  async #rows(workspaceId: WorkspaceId, channelId: ChannelId): Promise<VisitorKeyRow[]> {
    const workspace = uuidOf(workspaceId);
    const id = uuidOf(channelId);
    return this.database.withWorkspace(workspaceId, async (tx) => {
      const where = { workspaceId: workspace, id };
      if ((await tx.channel.count({ where })) === 0) throw fault('state/not-found');
      return tx.visitorKey.findMany({
        where: { workspaceId: workspace, channelId: id },
        orderBy: { id: 'asc' },
      });
    });
  }
}

function placeOf(visitorKeyId: VisitorKeyId): Place {
  return { table: 'visitor_key', column: 'secret', row: visitorKeyId };
}

function shown({ id, channelId, algorithm, publicKey, createdAt }: VisitorKeyRow): ShownVisitorKey {
  return {
    visitorKeyId: idOf('visitorKey', id),
    channelId: idOf('channel', channelId),
    algorithm: algorithm as VisitorAlgorithm,
    publicKey,
    createdAt,
  };
}
