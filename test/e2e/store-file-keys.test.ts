import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ContactId, newId, uuidOf, type WorkspaceId } from '#libs/model';
import { Keyring, Sealer } from '#libs/store';
import { installationKeys, openTestStore, repositoriesOf, type TestStore } from '../support/test-store.js';

let store: TestStore;
let workspaceId: WorkspaceId;
const first = installationKeys(1);
const second = installationKeys(2, [first.current]);
/** Forgets at once, so that every seal looks at the rows. */
const forgetful = { ttlMs: 0, max: 10 };
const reposBy = (keys: typeof first) => {
  const keyring = new Keyring(keys);
  return repositoriesOf(store.database, keyring, new Sealer(store.database, keyring, forgetful));
};
let files = 0;
const hash = (): string => (files++).toString(16).padStart(64, '0');

beforeAll(async () => {
  store = await openTestStore();
  ({ workspaceId } = await reposBy(first).workspaces.create({ name: 'Files', actor: 'system' }));
});
afterAll(() => store.close());

async function contact(): Promise<ContactId> {
  const contactId = newId('contact');
  await store.owner.query('insert into contact (workspace_id, id) values ($1, $2)', [
    uuidOf(workspaceId),
    uuidOf(contactId),
  ]);
  return contactId;
}

describe('keys of files', () => {
  it('are one for each file, whoever asks at the same moment, and stand nowhere in clear', async () => {
    const { fileKeys } = reposBy(first);
    const [ann, bob, sha256] = [await contact(), await contact(), hash()];
    const askers = [ann, bob, null, ann, bob, null, ann, bob];
    const keys = await Promise.all(askers.map((one) => fileKeys.forWriting(workspaceId, sha256, one)));
    const plain = new Set(keys.map((key) => key.export().toString('hex')));
    expect(plain.size).toBe(1);
    const { rows } = await store.owner.query(
      'select f.sealed, k.sealed as by from file_key f left join contact_key k using (workspace_id, contact_id)',
    );
    const text = JSON.stringify(rows);
    for (const encoding of ['hex', 'base64', 'base64url'] as const) {
      expect(text).not.toContain(keys[0]!.export().toString(encoding));
    }
  });

  it('open after both keys above them were rotated and the old one is gone', async () => {
    const before = reposBy(first);
    const [ann, hers, ours] = [await contact(), hash(), hash()];
    const sealed = [
      await before.fileKeys.forWriting(workspaceId, hers, ann),
      await before.fileKeys.forWriting(workspaceId, ours, null),
    ];
    const after = reposBy(second);
    await after.sealer.rotate(workspaceId);
    await after.sealer.rewrapAll();
    const alone = reposBy({ ...second, old: [] });
    const opened = [
      await alone.fileKeys.find(workspaceId, hers),
      await alone.fileKeys.find(workspaceId, ours),
    ];
    expect(opened.map((key) => key?.equals(sealed.shift()!))).toEqual([true, true]);
    await expect(reposBy(first).fileKeys.find(workspaceId, hash())).resolves.toBeNull();
  });

  it('of a person are gone with the key of that person, and nobody who is erased gets another', async () => {
    const { fileKeys } = reposBy(second);
    const [ann, sha256] = [await contact(), hash()];
    await fileKeys.forWriting(workspaceId, sha256, ann);
    await store.owner.query('delete from contact_key where contact_id = $1', [uuidOf(ann)]);
    expect(await fileKeys.find(workspaceId, sha256)).toBeNull();
    await store.owner.query('delete from contact where id = $1', [uuidOf(ann)]);
    await expect(fileKeys.forWriting(workspaceId, sha256, ann)).rejects.toMatchObject({
      code: 'state/gone',
    });
  });

  it('open no other file, and not with the key of another person', async () => {
    const { fileKeys } = reposBy(second);
    const [ann, bob, one, two] = [await contact(), await contact(), hash(), hash()];
    await fileKeys.forWriting(workspaceId, one, ann);
    await fileKeys.forWriting(workspaceId, two, ann);
    await fileKeys.forWriting(workspaceId, hash(), bob);
    const set = 'update file_key set';
    await store.owner.query(
      `${set} sealed = (select sealed from file_key where sha256 = $1) where sha256 = $2`,
      [one, two],
    );
    await expect(fileKeys.find(workspaceId, two)).rejects.toMatchObject({ code: 'store/sealed' });
    await store.owner.query(`${set} contact_id = $1 where sha256 = $2`, [uuidOf(bob), one]);
    await expect(fileKeys.find(workspaceId, one)).rejects.toMatchObject({ code: 'store/sealed' });
  });
});
