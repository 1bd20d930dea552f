import { timeLimit } from '#libs/faults';
import type { KnowledgeBaseId, PassageId, WorkspaceId } from '#libs/model';
import type { KnowledgeIndex, SearchedBase } from '#libs/store';
import type { Embedder } from '../embedding/embedder.js';

/** Vectors that are compared in this process, where the database cannot: 5,000 of 1,536 numbers are 30 MB. */
const COMPARED_MAX = 5_000;
const KEPT_BYTES_MAX = 96_000_000;
const NEAREST = 40;
/** A search does not wait longer for the meaning of its query. */
const QUERY_WITHIN_MS = 1_500;

interface Kept {
  readonly revisions: string;
  /** Null: there are too many. */
  readonly vectors: readonly { passageId: PassageId; vector: Float32Array }[] | null;
  readonly bytes: number;
}

/** The passages that are nearest in meaning. */
export class Nearest {
  readonly #kept = new Map<string, Kept>();

  constructor(
    private readonly index: KnowledgeIndex,
    private readonly embedder: Embedder,
  ) {}

  /**
   * Cosines of the nearest passages; empty when the provider does not answer in time, because words find something too.
   *
   * @param onFailure  is told why there is no meaning this time
   */
  async of(
    workspaceId: WorkspaceId,
    bases: readonly SearchedBase[],
    query: string,
    onFailure: (error: unknown) => void,
  ): Promise<Map<PassageId, number>> {
    try {
      const [vector] = await this.embedder.embed([query], timeLimit(QUERY_WITHIN_MS).signal);
      return vector ? await this.#nearest(workspaceId, bases, vector) : new Map();
    } catch (error) {
      onFailure(error);
      return new Map();
    }
  }

  async #nearest(
    workspaceId: WorkspaceId,
    bases: readonly SearchedBase[],
    vector: readonly number[],
  ): Promise<Map<PassageId, number>> {
    const ids = bases.map(({ baseId }) => baseId);
    if (await this.index.hasVectorType()) {
      const ask = { model: this.embedder.model, vector, limit: NEAREST };
      const rows = await this.index.nearest(workspaceId, ids, ask);
      return new Map(rows.map(({ passageId, similarity }) => [passageId, similarity]));
    }
    const all = await this.#vectors(workspaceId, ids, bases);
    const near = (all ?? [])
      .filter(({ vector: own }) => own.length === vector.length)
      .map(({ passageId, vector: own }) => [passageId, dot(own, vector)] as const)
      .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
    return new Map(near.slice(0, NEAREST));
  }

  /** Kept until a passage changes: they are read once and not for each query. */
  async #vectors(workspaceId: WorkspaceId, ids: readonly KnowledgeBaseId[], bases: readonly SearchedBase[]) {
    const key = ids.join(' ');
    const revisions = bases.map(({ revision }) => revision).join(' ');
    const kept = this.#kept.get(key);
    this.#kept.delete(key);
    if (kept?.revisions === revisions) {
      this.#kept.set(key, kept);
      return kept.vectors;
    }
    const ask = { model: this.embedder.model, limit: COMPARED_MAX };
    const vectors = await this.index.vectors(workspaceId, ids, ask);
    const bytes = (vectors ?? []).reduce((sum, { vector }) => sum + vector.byteLength, 0);
    this.#kept.set(key, { revisions, vectors, bytes });
    let held = [...this.#kept.values()].reduce((sum, one) => sum + one.bytes, 0);
    for (const [oldest, { bytes: freed }] of this.#kept) {
      if (held <= KEPT_BYTES_MAX || oldest === key) break;
      this.#kept.delete(oldest);
      held -= freed;
    }
    return vectors;
  }
}

function dot(a: Float32Array, b: readonly number[]): number {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += a[at]! * b[at]!;
  return sum;
}
