import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KnowledgeSearch, rowPassages } from '#libs/knowledge';
import { idOf, type KnowledgeBaseId, type PassageId, type WorkspaceId } from '#libs/model';
import { KnowledgeBases, KnowledgeIndex, KnowledgeReadings, KnowledgeSources, Keyring } from '#libs/store';
import { makePrng } from '../support/prng.js';
import { installationKeys, repositoriesOf } from '../support/test-store.js';
import { openVectorDatabase, type VectorDatabase } from '../support/vector-database.js';

const DIMENSIONS = 24;
const PASSAGES = 160;
const MODEL = 'random-1';
const random = makePrng(20_261_121);
const randomUnit = (): number[] => {
  const vector = Array.from({ length: DIMENSIONS }, () => random() - 0.5);
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
};

let store: VectorDatabase;
let workspaceId: WorkspaceId;
let othersId: WorkspaceId;
let baseId: KnowledgeBaseId;
let sources: KnowledgeSources;
let readings: KnowledgeReadings;

beforeAll(async () => {
  store = await openVectorDatabase();
  const { database } = store;
  const { workspaces } = repositoriesOf(database, new Keyring(installationKeys(1)));
  ({ workspaceId } = await workspaces.create({ name: 'W', actor: 'system' }));
  ({ workspaceId: othersId } = await workspaces.create({ name: 'Others', actor: 'system' }));
  sources = new KnowledgeSources(database);
  readings = new KnowledgeReadings(database);
  baseId = (
    await new KnowledgeBases(database).create(workspaceId, { name: 'B', synonyms: [], actor: 'system' })
  ).id;
  await fill(PASSAGES, MODEL, randomUnit);
}, 240_000);
afterAll(() => store?.close());

/** Passages with vectors of a model; every tenth has the vector of the one before it. */
async function fill(count: number, model: string, vectorOf: () => number[]): Promise<void> {
  const { id } = await sources.create(workspaceId, baseId, { kind: 'rows', title: model, actor: 'system' });
  const passages = rowPassages(
    Array.from({ length: count }, (_, at) => ({
      key: `k${at}`,
      questions: [],
      text: `word${at} of ${model}`,
    })),
    { sourceId: id, title: model, url: null, language: 'en' },
  );
  await sources.putRows(
    workspaceId,
    id,
    passages.map(({ key }) => key!),
    passages,
  );
  let vector = vectorOf();
  const embeddings = passages.map(({ passageId }, at) => {
    if (at % 10 !== 0) vector = vectorOf();
    return { passageId, vector };
  });
  await readings.embed(workspaceId, model, embeddings);
}

/** The nearest by the definition of the cosine, in SQL that knows no extension. */
async function exactly(vector: readonly number[], limit: number): Promise<PassageId[]> {
  const rows = await store.asOwner(`
    select p.id, d.dot / sqrt(d.own * d.asked) as cosine
    from knowledge_passage p
    cross join lateral (
      select sum(a::float8 * b) as dot, sum(a::float8 * a) as own, sum(b * b) as asked
      from unnest(p.embedding, '{${vector.join(',')}}'::float8[]) as t(a, b)
    ) d
    where p.embedding_model = '${MODEL}' order by cosine desc, p.id limit ${limit}`);
  return rows.map(({ id }) => idOf('passage', String(id)));
}

/** A search whose embedder gives this vector for whatever is asked. */
const searchWith = (index: KnowledgeIndex, vector: readonly number[]): KnowledgeSearch =>
  new KnowledgeSearch(index, {
    embedder: { model: MODEL, embed: async (texts) => texts.map(() => [...vector]) },
  });

describe('a database with pgvector', () => {
  it('is seen to have it once somebody has created the extension', async () => {
    expect(await new KnowledgeIndex(store.database).hasVectorType()).toBe(false);
    await store.asOwner('create extension vector');
    expect(await new KnowledgeIndex(store.database).hasVectorType()).toBe(true);
  });

  it('finds exactly the nearest of all, in the same order as plain SQL, also where several are equally near', async () => {
    const index = new KnowledgeIndex(store.database);
    for (let round = 0; round < 30; round++) {
      const vector = randomUnit();
      const limit = 1 + Math.floor(random() * 60);
      const found = await index.nearest(workspaceId, [baseId], { model: MODEL, vector, limit });
      expect(found.map(({ passageId }) => passageId)).toEqual(await exactly(vector, limit));
    }
  });

  it('compares vectors of the same model and length only, and those of its own workspace', async () => {
    const index = new KnowledgeIndex(store.database);
    await fill(3, 'random-2', randomUnit);
    await fill(2, MODEL, () => [1, 0]);
    const short = { model: MODEL, vector: [0, 1], limit: 500 };
    expect(await index.nearest(workspaceId, [baseId], short)).toHaveLength(2);
    const long = { model: MODEL, vector: randomUnit(), limit: 500 };
    expect(await index.nearest(workspaceId, [baseId], long)).toHaveLength(PASSAGES);
    expect(await index.nearest(othersId, [baseId], long)).toEqual([]);
  });

  it('searches as one without it does', async () => {
    for (let round = 0; round < 10; round++) {
      const vector = randomUnit();
      const asked = `word${Math.floor(random() * PASSAGES)} of something`;
      const search = (index: KnowledgeIndex) =>
        searchWith(index, vector).search(workspaceId, undefined, asked, { limit: 20 });
      const withIt = await search(new KnowledgeIndex(store.database));
      const without = await search(new WithoutVectors(store.database));
      expect(withIt.passages.some(({ why }) => why.meaning !== null && why.coverage === 0)).toBe(true);
      expect(without).toEqual(withIt);
    }
  });

  it('is searched without the extension again once that is gone', async () => {
    const vector = randomUnit();
    const search = async () => {
      const found = searchWith(new KnowledgeIndex(store.database), vector);
      return (await found.search(workspaceId, undefined, 'word7', { limit: 5 })).passages;
    };
    const before = await search();
    await store.asOwner('drop extension vector');
    expect(await new KnowledgeIndex(store.database).hasVectorType()).toBe(false);
    expect(await search()).toEqual(before);
  });
});

/** Sees no extension, where there is one. */
class WithoutVectors extends KnowledgeIndex {
  override hasVectorType(): Promise<boolean> {
    return Promise.resolve(false);
  }
}
