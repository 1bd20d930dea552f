import { detectLanguage } from '#libs/bot';
import {
  type FoundPassage,
  type KnowledgeBaseId,
  knowledgeLimits,
  type KnowledgeResult,
  type WorkspaceId,
} from '#libs/model';
import { type Candidate, type KnowledgeIndex, type SearchedBase, TimedCache } from '#libs/store';
import type { Embedder } from '../embedding/embedder.js';
import { extractAnswer } from './extract.js';
import { fuse } from './fuse.js';
import { Nearest } from './nearest.js';
import { askedWords, prepareQuery, type PreparedQuery, queryWords } from './query.js';
import { scorePassage } from './score.js';

/** Passages that words find, and how many of all are scored. */
const FOUND = 60;
const SCORED = 30;
/** A base that changed is seen after so many milliseconds. */
const BASES_TTL_MS = 2_000;

/** What a search found, before anyone decides what to do with it. */
export type SearchResult = Omit<KnowledgeResult, 'verdict'>;

export interface KnowledgeSearchOptions {
  /** Without it words alone are compared. */
  embedder?: Embedder | undefined;
  /** Told why the meaning of a query could not be looked at. */
  onFailure?: ((error: unknown) => void) | undefined;
  /** How long the list of bases may be old, in milliseconds. */
  basesTtlMs?: number | undefined;
}

/**
 * Searches what bots know: full text in the languages of the passages, slips of the pen by trigrams, meaning by
 * embeddings where there is a provider; the lists are fused by rank, and the best are scored.
 */
export class KnowledgeSearch {
  readonly #bases: TimedCache<SearchedBase[]>;
  readonly #nearest: Nearest | null;
  readonly #onFailure: (error: unknown) => void;

  constructor(
    private readonly index: KnowledgeIndex,
    { embedder, onFailure = () => undefined, basesTtlMs = BASES_TTL_MS }: KnowledgeSearchOptions = {},
  ) {
    this.#bases = new TimedCache({ ttlMs: basesTtlMs, missTtlMs: 0, max: 2_000 });
    this.#nearest = embedder ? new Nearest(index, embedder) : null;
    this.#onFailure = onFailure;
  }

  /**
   * The passages that fit a query, best first.
   *
   * @param bases  where to look; all of the workspace when undefined
   * @throws Fault `store/unavailable`
   */
  async search(
    workspaceId: WorkspaceId,
    bases: readonly KnowledgeBaseId[] | undefined,
    query: string,
    { limit }: { limit: number },
  ): Promise<SearchResult> {
    const text = query.slice(0, knowledgeLimits.queryMax);
    const language = await detectLanguage(text);
    const searched = await this.#searched(workspaceId, bases);
    const passages = searched.reduce((sum, base) => sum + base.passages, 0);
    if (passages === 0) return { language, corrected: [], passages: [] };
    const [prepared, near] = await Promise.all([
      this.#prepare(workspaceId, searched, text, language, passages),
      this.#nearest?.of(workspaceId, searched, text, this.#onFailure) ?? new Map<never, number>(),
    ]);
    const candidates = await this.index.candidates(
      workspaceId,
      searched.map(({ baseId }) => baseId),
      { text: text.toLowerCase(), lexemes: prepared.lexemes, also: [...near.keys()], limit: FOUND },
    );
    return {
      language,
      corrected: prepared.terms
        .filter(({ meant }) => meant.length > 0)
        .map(({ folded, meant }) => ({ written: folded, meant: [...meant] })),
      passages: ranked(prepared, candidates, near, language).slice(0, limit),
    };
  }

  async #searched(
    workspaceId: WorkspaceId,
    bases: readonly KnowledgeBaseId[] | undefined,
  ): Promise<SearchedBase[]> {
    const key = `${workspaceId}.${bases?.join(' ') ?? '*'}`;
    return (await this.#bases.get(key, () => this.index.bases(workspaceId, bases))) ?? [];
  }

  async #prepare(
    workspaceId: WorkspaceId,
    bases: readonly SearchedBase[],
    text: string,
    language: string | null,
    passages: number,
  ): Promise<PreparedQuery> {
    const words = queryWords(text, bases);
    const configs = [...new Set(bases.flatMap(({ languages }) => languages))];
    // A short text can be any language: then the stop words of all that the bases hold say nothing.
    const stops = language !== null && configs.includes(language) ? [language] : configs;
    const ids = bases.map(({ baseId }) => baseId);
    const found = await this.index.words(workspaceId, ids, { configs, stops, words: askedWords(words) });
    return prepareQuery(words, found.words, found.near, passages);
  }
}

function ranked(
  query: PreparedQuery,
  candidates: readonly Candidate[],
  near: ReadonlyMap<Candidate['passageId'], number>,
  language: string | null,
): FoundPassage[] {
  const idsBy = (value: (candidate: Candidate) => number) =>
    candidates
      .filter((one) => value(one) > 0)
      .sort((a, b) => value(b) - value(a))
      .map(({ passageId }) => passageId);
  const fused = fuse([
    idsBy(({ weight }) => weight),
    idsBy(({ similarity }) => similarity),
    [...near.keys()],
  ]);
  const best = new Set([...fused.keys()].slice(0, SCORED));
  const forms = query.lexemes.map(({ l, w }) => ({ form: l, weight: w }));
  return candidates
    .filter(({ passageId }) => best.has(passageId))
    .map((candidate) => {
      const meaning = near.size === 0 ? null : (near.get(candidate.passageId) ?? 0);
      return { candidate, ...scorePassage(query, candidate, meaning) };
    })
    .filter(({ score }) => score > 0)
    .sort(
      (a, b) =>
        b.score - a.score ||
        Number(b.candidate.language === language) - Number(a.candidate.language === language) ||
        fused.get(b.candidate.passageId)! - fused.get(a.candidate.passageId)! ||
        (a.candidate.passageId < b.candidate.passageId ? -1 : 1),
    )
    .map(({ candidate, score, why }) => ({
      id: candidate.passageId,
      source_id: candidate.sourceId,
      title: candidate.title,
      heading: candidate.heading,
      text: candidate.body,
      answer: candidate.isAnswer ? candidate.body : extractAnswer(candidate.body, forms),
      url: candidate.url,
      score,
      why: { ...why, words: [...why.words], missing: [...why.missing] },
    }));
}
