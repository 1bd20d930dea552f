import { Injectable } from '@nestjs/common';
import { fault } from '#libs/faults';
import { idOf, type KnowledgeBase, type KnowledgeBaseId, newId, uuidOf, type WorkspaceId } from '#libs/model';
import type { KnowledgeBase as BaseRow } from '#prisma/client';
import { Database, type WorkspaceTransaction } from '../database.js';
import { type Actor, appendAudit } from './audit-log.js';
import { afterId, type PageOf, pageOf, type PageRequest } from './cursor.js';

/** Bases in a workspace: a bot looks in at most as many. */
const BASES_MAX = 20;

/** What bots know, as a whole: a name, and words that mean the same. */
@Injectable()
export class KnowledgeBases {
  constructor(private readonly database: Database) {}

  /**
   * Makes an empty base.
   *
   * @param input.baseId  for a write that may be repeated
   * @throws Fault `state/conflict` when the workspace has 20 already
   */
  async create(
    workspaceId: WorkspaceId,
    input: { name: string; synonyms: string[][]; actor: Actor; baseId?: KnowledgeBaseId | undefined },
  ): Promise<KnowledgeBase> {
    const baseId = input.baseId ?? newId('knowledgeBase');
    await this.database.withWorkspace(workspaceId, async (tx) => {
      if (input.baseId && (await tx.knowledgeBase.count({ where: keyOf(workspaceId, baseId) })) > 0) return;
      if ((await tx.knowledgeBase.count({ where: { workspaceId: uuidOf(workspaceId) } })) >= BASES_MAX) {
        throw fault('state/conflict', { detail: `A workspace has at most ${BASES_MAX} knowledge bases.` });
      }
      await tx.knowledgeBase.create({
        data: { ...keyOf(workspaceId, baseId), name: input.name, synonyms: input.synonyms },
      });
      const data = { name: input.name };
      await appendAudit(tx, workspaceId, {
        actor: input.actor,
        action: 'knowledge.create',
        target: baseId,
        data,
      });
    });
    return this.get(workspaceId, baseId);
  }

  /** @throws Fault `state/not-found` */
  async get(workspaceId: WorkspaceId, baseId: KnowledgeBaseId): Promise<KnowledgeBase> {
    const found = await this.database.withWorkspace(workspaceId, async (tx) => {
      const row = await tx.knowledgeBase.findUnique({
        where: { workspaceId_id: keyOf(workspaceId, baseId) },
      });
      return row && baseOf(tx, row);
    });
    if (!found) throw fault('state/not-found', { facts: { baseId } });
    return found;
  }

  /** Bases by creation. */
  async list(workspaceId: WorkspaceId, page: PageRequest): Promise<PageOf<KnowledgeBase>> {
    const after = afterId('knowledge-bases', page);
    const rows = await this.database.withWorkspace(workspaceId, async (tx) => {
      const found = await tx.knowledgeBase.findMany({
        where: { workspaceId: uuidOf(workspaceId), ...after },
        orderBy: { id: page.order },
        take: page.limit + 1,
      });
      const bases: KnowledgeBase[] = [];
      for (const row of found) bases.push(await baseOf(tx, row));
      return bases;
    });
    return pageOf(
      'knowledge-bases',
      page,
      rows,
      ({ id }) => uuidOf(id),
      (base) => base,
    );
  }

  /** @throws Fault `state/not-found` */
  async update(
    workspaceId: WorkspaceId,
    baseId: KnowledgeBaseId,
    change: { name?: string | undefined; synonyms?: string[][] | undefined },
    actor: Actor,
  ): Promise<KnowledgeBase> {
    await this.database.withWorkspace(workspaceId, async (tx) => {
      const { count } = await tx.knowledgeBase.updateMany({
        where: keyOf(workspaceId, baseId),
        data: {
          ...(change.name !== undefined && { name: change.name }),
          ...(change.synonyms && { synonyms: change.synonyms }),
        },
      });
      if (count === 0) throw fault('state/not-found', { facts: { baseId } });
      const data = { fields: Object.keys(change).sort().join(',') };
      await appendAudit(tx, workspaceId, { actor, action: 'knowledge.update', target: baseId, data });
    });
    return this.get(workspaceId, baseId);
  }

  /**
   * Removes a base with everything in it.
   *
   * @throws Fault `state/not-found`
   */
  async remove(workspaceId: WorkspaceId, baseId: KnowledgeBaseId, actor: Actor): Promise<void> {
    await this.database.withWorkspace(workspaceId, async (tx) => {
      const { count } = await tx.knowledgeBase.deleteMany({ where: keyOf(workspaceId, baseId) });
      if (count === 0) throw fault('state/not-found', { facts: { baseId } });
      await appendAudit(tx, workspaceId, { actor, action: 'knowledge.remove', target: baseId, data: {} });
    });
  }
}

function keyOf(workspaceId: WorkspaceId, baseId: KnowledgeBaseId): { workspaceId: string; id: string } {
  return { workspaceId: uuidOf(workspaceId), id: uuidOf(baseId) };
}

async function baseOf(tx: WorkspaceTransaction, row: BaseRow): Promise<KnowledgeBase> {
  const { _sum, _count } = await tx.knowledgeSource.aggregate({
    where: { workspaceId: row.workspaceId, baseId: row.id },
    _sum: { passages: true },
    _count: true,
  });
  return {
    id: idOf('knowledgeBase', row.id),
    name: row.name,
    synonyms: row.synonyms as string[][],
    sources: _count,
    passages: _sum.passages ?? 0,
    created_at: row.createdAt.toISOString(),
    updated_at: row.updatedAt.toISOString(),
  };
}
