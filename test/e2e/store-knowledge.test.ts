import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rowPassages } from '#libs/knowledge';
import type { KnowledgeBaseId, KnowledgeSourceId, WorkspaceId } from '#libs/model';
import {
  KnowledgeBases,
  KnowledgeIndex,
  KnowledgeReadings,
  KnowledgeSources,
  type OpenReading,
  type ReadingOutcome,
} from '#libs/store';
import { openTestStore, type TestStore } from '../support/test-store.js';

let store: TestStore;
let workspaceId: WorkspaceId;
let bases: KnowledgeBases;
let sources: KnowledgeSources;
let readings: KnowledgeReadings;
let index: KnowledgeIndex;
let baseId: KnowledgeBaseId;

beforeAll(async () => {
  store = await openTestStore();
  ({ workspaceId } = await store.workspaces.create({ name: 'W', actor: 'system' }));
  bases = new KnowledgeBases(store.database);
  sources = new KnowledgeSources(store.database);
  readings = new KnowledgeReadings(store.database);
  index = new KnowledgeIndex(store.database);
  baseId = (await bases.create(workspaceId, { name: 'B', synonyms: [], actor: 'system' })).id;
});
afterAll(() => store.close());

const passagesOf = (sourceId: KnowledgeSourceId, texts: readonly string[]) =>
  rowPassages(
    texts.map((text, at) => ({ key: `k${at}`, questions: [], text })),
    { sourceId, title: 'T', url: null, language: 'en' },
  );
const read = (reading: OpenReading, texts: readonly string[]): ReadingOutcome => ({
  state: 'ready',
  code: null,
  reason: null,
  waitMs: null,
  isDone: true,
  content: {
    hash: texts.join(),
    etag: null,
    modified: null,
    title: 'T',
    passages: passagesOf(reading.sourceId, texts),
  },
});
/** Counts kept by the triggers beside those that the passages give. */
const counts = async () => {
  const { rows: kept } = await store.owner.query(
    'select base_id, word, passages from knowledge_word order by base_id, word',
  );
  const { rows: true_ } = await store.owner.query(
    `select base_id, w as word, count(*)::int as passages from knowledge_passage, unnest(tsvector_to_array(words)) w
     group by 1, 2 order by 1, 2`,
  );
  return { kept, true_ };
};

describe('readings', () => {
  it('belong to one worker at a time; one whose lease ran out writes nothing', async () => {
    const { id } = await sources.create(workspaceId, baseId, {
      kind: 'text',
      title: 'T',
      text: 'x',
      actor: 'system',
    });
    const [first] = await readings.open('w1', 10, 60_000);
    expect(first).toMatchObject({ sourceId: id, kind: 'text', text: 'x', attempts: 0 });
    expect(await readings.open('w2', 10, 60_000)).toEqual([]);
    expect(await readings.renew('w1', 60_000, [first!])).toEqual(new Set([id]));
    await store.owner.query(
      "update knowledge_source set due_at = now() - interval '1 s' where kind = 'text'",
    );
    const [second] = await readings.open('w2', 10, 60_000);
    expect(await readings.renew('w1', 60_000, [first!])).toEqual(new Set());
    expect(await readings.record('w1', first!, read(first!, ['late words']))).toBe(false);
    expect(await readings.record('w2', second!, read(second!, ['right words']))).toBe(true);
    const { rows } = await store.owner.query('select body from knowledge_passage');
    expect(rows).toEqual([{ body: 'right words' }]);
    expect(await sources.get(workspaceId, id)).toMatchObject({
      state: 'ready',
      passages: 1,
      next_read_at: null,
    });
  });

  it('that fail are counted, and keep the passages and the tag of the last one', async () => {
    const page = { kind: 'page' as const, title: 'P', url: 'https://a.example/', refreshEveryS: 300 };
    const { id } = await sources.create(workspaceId, baseId, { ...page, actor: 'system' });
    const [one] = await readings.open('w', 1, 60_000);
    const outcome = read(one!, ['kept words']);
    await readings.record('w', one!, {
      ...outcome,
      waitMs: 0,
      content: { ...outcome.content!, etag: '"1"' },
    });
    const failed = {
      state: 'failed',
      code: 'channel/unreachable',
      reason: 'away',
      waitMs: 0,
      isDone: true,
    } as const;
    for (const attempts of [0, 1]) {
      const [again] = await readings.open('w', 1, 60_000);
      expect(again).toMatchObject({ sourceId: id, attempts, etag: '"1"' });
      await readings.record('w', again!, failed);
    }
    expect(await sources.get(workspaceId, id)).toMatchObject({
      state: 'failed',
      code: 'channel/unreachable',
      passages: 1,
    });
    await sources.remove(workspaceId, id, 'system');
  });
});

describe('sources', () => {
  it('are due again when their passages have no embedding of the model, and only then', async () => {
    const { id } = await sources.create(workspaceId, baseId, { kind: 'rows', title: 'E', actor: 'system' });
    const [passage] = passagesOf(id, ['x']);
    await sources.putRows(workspaceId, id, ['k0'], [passage!]);
    const claims = async () =>
      (await readings.open('w', 10, 60_000)).filter(({ sourceId }) => sourceId === id);
    const [claim] = await claims();
    expect(await readings.unembedded(claim!, 'm1', 10)).toMatchObject([
      { passageId: passage!.passageId, body: 'x' },
    ]);
    await readings.embed(workspaceId, 'm1', [{ passageId: passage!.passageId, vector: [1, 0] }]);
    expect(await readings.unembedded(claim!, 'm1', 10)).toEqual([]);
    const done = { state: 'ready', code: null, reason: null, waitMs: null, isDone: true } as const;
    await readings.record('w', claim!, done);
    await readings.requeue('m1');
    expect(await claims()).toEqual([]);
    expect(await readings.requeue('m2')).toBeGreaterThan(0);
    expect(await claims()).toHaveLength(1);
    await sources.remove(workspaceId, id, 'system');
  });
});

describe('words', () => {
  it('are counted as the passages hold them, whatever comes, changes and goes, also at once', async () => {
    const made = await Promise.all(
      ['A', 'B', 'C'].map((title) =>
        sources.create(workspaceId, baseId, { kind: 'rows', title, actor: 'system' }),
      ),
    );
    const write = (sourceId: KnowledgeSourceId, texts: readonly string[]) => {
      const passages = passagesOf(sourceId, texts);
      return sources.putRows(
        workspaceId,
        sourceId,
        texts.map((_, at) => `k${at}`),
        passages,
      );
    };
    await Promise.all(made.map(({ id }) => write(id, ['red green', 'green blue', 'blue red'])));
    await Promise.all(made.map(({ id }, at) => write(id, [`red ${at}`, 'green blue', 'violet'])));
    await sources.putRows(workspaceId, made[0]!.id, ['k0', 'k2'], []);
    await sources.remove(workspaceId, made[1]!.id, 'system');
    const { kept, true_ } = await counts();
    expect(kept).toEqual(true_);
    expect(kept.length).toBeGreaterThan(3);
    await bases.remove(workspaceId, baseId, 'system');
    expect(await counts()).toEqual({ kept: [], true_: [] });
  });
});

describe('searching', () => {
  it('sees nothing of another workspace, even when it names its bases', async () => {
    const other = await store.workspaces.create({ name: 'Other', actor: 'system' });
    const theirs = await bases.create(other.workspaceId, { name: 'B', synonyms: [], actor: 'system' });
    const source = await sources.create(other.workspaceId, theirs.id, {
      kind: 'rows',
      title: 'S',
      actor: 'system',
    });
    await sources.putRows(other.workspaceId, source.id, ['k0'], passagesOf(source.id, ['quagga']));
    const lexemes = [{ g: 0, l: 'quagga', w: 1, f: true }];
    const ask = { text: 'quagga', lexemes, also: [], limit: 10 };
    const words = {
      configs: ['en'],
      stops: [],
      words: [
        { i: 0, o: 'quagga', w: 'quagga' },
        { i: 1, o: 'quaga', w: 'quaga' },
      ],
    };
    expect(await index.candidates(other.workspaceId, [theirs.id], ask)).toHaveLength(1);
    expect((await index.words(other.workspaceId, [theirs.id], words)).near).toMatchObject([
      { word: 'quagga' },
    ]);
    const [passage] = await index.candidates(other.workspaceId, [theirs.id], ask);
    const also = [passage!.passageId];
    expect(await index.candidates(workspaceId, [theirs.id], { ...ask, also })).toEqual([]);
    const seen = await index.words(workspaceId, [theirs.id], words);
    expect(seen).toMatchObject({ words: [{ lexemes: null }, { lexemes: null }], near: [] });
    expect(await index.bases(workspaceId, [theirs.id])).toEqual([]);
  });
});
