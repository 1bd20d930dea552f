import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WorkspaceId } from '#libs/model';
import { askShop, fillShop, knowledgeTable } from '../bench/knowledge.mjs';
import { openTestStore, type TestStore } from '../support/test-store.js';

let store: TestStore;
let workspaceId: WorkspaceId;
let asked: Awaited<ReturnType<typeof askShop>>;

beforeAll(async () => {
  store = await openTestStore();
  ({ workspaceId } = await store.workspaces.create({ name: 'Shop', actor: 'system' }));
  const shop = await fillShop(store.database, workspaceId);
  asked = await askShop(shop, workspaceId);
  console.log(knowledgeTable(asked.rows, shop.passages));
  if (process.env['SHOW']) for (const miss of asked.misses) console.log(JSON.stringify(miss));
});
afterAll(() => store.close());

describe('quality', () => {
  it('is', () => expect(asked.rows.length).toBeGreaterThan(3));
});
