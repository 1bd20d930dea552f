import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KeyService } from '#libs/access';
import { uuidOf, type WorkspaceId } from '#libs/model';
import { Database, Keyring, Sealer } from '#libs/store';
import { installationKeys, openTestStore, repositoriesOf, type TestStore } from '../support/test-store.js';

let store: TestStore;
let workspaceId: WorkspaceId;
const first = installationKeys(1);
const second = installationKeys(2, [first.current]);
const place = { table: 'channel', column: 'secrets.token', row: 'r' };
/** Forgets at once, so that every seal looks at the rows. */
const forgetful = { ttlMs: 0, max: 10 };

beforeAll(async () => {
  store = await openTestStore();
  const { workspaces } = repositoriesOf(store.database, new Keyring(first));
  ({ workspaceId } = await workspaces.create({ name: 'Sealed', actor: 'system' }));
});
afterAll(() => store.close());

const sealerOf = (keys: typeof first, database: Database = store.database): Sealer =>
  new Sealer(database, new Keyring(keys), forgetful);
const wrapped = async (): Promise<string[]> =>
  (
    await store.owner.query(
      'select wrapped_key from workspace_key where workspace_id = $1 order by version',
      [uuidOf(workspaceId)],
    )
  ).rows.map((row: { wrapped_key: string }) => row.wrapped_key);

describe('the sealer', () => {
  it('seals with a new data key after its rotation and opens what the earlier one sealed', async () => {
    const sealer = sealerOf(first);
    const before = await sealer.seal(workspaceId, place, 'old');
    expect(await sealer.rotate(workspaceId)).toBe(2);
    const after = await sealer.seal(workspaceId, place, 'new');
    expect([before, after].map((text) => text.split('.').slice(0, 3).join('.'))).toEqual([
      'v1.1.1',
      'v1.1.2',
    ]);
    expect(await sealer.open(workspaceId, place, before)).toBe('old');
    expect(await sealer.open(workspaceId, place, after)).toBe('new');
  });

  it('loses and spoils nothing while both keys are rotated under load', async () => {
    const [old, fresh] = [sealerOf({ ...first, old: [second.current] }), sealerOf(second)];
    let isOver = false;
    const sealed: { text: string; plain: string }[] = [];
    const load = Array.from({ length: 4 }, async (_, lane) => {
      for (let n = 0; !isOver || n < 10; n++) {
        const [sealing, opening] = n % 2 === 0 ? [old, fresh] : [fresh, old];
        const plain = `${lane}.${n}`;
        const text = await sealing.seal(workspaceId, place, plain);
        expect(await opening.open(workspaceId, place, text)).toBe(plain);
        sealed.push({ text, plain });
      }
    });
    const rotations = [
      old.rotate(workspaceId),
      fresh.rotate(workspaceId),
      fresh.rewrapAll(),
      fresh.rotate(workspaceId),
    ];
    await Promise.all(rotations);
    isOver = true;
    await Promise.all(load);
    await fresh.rewrapAll();
    expect(await fresh.rewrapAll()).toBe(0);
    for (const { text, plain } of sealed) expect(await fresh.open(workspaceId, place, text)).toBe(plain);
  });

  it('needs the old key of the installation no longer once all data keys are wrapped anew', async () => {
    const sealer = sealerOf(second);
    const text = await sealer.seal(workspaceId, place, 'x');
    expect((await wrapped()).every((key) => key.startsWith('v1.2.'))).toBe(true);
    expect(await sealerOf({ ...second, old: [] }).open(workspaceId, place, text)).toBe('x');
    await expect(sealerOf(first).open(workspaceId, place, text)).rejects.toMatchObject({
      code: 'store/sealed',
    });
  });

  it('refuses a data key whose row was exchanged for the one of another workspace', async () => {
    const { workspaces } = repositoriesOf(store.database, new Keyring(second));
    const other = await workspaces.create({ name: 'Other', actor: 'system' });
    const sealer = sealerOf(second);
    const text = await sealer.seal(other.workspaceId, place, 'x');
    await store.owner.query('update workspace_key set wrapped_key = $2 where workspace_id = $1', [
      uuidOf(other.workspaceId),
      (await wrapped())[0],
    ]);
    await expect(sealer.open(other.workspaceId, place, text)).rejects.toMatchObject({ code: 'store/sealed' });
  });
});

describe('API keys', () => {
  it('hold from their creation to their revocation, which other processes see within two seconds', async () => {
    const { apiKeys } = repositoriesOf(store.database, new Keyring(second));
    const keys = new KeyService(apiKeys, new Keyring(second));
    const input = {
      name: 'ci',
      scopes: ['messages:read' as const],
      expiresAt: null,
      actor: 'system' as const,
    };
    const { key, apiKey } = await keys.create(workspaceId, input);
    expect(await keys.authenticate(`Bearer ${key}`)).toMatchObject({
      workspaceId,
      scopes: ['messages:read'],
    });
    await expect.poll(async () => (await apiKeys.find(apiKey.apiKeyId))?.lastUsedAt).toBeInstanceOf(Date);
    const { rows } = await store.owner.query('select t::text from api_key t');
    expect(JSON.stringify(rows)).not.toContain(key.split('_')[2]);

    await apiKeys.revoke(workspaceId, apiKey.apiKeyId, 'system');
    await apiKeys.revoke(workspaceId, apiKey.apiKeyId, 'system');
    await expect
      .poll(() => keys.authenticate(`Bearer ${key}`).catch((error: { code: string }) => error.code), {
        timeout: 5_000,
      })
      .toBe('access/invalid-api-key');
    const { data } = await apiKeys.list(workspaceId, { limit: 10, order: 'asc' });
    expect(data).toMatchObject([{ apiKeyId: apiKey.apiKeyId, revokedAt: expect.any(Date) as Date }]);
  });
});
