import { Injectable } from '@nestjs/common';
import { fault } from '#libs/faults';
import {
  idOf,
  type KnowledgeBaseId,
  type KnowledgeSource,
  type KnowledgeSourceId,
  newId,
  uuidOf,
  type WorkspaceId,
} from '#libs/model';
import type { KnowledgeSource as SourceRow } from '#prisma/client';
import { Database, type WorkspaceTransaction } from '../database.js';
import { type NewPassage, passageRow } from '../pipeline/knowledge-readings.js';
import { safeJson } from '../pipeline/safe-json.js';
import { type Actor, appendAudit } from './audit-log.js';
import { afterId, type PageOf, pageOf, type PageRequest } from './cursor.js';

const SOURCES_MAX = 5_000;

/** A source that somebody adds; what it has not is absent. */
export interface NewKnowledgeSource {
  kind: KnowledgeSource['kind'];
  title: string;
  url?: string | undefined;
  text?: string | undefined;
  file?: { sha256: string; mimeType: string; fileName: string | null } | undefined;
  language?: string | undefined;
  refreshEveryS?: number | null | undefined;
}

/** The sources of knowledge bases; workers read them. */
@Injectable()
export class KnowledgeSources {
  constructor(private readonly database: Database) {}

  /**
   * Adds a source; one with this id that is there already is the answer. A source of rows is ready at once.
   *
   * @throws Fault `state/not-found` without such a base; `state/conflict` when it has 5,000 sources
   */
  async create(
    workspaceId: WorkspaceId,
    baseId: KnowledgeBaseId,
    input: NewKnowledgeSource & { actor: Actor; sourceId?: KnowledgeSourceId | undefined },
  ): Promise<KnowledgeSource> {
    const sourceId = input.sourceId ?? newId('knowledgeSource');
    const { actor, file, sourceId: _, ...rest } = input;
    const row = await this.database.withWorkspace(workspaceId, async (tx) => {
      const key = { workspaceId: uuidOf(workspaceId), id: uuidOf(sourceId) };
      const known =
        input.sourceId && (await tx.knowledgeSource.findUnique({ where: { workspaceId_id: key } }));
      if (known) return known;
      const base = { workspaceId: key.workspaceId, baseId: uuidOf(baseId) };
      if ((await tx.knowledgeBase.count({ where: { workspaceId: base.workspaceId, id: base.baseId } })) === 0)
        throw fault('state/not-found', { facts: { baseId } });
      if ((await tx.knowledgeSource.count({ where: base })) >= SOURCES_MAX)
        throw fault('state/conflict', { detail: `A knowledge base has at most ${SOURCES_MAX} sources.` });
      const made = await tx.knowledgeSource.create({
        data: {
          ...key,
          baseId: base.baseId,
          kind: rest.kind,
          title: rest.title,
          url: rest.url ?? null,
          text: rest.text ?? null,
          language: rest.language ?? null,
          refreshEveryS: rest.refreshEveryS ?? null,
          fileSha256: file?.sha256 ?? null,
          fileType: file?.mimeType ?? null,
          fileName: file?.fileName ?? null,
          state: rest.kind === 'rows' ? 'ready' : 'waiting',
          dueAt: rest.kind === 'rows' ? null : new Date(),
        },
      });
      const data = { kind: rest.kind, base: baseId };
      await appendAudit(tx, workspaceId, { actor, action: 'knowledge.add-source', target: sourceId, data });
      return made;
    });
    return sourceOf(row);
  }

  /** @throws Fault `state/not-found` */
  async get(workspaceId: WorkspaceId, sourceId: KnowledgeSourceId): Promise<KnowledgeSource> {
    return this.database.withWorkspace(workspaceId, async (tx) =>
      sourceOf(await found(tx, workspaceId, sourceId)),
    );
  }

  /** Sources of a base by creation. */
  async list(
    workspaceId: WorkspaceId,
    baseId: KnowledgeBaseId,
    page: PageRequest,
  ): Promise<PageOf<KnowledgeSource>> {
    const list = `knowledge-sources.${baseId}`;
    const after = afterId(list, page);
    const rows = await this.database.withWorkspace(workspaceId, (tx) =>
      tx.knowledgeSource.findMany({
        where: { workspaceId: uuidOf(workspaceId), baseId: uuidOf(baseId), ...after },
        orderBy: { id: page.order },
        take: page.limit + 1,
      }),
    );
    return pageOf(list, page, rows, ({ id }) => id, sourceOf);
  }

  /**
   * Changes a source, and has it read again where that changes what is known.
   *
   * @throws Fault `state/not-found`; `input/invalid` for what sources of its kind do not have
   */
  async update(
    workspaceId: WorkspaceId,
    sourceId: KnowledgeSourceId,
    change: {
      title?: string | undefined;
      text?: string | undefined;
      refreshEveryS?: number | null | undefined;
    },
    actor: Actor,
  ): Promise<KnowledgeSource> {
    return this.database.withWorkspace(workspaceId, async (tx) => {
      const row = await found(tx, workspaceId, sourceId);
      if (change.text !== undefined && row.kind !== 'text')
        throw fault('input/invalid', { detail: 'Only a text can be given another text.' });
      if (change.refreshEveryS !== undefined && row.kind !== 'page')
        throw fault('input/invalid', { detail: 'Only a page is read again by itself.' });
      const changed = await tx.knowledgeSource.update({
        where: { workspaceId_id: { workspaceId: row.workspaceId, id: row.id } },
        data: {
          ...(change.title !== undefined && { title: change.title }),
          ...(change.text !== undefined && { text: change.text }),
          ...(change.refreshEveryS !== undefined && { refreshEveryS: change.refreshEveryS }),
          // A page answers “not modified” to its tag, and then nobody would cut it under its new title.
          ...(row.kind !== 'rows' && {
            dueAt: new Date(),
            leasedBy: null,
            attempts: 0,
            contentHash: null,
            etag: null,
            modified: null,
          }),
        },
      });
      const data = { fields: Object.keys(change).sort().join(',') };
      await appendAudit(tx, workspaceId, {
        actor,
        action: 'knowledge.update-source',
        target: sourceId,
        data,
      });
      return sourceOf(changed);
    });
  }

  /**
   * Has a source read now. One of rows has nothing to be read.
   *
   * @throws Fault `state/not-found`
   */
  async refresh(workspaceId: WorkspaceId, sourceId: KnowledgeSourceId): Promise<KnowledgeSource> {
    return this.database.withWorkspace(workspaceId, async (tx) => {
      const row = await found(tx, workspaceId, sourceId);
      const where = { workspaceId_id: { workspaceId: row.workspaceId, id: row.id } };
      const data = { dueAt: new Date(), leasedBy: null, attempts: 0 };
      return sourceOf(await tx.knowledgeSource.update({ where, data }));
    });
  }

  /**
   * Removes a source with its passages.
   *
   * @throws Fault `state/not-found`
   */
  async remove(workspaceId: WorkspaceId, sourceId: KnowledgeSourceId, actor: Actor): Promise<void> {
    await this.database.withWorkspace(workspaceId, async (tx) => {
      const row = await found(tx, workspaceId, sourceId);
      const of = { workspaceId: row.workspaceId, sourceId: row.id };
      // Not by the cascade: that runs under another role, and the words of the passages would not be counted down.
      await tx.knowledgePassage.deleteMany({ where: of });
      await tx.knowledgeSource.deleteMany({ where: { workspaceId: row.workspaceId, id: row.id } });
      await tx.knowledgeBase.updateMany({
        where: { workspaceId: row.workspaceId, id: row.baseId },
        data: { revision: { increment: 1 } },
      });
      await appendAudit(tx, workspaceId, {
        actor,
        action: 'knowledge.remove-source',
        target: sourceId,
        data: {},
      });
    });
  }

  /**
   * Replaces rows of a source by their keys; rows without a passage go.
   *
   * @param keys  of the rows that are written or removed
   * @throws Fault `state/not-found`; `input/invalid` when it is no source of rows
   */
  async putRows(
    workspaceId: WorkspaceId,
    sourceId: KnowledgeSourceId,
    keys: readonly string[],
    passages: readonly NewPassage[],
  ): Promise<KnowledgeSource> {
    const workspace = uuidOf(workspaceId);
    const id = uuidOf(sourceId);
    return this.database.withWorkspace(workspaceId, async (tx) => {
      await tx.$queryRaw`
        select 1 from knowledge_source where workspace_id = ${workspace}::uuid and id = ${id}::uuid for update`;
      const { kind } = await found(tx, workspaceId, sourceId);
      if (kind !== 'rows')
        throw fault('input/invalid', { detail: 'Only a source of kind `rows` takes rows.' });
      await tx.$queryRaw`
        select knowledge_write(${workspace}::uuid, ${id}::uuid, ${[...keys]}::text[], ${safeJson(passages.map(passageRow))}::json)`;
      // Somebody must look for passages without an embedding.
      const data = { dueAt: new Date(), leasedBy: null, readAt: new Date() };
      return sourceOf(
        await tx.knowledgeSource.update({ where: { workspaceId_id: { workspaceId: workspace, id } }, data }),
      );
    });
  }
}

async function found(
  tx: WorkspaceTransaction,
  workspaceId: WorkspaceId,
  sourceId: KnowledgeSourceId,
): Promise<SourceRow> {
  const key = { workspaceId: uuidOf(workspaceId), id: uuidOf(sourceId) };
  const row = await tx.knowledgeSource.findUnique({ where: { workspaceId_id: key } });
  if (!row) throw fault('state/not-found', { facts: { sourceId } });
  return row;
}

function sourceOf(row: SourceRow): KnowledgeSource {
  const isReading = row.leasedBy !== null && row.dueAt !== null && row.dueAt > new Date();
  return {
    id: idOf('knowledgeSource', row.id),
    knowledge_base_id: idOf('knowledgeBase', row.baseId),
    kind: row.kind as KnowledgeSource['kind'],
    title: row.title,
    url: row.url,
    file_name: row.fileName,
    mime_type: row.fileType,
    language: row.language,
    refresh_every_s: row.refreshEveryS,
    state: isReading && row.kind !== 'rows' ? 'reading' : (row.state as KnowledgeSource['state']),
    code: row.code,
    reason: row.reason,
    since: row.since.toISOString(),
    passages: row.passages,
    characters: row.characters,
    read_at: row.readAt?.toISOString() ?? null,
    next_read_at: isReading || row.kind === 'rows' ? null : (row.dueAt?.toISOString() ?? null),
    created_at: row.createdAt.toISOString(),
    updated_at: row.updatedAt.toISOString(),
  };
}
