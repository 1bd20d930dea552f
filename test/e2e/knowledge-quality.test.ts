import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WorkspaceId } from '#libs/model';
import { askShop, fillShop, knowledgeTable } from '../bench/knowledge.mjs';
import { openTestStore, type TestStore } from '../support/test-store.js';

interface Row {
  kind: string;
  asked: number;
  top1: number;
  top3: number;
  answered: number;
  wrong: number;
  suggested: number;
}

let store: TestStore;
let workspaceId: WorkspaceId;
let rows: Row[];

beforeAll(async () => {
  store = await openTestStore();
  ({ workspaceId } = await store.workspaces.create({ name: 'Shop', actor: 'system' }));
  const shop = await fillShop(store.database, workspaceId);
  expect(shop.passages).toBeGreaterThan(60);
  ({ rows } = (await askShop(shop, workspaceId)) as { rows: Row[] });
  console.log(knowledgeTable(rows, shop.passages));
});
afterAll(() => store.close());

const of = (kind: string): Row => rows.find((row) => row.kind === kind)!;

// Floors, a little below what was measured on 2026-11-21: a change that makes the search worse is seen here.
describe('the search over a shop of documents', () => {
  it('asks a hundred and fifty questions that have an answer', () => {
    const asked = rows.filter(({ kind }) => kind !== 'off-topic').reduce((sum, row) => sum + row.asked, 0);
    expect(asked).toBe(150);
  });

  it('answers every question that is asked as it was written', () => {
    expect(of('exact')).toMatchObject({ asked: 30, top1: 30, answered: 30 });
  });

  it('finds what is misspelt', () => {
    expect(of('typos').top1).toBeGreaterThanOrEqual(43);
    expect(of('typos').answered + of('typos').suggested).toBeGreaterThanOrEqual(42);
  });

  it('finds in German what stands there in German', () => {
    expect(of('other-language').top1).toBeGreaterThanOrEqual(18);
  });

  it('finds some of what is asked in other words, and rarely says something wrong about it', () => {
    expect(of('paraphrase').top1).toBeGreaterThanOrEqual(12);
    expect(of('paraphrase').top3).toBeGreaterThanOrEqual(21);
    expect(of('paraphrase').wrong).toBeLessThanOrEqual(3);
  });

  it('answers nothing that is about something else', () => {
    expect(of('off-topic')).toMatchObject({ asked: 20, answered: 0, wrong: 0 });
    expect(of('off-topic').suggested).toBeLessThanOrEqual(1);
  });
});
