import { Injectable } from '@nestjs/common';
import {
  type BotId,
  idOf,
  type KnowledgeBaseId,
  type KnowledgeGapId,
  type KnowledgeSourceId,
  type MessageId,
  type PassageId,
  uuidOf,
  type WorkspaceId,
} from '#libs/model';
import { Database } from '../database.js';
import { safeJson } from './safe-json.js';

/** Where a search looks. */
export interface SearchedBase {
  baseId: KnowledgeBaseId;
  /** Rises whenever a passage comes, changes or goes. */
  revision: number;
  synonyms: readonly (readonly string[])[];
  passages: number;
  /** ISO 639-1 codes of its passages. */
  languages: readonly string[];
}

/** A word to look up: as written, and folded. */
export interface AskedWord {
  i: number;
  o: string;
  w: string;
}

/** What is known of a word in the bases. */
export interface KnownWord {
  i: number;
  /** Says nothing in the language of the query. */
  stop: boolean;
  /** Its forms that stand in passages, each with their number; null when none does. */
  lexemes: readonly { l: string; n: number }[] | null;
}

/** A word that looks like one that was asked for. */
export interface NearWord {
  asked: string;
  word: string;
  passages: number;
}

/** A form of an asked word that finds (`f`) and weighs (`w`) passages; of those of one word (`g`) the heaviest counts. */
export interface SearchLexeme {
  g: number;
  l: string;
  w: number;
  f: boolean;
}

/** A passage that a search chose from. */
export interface Candidate {
  passageId: PassageId;
  sourceId: KnowledgeSourceId;
  title: string;
  /** Headings or phrasings, one a line. */
  label: string;
  heading: string;
  body: string;
  isAnswer: boolean;
  url: string | null;
  language: string | null;
  /** Sum of the weights of the words that it holds. */
  weight: number;
  /** Of its label and the query, by trigrams: 0–1. */
  similarity: number;
  /** Which lexemes it holds, and whether in its label. */
  hits: readonly (readonly [index: number, isInLabel: boolean])[];
}

/** The full-text and trigram side of searching, and the vectors where there are some. */
@Injectable()
export class KnowledgeIndex {
  #hasVectorType: Promise<boolean> | undefined;

  constructor(private readonly database: Database) {}

  /** The bases that a bot looks in; all of the workspace when none is named. */
  async bases(
    workspaceId: WorkspaceId,
    named: readonly KnowledgeBaseId[] | undefined,
  ): Promise<SearchedBase[]> {
    const workspace = uuidOf(workspaceId);
    const ids = named?.map((id) => uuidOf(id)) ?? null;
    const rows = await this.database.withWorkspace(
      workspaceId,
      (tx) => tx.$queryRaw<
        { id: string; revision: number; synonyms: string[][]; passages: number; languages: string[] | null }[]
      >`
        select b.id, b.revision, b.synonyms,
          (select coalesce(sum(s.passages), 0)::int from knowledge_source s
            where s.workspace_id = b.workspace_id and s.base_id = b.id) as passages,
          (select array_agg(distinct p.language) from knowledge_passage p
            where p.workspace_id = b.workspace_id and p.base_id = b.id and p.language is not null) as languages
        from knowledge_base b
        where b.workspace_id = ${workspace}::uuid and (${ids}::uuid[] is null or b.id = any (${ids}::uuid[]))
        order by b.id limit 20`,
    );
    return rows.map(({ id, languages, ...rest }) => ({
      ...rest,
      baseId: idOf('knowledgeBase', id),
      languages: languages ?? [],
    }));
  }

  /**
   * What the words of a query are in these bases.
   *
   * @param configs  languages whose forms are looked for
   * @param stops  languages whose stop words say nothing
   */
  async words(
    workspaceId: WorkspaceId,
    bases: readonly KnowledgeBaseId[],
    {
      configs,
      stops,
      words,
    }: { configs: readonly string[]; stops: readonly string[]; words: readonly AskedWord[] },
  ): Promise<{ words: KnownWord[]; near: NearWord[] }> {
    const [row] = await this.database.run<{ found: { words: KnownWord[]; near: NearWord[] } }>(
      'knowledge_words',
      'select knowledge_words($1, $2, $3, $4, $5) as found',
      [uuidOf(workspaceId), bases.map((id) => uuidOf(id)), configs, stops, safeJson(words)],
    );
    return row?.found ?? { words: [], near: [] };
  }

  /** The passages that hold most of the words, and those in `also`. In no order. */
  async candidates(
    workspaceId: WorkspaceId,
    bases: readonly KnowledgeBaseId[],
    ask: { text: string; lexemes: readonly SearchLexeme[]; also: readonly PassageId[]; limit: number },
  ): Promise<Candidate[]> {
    const rows = await this.database.run<{ c: Omit<Candidate, 'passageId'> & { id: string } }>(
      'knowledge_candidates',
      'select c from knowledge_candidates($1, $2, $3, $4, $5, $6) as c',
      [
        uuidOf(workspaceId),
        bases.map((id) => uuidOf(id)),
        ask.text,
        safeJson(ask.lexemes),
        ask.also.map((id) => uuidOf(id)),
        ask.limit,
      ],
    );
    return rows.map(({ c: { id, sourceId, ...rest } }) => ({
      ...rest,
      passageId: idOf('passage', id),
      sourceId: idOf('knowledgeSource', sourceId),
    }));
  }

  /** Whether the database has the extension pgvector. Asked once. */
  hasVectorType(): Promise<boolean> {
    this.#hasVectorType ??= this.database
      .run<{ has: boolean }>('knowledge-vector', "select to_regtype('vector') is not null as has", [])
      .then(([row]) => row?.has ?? false)
      .catch((error: unknown) => {
        this.#hasVectorType = undefined;
        throw error;
      });
    return this.#hasVectorType;
  }

  /** The nearest passages in meaning, nearest first; only where there is pgvector. */
  async nearest(
    workspaceId: WorkspaceId,
    bases: readonly KnowledgeBaseId[],
    ask: { model: string; vector: readonly number[]; limit: number },
  ): Promise<{ passageId: PassageId; similarity: number }[]> {
    const rows = await this.database.run<{ id: string; similarity: number }>(
      'knowledge_nearest',
      'select id, similarity from knowledge_nearest($1, $2, $3, $4, $5)',
      [uuidOf(workspaceId), bases.map((id) => uuidOf(id)), ask.model, [...ask.vector], ask.limit],
    );
    return rows.map(({ id, similarity }) => ({ passageId: idOf('passage', id), similarity }));
  }

  /** Embeddings of these bases, at most `limit`; null when there are more. */
  async vectors(
    workspaceId: WorkspaceId,
    bases: readonly KnowledgeBaseId[],
    { model, limit }: { model: string; limit: number },
  ): Promise<{ passageId: PassageId; vector: Float32Array }[] | null> {
    const workspace = uuidOf(workspaceId);
    const ids = bases.map((id) => uuidOf(id));
    const rows = await this.database.withWorkspace(
      workspaceId,
      (tx) => tx.$queryRaw<{ id: string; vector: string }[]>`
        select id, embedding::text as vector from knowledge_passage
        where workspace_id = ${workspace}::uuid and base_id = any (${ids}::uuid[]) and embedding_model = ${model}
        limit ${limit + 1}`,
    );
    if (rows.length > limit) return null;
    return rows.map(({ id, vector }) => ({
      passageId: idOf('passage', id),
      vector: Float32Array.from(JSON.parse(`[${vector.slice(1, -1)}]`) as number[]),
    }));
  }

  /** Counts a question that nobody could answer; the same message counts once. */
  async miss(
    workspaceId: WorkspaceId,
    gap: {
      gapId: KnowledgeGapId;
      botId: BotId;
      words: string;
      example: string;
      language: string | null;
      messageId: MessageId;
    },
  ): Promise<void> {
    await this.database.run('knowledge_miss', 'select knowledge_miss($1, $2, $3, $4, $5, $6, $7)', [
      uuidOf(workspaceId),
      uuidOf(gap.botId),
      uuidOf(gap.gapId),
      gap.words,
      gap.example,
      gap.language,
      uuidOf(gap.messageId),
    ]);
  }
}
