import { Injectable } from '@nestjs/common';
import { detectLanguage, knowledgeVerdict } from '#libs/bot';
import { fault } from '#libs/faults';
import { KnowledgeSearch, readingLimits, rowPassages } from '#libs/knowledge';
import { MediaDesk } from '#libs/media';
import {
  type BotId,
  type CreateKnowledgeSource,
  type KnowledgeBaseId,
  type KnowledgeResult,
  type KnowledgeRow,
  type KnowledgeSource,
  type KnowledgeSourceId,
  type SearchKnowledge,
  type WorkspaceId,
} from '#libs/model';
import { type Actor, Bots, KnowledgeBases, KnowledgeSources, type NewKnowledgeSource } from '#libs/store';
import type { Uploaded } from '../media/uploaded.js';

/** Takes in what bots shall know, and searches it as they would. */
@Injectable()
export class KnowledgeService {
  constructor(
    private readonly bases: KnowledgeBases,
    private readonly sources: KnowledgeSources,
    private readonly bots: Bots,
    private readonly desk: MediaDesk,
    private readonly searching: KnowledgeSearch,
  ) {}

  /** @throws Fault `state/not-found`, `state/conflict` */
  add(
    workspaceId: WorkspaceId,
    baseId: KnowledgeBaseId,
    written: CreateKnowledgeSource,
    by: { actor: Actor; sourceId?: KnowledgeSourceId | undefined },
  ): Promise<KnowledgeSource> {
    return this.sources.create(workspaceId, baseId, { ...newSource(written), ...by });
  }

  /**
   * Takes a file in; a worker reads it.
   *
   * @throws Fault `state/not-found`, `state/conflict`, `input/too-large`, `input/invalid`
   */
  async addFile(
    workspaceId: WorkspaceId,
    baseId: KnowledgeBaseId,
    file: Uploaded,
    by: {
      title?: string | undefined;
      url?: string | undefined;
      language?: string | undefined;
      actor: Actor;
      sourceId?: KnowledgeSourceId | undefined;
    },
  ): Promise<KnowledgeSource> {
    await this.bases.get(workspaceId, baseId);
    if (file.bytes.byteLength > readingLimits.bytesMax) {
      const detail = `At most ${readingLimits.bytesMax / 1_000_000} MB are read of a document.`;
      throw fault('input/too-large', { detail });
    }
    const { sha256, mimeType } = await this.desk.keep(workspaceId, file.bytes, file.mimeType, null);
    const { title, ...rest } = by;
    return this.sources.create(workspaceId, baseId, {
      kind: 'file',
      title: title ?? file.fileName ?? 'Document',
      file: { sha256, mimeType, fileName: file.fileName },
      ...rest,
    });
  }

  /** @throws Fault `state/not-found`; `input/invalid` when it is no source of rows */
  async putRows(
    workspaceId: WorkspaceId,
    sourceId: KnowledgeSourceId,
    rows: readonly KnowledgeRow[],
  ): Promise<KnowledgeSource> {
    const { title, url, language: said } = await this.sources.get(workspaceId, sourceId);
    const last = [...new Map(rows.map((row) => [row.key, row])).values()];
    const written = last.map((row) => ({
      key: row.key,
      questions: row.questions ?? [],
      text: textOf(row),
      title: row.title,
      url: row.url,
    }));
    const sample = written.slice(0, 20).flatMap(({ questions, text }) => [...questions, text]);
    const language = said ?? (await detectLanguage(sample.join('\n')));
    const passages = rowPassages(written, { sourceId, title, url, language });
    return this.sources.putRows(
      workspaceId,
      sourceId,
      last.map(({ key }) => key),
      passages,
    );
  }

  /** @throws Fault `state/not-found`; `input/invalid` when it is no source of rows */
  deleteRows(
    workspaceId: WorkspaceId,
    sourceId: KnowledgeSourceId,
    keys: readonly string[],
  ): Promise<KnowledgeSource> {
    return this.sources.putRows(workspaceId, sourceId, keys, []);
  }

  /** @throws Fault `state/not-found` */
  async searchBase(
    workspaceId: WorkspaceId,
    baseId: KnowledgeBaseId,
    { query, limit }: SearchKnowledge,
  ): Promise<KnowledgeResult> {
    await this.bases.get(workspaceId, baseId);
    const found = await this.searching.search(workspaceId, [baseId], query, { limit });
    return { ...found, verdict: null };
  }

  /**
   * Searches as the published version of a bot does.
   *
   * @throws Fault `state/not-found`
   */
  async searchAsBot(
    workspaceId: WorkspaceId,
    botId: BotId,
    { query, limit }: SearchKnowledge,
  ): Promise<KnowledgeResult> {
    const { definition } = await this.bots.get(workspaceId, botId);
    const settings = definition?.knowledge;
    // The verdict looks at two, however few are asked for.
    const found = await this.searching.search(workspaceId, settings?.bases, query, {
      limit: Math.max(limit, 2),
    });
    const verdict = settings ? knowledgeVerdict(found.passages, settings) : 'pass';
    return { ...found, passages: found.passages.slice(0, limit), verdict };
  }
}

function newSource(written: CreateKnowledgeSource): NewKnowledgeSource {
  if (written.kind !== 'page') return written;
  const { kind, url, title = url.slice(0, 300), language, refresh_every_s: refreshEveryS } = written;
  return { kind, url, title, language, refreshEveryS };
}

/** What a row says, its columns below its text. */
function textOf({ text, fields = {} }: KnowledgeRow): string {
  const columns = Object.entries(fields).map(([name, value]) => `${name}: ${value}`);
  return [...(text === undefined ? [] : [text]), ...(columns.length > 0 ? [columns.join('\n')] : [])].join(
    '\n\n',
  );
}
