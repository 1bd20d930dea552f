import { randomBytes } from 'node:crypto';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { fault, isFault } from '#libs/faults';
import { FolderFiles, MediaFiles } from '#libs/media';
import { type MediaId, uuidOf } from '#libs/model';
import { FileKeys } from '#libs/store';
import { ofErased } from '../../apps/launcher/src/doctor/of-erased.js';
import { type Api, apiOf, boot, type Booted, makeWorkspace, type TestWorkspace } from '../support/boot.js';
import { until } from '../support/until.js';

let booted: Booted;
let folder: string;
let home: TestWorkspace;
let api: Api;
let people = 0;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'parley-erase-'));
  booted = await boot({ env: { PARLEY_DATA_DIR: folder } });
  home = await makeWorkspace(booted, 'Home');
  api = apiOf(booted, home.key);
});
afterAll(async () => {
  await booted?.close();
  rmSync(folder, { recursive: true, force: true });
});
afterEach(() => void vi.restoreAllMocks());

const canary = (): string => `canary-${randomBytes(8).toString('hex')}`;

interface Kept {
  mediaId: MediaId;
  words: string;
  link: string;
}
interface Visitor {
  contactId: string;
  conversationId: string;
  /** Uploads a file and says it. */
  says(words?: string): Promise<Kept>;
}

const upload = async (route: string, token: string, words: string): Promise<Kept> => {
  const answer = await fetch(`${booted.url}${route}?file_name=letter.txt`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'text/plain' },
    body: `${words} is in the file`,
  });
  expect(answer.status).toBe(201);
  const { id, link } = (await answer.json()) as { id: MediaId; link: string };
  return { mediaId: id, words, link };
};

async function visitor(): Promise<Visitor> {
  const contact = { external_id: `person-${people++}` };
  const { body: session } = await api('POST', '/v1/sessions', { contact });
  const as = apiOf(booted, session.client_token);
  const conversationId = session.conversation_id as string;
  return {
    contactId: session.contact_id,
    conversationId,
    async says(words = canary()) {
      const kept = await upload('/v1/widget/media', session.client_token, words);
      const parts = [{ type: 'file', url: `media:${kept.mediaId}` }];
      const said = await as('POST', '/v1/widget/messages', { client_id: words, parts });
      expect(said.status).toBeLessThan(300);
      await until('it stands in the conversation', () => isNamed(conversationId, kept));
      return kept;
    },
  };
}

async function isNamed(conversationId: string, { mediaId }: Kept): Promise<boolean> {
  const { rows } = await booted.owner.query(
    'select 1 from message where conversation_id = $1 and position($2 in content::text) > 0',
    [uuidOf(conversationId as never), mediaId],
  );
  return rows.length > 0;
}

/** What a link gives: the words of the file, or the status. The gateway took a free port, which its address does not know. */
async function look({ link, words }: Kept): Promise<'readable' | number> {
  const { pathname, search } = new URL(link);
  const answer = await fetch(`${booted.url}${pathname}${search}`);
  return (await answer.text()) === `${words} is in the file` ? 'readable' : answer.status;
}

/** Who was erased, by their ids alone. */
const isMark = (file: string): boolean => file.includes(`${path.sep}erased${path.sep}`);
const filesIn = (place: string): string[] =>
  readdirSync(place, { recursive: true })
    .map((name) => path.join(place, String(name)))
    .filter((file) => statSync(file).isFile() && !isMark(file));

/** Every file of a folder as it stands there. */
const rawOf = (place: string): string =>
  filesIn(place)
    .map((file) => readFileSync(file, 'latin1'))
    .join('\n');

/** What somebody reads who has a copy of the files, this database and the keys of the installation. */
async function readAll(place: string): Promise<string> {
  const files = new FolderFiles(path.join(place, 'media'), booted.gateway.get(FileKeys));
  const read = filesIn(path.join(place, 'media')).map((file) =>
    files.read(home.workspaceId, path.basename(file)).then(
      (bytes) => Buffer.from(bytes).toString(),
      (error: unknown) => {
        expect(isFault(error) && error.code).toBe('state/gone');
        return '';
      },
    ),
  );
  return (await Promise.all(read)).join('\n');
}

function copyOfFiles(): string {
  const copy = mkdtempSync(path.join(tmpdir(), 'parley-copy-'));
  cpSync(path.join(folder, 'media'), path.join(copy, 'media'), { recursive: true });
  return copy;
}

const erase = (contactId: string) => api('POST', `/v1/contacts/${contactId}/erase`, {});
const keysOf = async (contactId: string): Promise<number> =>
  (await booted.owner.query('select 1 from contact_key where contact_id = $1', [uuidOf(contactId as never)]))
    .rows.length;

describe('files of people', () => {
  it('never stand on the disk as they are, and are read through their links', async () => {
    const ann = await visitor();
    const [one, two] = [await ann.says(), await ann.says()];
    const handed = await upload('/v1/media', home.key, canary());
    const raw = rawOf(folder);
    for (const kept of [one, two, handed]) {
      expect(raw).not.toContain(kept.words);
      expect(await look(kept)).toBe('readable');
    }
    expect(await keysOf(ann.contactId)).toBe(1);
  });

  it('cannot be read by anybody once the erasure has begun, though no file can be taken away', async () => {
    const [ann, bob] = [await visitor(), await visitor()];
    const [hers, his] = [await ann.says(), await bob.says()];
    const before = copyOfFiles();
    expect(await readAll(before)).toContain(hers.words);
    const stuck = vi
      .spyOn(booted.gateway.get(MediaFiles), 'remove')
      .mockRejectedValue(fault('store/unavailable', { detail: 'The disk is read-only.' }));
    const refused = await erase(ann.contactId);
    expect([refused.status, refused.body.code]).toEqual([503, 'store/unavailable']);
    expect(await look(hers)).toBe(410);
    expect(await look(his)).toBe('readable');
    for (const place of [folder, before]) {
      const all = await readAll(place);
      expect(all).not.toContain(hers.words);
      expect(all).toContain(his.words);
    }
    // Asked for again, it goes on to its end.
    stuck.mockRestore();
    expect((await erase(ann.contactId)).status).toBe(200);
    expect(await readAll(before)).not.toContain(hers.words);
    expect(rawOf(folder) + rawOf(before)).not.toContain(hers.words);
    const { rows } = await booted.owner.query<{ data: object }>(
      "select data from audit where action = 'contact.destroy-keys' and target = $1",
      [ann.contactId],
    );
    expect(rows).toEqual([{ data: { contact_keys: 1, file_keys: 1 } }]);
    rmSync(before, { recursive: true });
  });

  it('that came from two people stay with the one who is left', async () => {
    const [ann, bob] = [await visitor(), await visitor()];
    const same = canary();
    const [hers, his] = [await ann.says(same), await bob.says(same)];
    const before = copyOfFiles();
    expect((await erase(ann.contactId)).status).toBe(200);
    expect([await look(hers), await look(his)]).toEqual([404, 'readable']);
    expect((await erase(bob.contactId)).status).toBe(200);
    expect(await look(his)).toBe(404);
    expect(await readAll(before)).not.toContain(same);
    rmSync(before, { recursive: true });
  });

  it('of merged people stay readable, and both keys go when they are erased', async () => {
    const [ann, bob] = [await visitor(), await visitor()];
    const files = [await ann.says(), await bob.says()];
    const merge = await api('POST', `/v1/contacts/${ann.contactId}/merge`, { contact_id: bob.contactId });
    expect(merge.status).toBe(201);
    files.push(await bob.says());
    for (const kept of files) expect(await look(kept)).toBe('readable');
    const before = copyOfFiles();
    expect((await erase(ann.contactId)).status).toBe(200);
    expect([await keysOf(ann.contactId), await keysOf(bob.contactId)]).toEqual([0, 0]);
    const all = await readAll(before);
    for (const kept of files) expect(all).not.toContain(kept.words);
    rmSync(before, { recursive: true });
  });

  it('stay with who was parted again, also those that came in while both were one', async () => {
    const [ann, bob] = [await visitor(), await visitor()];
    const [hers, his] = [await ann.says(), await bob.says()];
    const merge = await api('POST', `/v1/contacts/${ann.contactId}/merge`, { contact_id: bob.contactId });
    const meanwhile = await bob.says();
    expect((await api('POST', `/v1/contact-merges/${merge.body.id}/undo`)).status).toBeLessThan(300);
    const before = copyOfFiles();
    expect((await erase(ann.contactId)).status).toBe(200);
    expect([await look(hers), await look(his), await look(meanwhile)]).toEqual([404, 'readable', 'readable']);
    expect((await erase(bob.contactId)).status).toBe(200);
    const all = await readAll(before);
    for (const kept of [hers, his, meanwhile]) expect(all).not.toContain(kept.words);
    rmSync(before, { recursive: true });
  });

  it('that were sent to one person go with them, and those that others got or may get stay', async () => {
    const [ann, bob] = [await visitor(), await visitor()];
    const [bill, leaflet, canned] = await Promise.all(
      [1, 2, 3].map(() => upload('/v1/media', home.key, canary())),
    );
    const partOf = ({ mediaId }: Kept) => ({ type: 'file', url: `media:${mediaId}` });
    await api('POST', '/v1/canned-replies', {
      shortcut: 'terms',
      title: 'Terms',
      text: `See media:${canned!.mediaId}`,
    });
    const send = async (to: Visitor, kept: Kept): Promise<void> => {
      const sent = await api('POST', `/v1/conversations/${to.conversationId}/messages`, {
        parts: [partOf(kept)],
      });
      expect(sent.status).toBeLessThan(300);
      await until('it stands in the conversation', () => isNamed(to.conversationId, kept));
    };
    for (const kept of [bill!, leaflet!, canned!]) await send(ann, kept);
    await send(bob, leaflet!);
    const before = copyOfFiles();
    expect((await erase(ann.contactId)).status).toBe(200);
    expect([await look(bill!), await look(leaflet!), await look(canned!)]).toEqual([
      404,
      'readable',
      'readable',
    ]);
    expect(await readAll(before)).not.toContain(bill!.words);
    rmSync(before, { recursive: true });
  });

  it('are told of by the doctor when an older backup brings their people back', async () => {
    const [ann, bob] = [await visitor(), await visitor()];
    await api('POST', `/v1/contacts/${ann.contactId}/merge`, { contact_id: bob.contactId });
    const table = 'contact_of_a_backup';
    await booted.owner.query(`create table ${table} as select * from contact where id = $1`, [
      uuidOf(ann.contactId as never),
    ]);
    expect((await erase(ann.contactId)).status).toBe(200);
    const found = () => ofErased(booted.env['DATABASE_URL']!, path.join(folder, 'media'));
    expect(await found()).toMatchObject([{ what: 'erased people', state: 'well' }]);
    await booted.owner.query(`insert into contact select * from ${table}`);
    await booted.owner.query(`drop table ${table}`);
    const [back] = await found();
    expect(back).toMatchObject({ state: 'warning', words: expect.stringContaining(ann.contactId) });
    expect(back?.words).not.toContain(bob.contactId);
    const route = /\/v1\S+/.exec(back?.action ?? '')![0];
    expect((await api('POST', route, {})).status).toBe(200);
    expect((await found())[0]?.state).toBe('well');
  });

  it('leave nothing for the doctor to look at where nobody was erased', async () => {
    expect(await ofErased(booted.env['DATABASE_URL']!, path.join(folder, 'nowhere'))).toEqual([]);
  });
});
