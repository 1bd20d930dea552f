import { Injectable } from '@nestjs/common';
import { idOf, type KnowledgeSourceId, type PassageId, uuidOf, type WorkspaceId } from '#libs/model';
import { Database } from '../database.js';
import { safeJson } from './safe-json.js';

/** A source that this process may read until its lease ends. */
export interface OpenReading {
  workspaceId: WorkspaceId;
  sourceId: KnowledgeSourceId;
  epoch: number;
  kind: 'file' | 'page' | 'text' | 'rows';
  title: string;
  url: string | null;
  text: string | null;
  fileSha256: string | null;
  fileType: string | null;
  fileName: string | null;
  /** ISO 639-1 as somebody said. */
  language: string | null;
  etag: string | null;
  /** `last-modified` of the page as it was read last. */
  modified: string | null;
  contentHash: string | null;
  refreshEveryS: number | null;
  /** Failures in a row. */
  attempts: number;
  state: 'waiting' | 'ready' | 'failed';
}

/** A passage as it is written. */
export interface NewPassage {
  passageId: PassageId;
  /** Of its row; null in sources that have none. */
  key: string | null;
  title: string;
  /** Headings or phrasings, one a line. */
  label: string;
  /** For a person to read. */
  heading: string;
  body: string;
  /** Whether the body is the whole answer to the label. */
  isAnswer: boolean;
  url: string | null;
  language: string | null;
  /** Folded words with a space between them: what is found in any language. */
  plainLabel: string;
  plainBody: string;
}

/** What became of a reading. Without `isDone` the lease stays. */
export interface ReadingOutcome {
  state: 'ready' | 'failed';
  code: string | null;
  reason: string | null;
  /** Until the next reading; null: never by itself. */
  waitMs: number | null;
  isDone: boolean;
  /** What was read; absent when what was read before still holds. */
  content?: {
    hash: string;
    etag: string | null;
    modified: string | null;
    title: string;
    passages: readonly NewPassage[];
  };
}

/** A passage that has no embedding of the present model yet. */
export interface UnembeddedPassage {
  passageId: PassageId;
  label: string;
  body: string;
}

/** The sources that workers read, by leases with epochs. */
@Injectable()
export class KnowledgeReadings {
  constructor(private readonly database: Database) {}

  /**
   * Claims sources that are to be read.
   *
   * @throws Fault `store/unavailable`
   */
  async open(worker: string, limit: number, leaseMs: number): Promise<OpenReading[]> {
    const rows = await this.database.run<{ s: Omit<OpenReading, 'sourceId'> & { id: string } }>(
      'knowledge_open',
      'select s from knowledge_open($1, $2, $3) as s',
      [worker, limit, leaseMs],
    );
    return rows.map(({ s: { id, workspaceId, ...rest } }) => ({
      ...rest,
      workspaceId: idOf('workspace', workspaceId),
      sourceId: idOf('knowledgeSource', id),
    }));
  }

  /**
   * Records what became of a reading.
   *
   * @returns false when the lease was lost: someone else has the source, and nothing was written
   * @throws Fault `store/unavailable`
   */
  async record(worker: string, reading: OpenReading, outcome: ReadingOutcome): Promise<boolean> {
    const { state, code, reason, waitMs, isDone, content } = outcome;
    const p = {
      state,
      code,
      reason: reason?.slice(0, 500) ?? null,
      wait: waitMs,
      done: isDone,
      ...(content && {
        hash: content.hash,
        etag: content.etag,
        modified: content.modified,
        title: content.title,
        passages: content.passages.map(passageRow),
      }),
    };
    const [row] = await this.database.run<{ ok: boolean }>(
      'knowledge_record',
      'select knowledge_record($1, $2, $3, $4, $5) as ok',
      [uuidOf(reading.workspaceId), worker, uuidOf(reading.sourceId), reading.epoch, safeJson(p)],
    );
    return row?.ok ?? false;
  }

  /** Keeps the leases of readings that take long. @returns those that are still ours */
  async renew(
    worker: string,
    leaseMs: number,
    held: readonly OpenReading[],
  ): Promise<Set<KnowledgeSourceId>> {
    const rows = held.map((one) => ({ w: uuidOf(one.workspaceId), id: uuidOf(one.sourceId), e: one.epoch }));
    const workspaces = [...new Set(rows.map((row) => row.w))].join(',');
    const kept = await this.database.run<{ id: string }>(
      'knowledge_renew',
      'select knowledge_renew($1, $2, $3, $4) as id',
      [workspaces, worker, leaseMs, JSON.stringify(rows)],
    );
    return new Set(kept.map((row) => idOf('knowledgeSource', row.id)));
  }

  /**
   * Makes sources due that have passages without an embedding of this model. Looks at all passages: not to be done often.
   *
   * @returns how many
   * @throws Fault `store/unavailable`
   */
  async requeue(model: string): Promise<number> {
    const [row] = await this.database.run<{ n: string }>(
      'knowledge_requeue',
      'select knowledge_requeue($1) as n',
      [model],
    );
    return Number(row?.n ?? 0);
  }

  /** Passages of a source that have no embedding of this model, in their order. */
  async unembedded(reading: OpenReading, model: string, limit: number): Promise<UnembeddedPassage[]> {
    const rows = await this.database.withWorkspace(reading.workspaceId, (tx) =>
      tx.knowledgePassage.findMany({
        where: {
          workspaceId: uuidOf(reading.workspaceId),
          sourceId: uuidOf(reading.sourceId),
          OR: [{ embeddingModel: null }, { embeddingModel: { not: model } }],
        },
        orderBy: { ord: 'asc' },
        take: limit,
        select: { id: true, label: true, body: true },
      }),
    );
    return rows.map(({ id, label, body }) => ({ passageId: idOf('passage', id), label, body }));
  }

  /** Keeps embeddings; a passage that is gone in the meantime is left out. */
  async embed(
    workspaceId: WorkspaceId,
    model: string,
    embeddings: readonly { passageId: PassageId; vector: readonly number[] }[],
  ): Promise<void> {
    const ids = embeddings.map(({ passageId }) => uuidOf(passageId));
    const vectors = embeddings.map(({ vector }) => JSON.stringify(vector));
    const workspace = uuidOf(workspaceId);
    await this.database.withWorkspace(workspaceId, async (tx) => {
      await tx.$executeRaw`
        update knowledge_passage p
        set embedding = (select array_agg(v::real order by o) from jsonb_array_elements_text(e.vector::jsonb) with ordinality as x(v, o)),
          embedding_model = ${model}
        from unnest(${ids}::uuid[], ${vectors}::text[]) as e(id, vector)
        where p.workspace_id = ${workspace}::uuid and p.id = e.id`;
      await tx.$executeRaw`
        update knowledge_base b set revision = revision + 1
        where b.workspace_id = ${workspace}::uuid
          and b.id in (select p.base_id from knowledge_passage p where p.workspace_id = ${workspace}::uuid and p.id = any (${ids}::uuid[]))`;
    });
  }
}

/** A passage in the words of `knowledge_write`. */
export function passageRow(passage: NewPassage) {
  const { passageId, isAnswer, ...rest } = passage;
  return { ...rest, id: uuidOf(passageId), answer: isAnswer };
}
