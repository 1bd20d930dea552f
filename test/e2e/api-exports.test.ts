import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { createGunzip, gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTar, tarEnd, tarHeader, tarPadding, writeCsv } from '#libs/archive';
import { idOf, newId, uuidOf, type WorkspaceId } from '#libs/model';
import { archivedTables, unarchivedTables, Workspaces, writeSheetRow } from '#libs/store';
import {
  type Api,
  apiOf,
  boot,
  type Booted,
  keyFor,
  makeWorkspace,
  type TestWorkspace,
} from '../support/boot.js';
import { until } from '../support/until.js';

const folders: string[] = [];
const booting = (): Promise<Booted> => {
  const folder = mkdtempSync(path.join(tmpdir(), 'parley-exports-'));
  folders.push(folder);
  return boot({ env: { PARLEY_DATA_DIR: folder } });
};
let here: Booted;
let there: Booted;
let home: TestWorkspace;
let api: Api;
let conversationId: string;

beforeAll(async () => {
  [here, there] = await Promise.all([booting(), booting()]);
  home = await makeWorkspace(here, 'Home');
  api = apiOf(here, home.key);
  await fill();
});
afterAll(async () => {
  await Promise.all([here?.close(), there?.close()]);
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

const CANARY = '=HYPERLINK("https://evil.example")';

/** Something in every table that an archive holds. */
async function fill(): Promise<void> {
  const media = await fetch(`${here.url}/v1/media`, {
    method: 'POST',
    headers: { authorization: `Bearer ${home.key}`, 'content-type': 'text/plain' },
    body: 'a file of words',
  });
  expect(media.status).toBe(201);
  const session = (await api('POST', '/v1/sessions', { contact: { name: CANARY } })).body;
  conversationId = session.conversation_id;
  await api('POST', '/v1/messages', { session_id: session.id, text: 'open' });
  await api('POST', '/v1/messages', { session_id: session.id, text: CANARY });
  const twin = (await api('POST', '/v1/contacts', { identities: [{ kind: 'email', value: 'x@y.example' }] }))
    .body;
  await api('POST', `/v1/contacts/${session.contact_id}/merge`, { contact_id: twin.id });
  await api('POST', '/v1/webhook-endpoints', { url: 'https://127.0.0.1:1/' });
  const action = { kind: 'send', to: { contact_id: session.contact_id }, text: 'x' };
  await api('POST', '/v1/triggers', { name: 'Shop', action });
  const later = {
    text: 'later',
    send_at: '2099-01-01T00:00:00Z',
    channels: [{ channel_id: home.channelId }],
  };
  await api('POST', '/v1/send-batches', { ...later, to: [{ contact_id: session.contact_id }] });
  const { definition } = (await api('GET', `/v1/bots/${home.botId}`)).body;
  await api('PUT', `/v1/bots/${home.botId}/draft`, {
    definition: { ...definition, persona: { name: 'Draft' } },
  });
  await api('PUT', `/v1/bots/${home.botId}/tests`, {
    conversations: [{ title: 'T', steps: [{ says: 'x' }] }],
  });
  await api('POST', `/v1/bots/${home.botId}/proposals`, { text: 'Sundays?', answer: 'No.' });
  const label = (await api('POST', '/v1/labels', { name: 'Refund' })).body.id;
  await api('POST', `/v1/conversations/${conversationId}/labels`, { add: [label] });
  await api('POST', `/v1/conversations/${conversationId}/notes`, { text: 'A regular' });
  await api('POST', '/v1/canned-replies', { shortcut: 'hi', title: 'Hi', text: 'Hello' });
  const base = (await api('POST', '/v1/knowledge-bases', { name: 'Base' })).body.id;
  await api('POST', `/v1/knowledge-bases/${base}/sources`, {
    kind: 'text',
    title: 'T',
    text: 'We open at nine.',
  });
  await until('the source is read', async () => {
    const { data } = (await api('GET', `/v1/knowledge-bases/${base}/sources`)).body;
    return data[0]?.state === 'ready';
  });
  const [w, c] = [uuidOf(home.workspaceId), uuidOf(conversationId)];
  await here.owner.query(
    `insert into contact_fact (workspace_id, id, contact_id, text, source, expires_at)
       select $1, $2, contact_id, 'likes tea', 'agent', now() + interval '1 day' from conversation where id = $3`,
    [w, uuidOf(newId('fact')), c],
  );
  await here.owner.query(
    `insert into approval (workspace_id, id, conversation_id, call_id, tool, input, expires_at) values ($1, $2, $3, 'c', 'x', '{}', now())`,
    [w, uuidOf(newId('approval')), c],
  );
  await here.owner.query(
    `insert into knowledge_gap (workspace_id, id, bot_id, words, example, last_message) values ($1, $2, $3, 'x', 'x?', $2)`,
    [w, uuidOf(newId('knowledgeGap')), uuidOf(home.botId)],
  );
  await here.owner.query(
    `insert into consent (workspace_id, channel_id, address_kind, address_value, state) values ($1, $2, 'phone', '+1', 'opted-out')`,
    [w, uuidOf(home.channelId)],
  );
  await here.owner.query(
    `insert into message_feedback (workspace_id, message_id, author, rating, comment)
       select $1, id, 'contact', 'down', '=too slow' from message where conversation_id = $2 limit 1`,
    [w, c],
  );
  await here.owner.query(
    `insert into retention (workspace_id, id, kind, days) values ($1, $2, 'messages', 90)`,
    [w, uuidOf(newId('request'))],
  );
  await until('everything is told', async () => {
    const { rows } = await here.owner.query('select 1 from mailbox where due_at is not null');
    return rows.length === 0;
  });
}

async function exported(caller: Api, booted: Booted, key: string): Promise<Buffer> {
  const asked = await caller('POST', '/v1/exports', {});
  expect(asked.status).toBe(202);
  const ready = await until(
    'the archive is ready',
    async () => {
      const { body } = await caller('GET', `/v1/exports/${asked.body.id}`);
      if (body.state === 'failed') throw new Error(`${body.reason} ${booted.log.slice(-3).join('')}`);
      return body.state === 'ready' ? body : null;
    },
    60_000,
  );
  const answer = await fetch(`${booted.url}/v1/exports/${asked.body.id}/download`, {
    headers: { authorization: `Bearer ${key}` },
  });
  const archive = Buffer.from(await answer.arrayBuffer());
  expect(answer.headers.get('content-length')).toBe(String(ready.size_bytes));
  expect(createHash('sha256').update(archive).digest('hex')).toBe(ready.sha256);
  return archive;
}

async function contentOf(archive: Buffer): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for await (const { name, content } of readTar(Readable.from([archive]).pipe(createGunzip()))) {
    const pieces: Buffer[] = [];
    for await (const piece of content) pieces.push(Buffer.from(piece));
    found.set(name, Buffer.concat(pieces).toString());
  }
  return found;
}

async function emptyWorkspace(booted: Booted): Promise<{ workspaceId: WorkspaceId; key: string; api: Api }> {
  const { workspaceId } = await booted.gateway.get(Workspaces).create({ name: 'Empty', actor: 'system' });
  const key = await keyFor(booted, workspaceId);
  return { workspaceId, key, api: apiOf(booted, key) };
}

const take = (
  booted: Booted,
  key: string,
  archive: Uint8Array<ArrayBuffer>,
  type = 'application/vnd.parley.archive',
) =>
  fetch(`${booted.url}/v1/imports`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': type },
    body: archive,
  });

/** Lets a visitor upload a file of these words, and say it. */
async function fileSaidBy(
  booted: Booted,
  { key }: TestWorkspace,
  words: string,
): Promise<{ contactId: string; conversationId: string }> {
  const { body: session } = await apiOf(booted, key)('POST', '/v1/sessions', { contact: { name: 'Ann' } });
  const token = session.client_token as string;
  const uploaded = await fetch(`${booted.url}/v1/widget/media?file_name=letter.txt`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'text/plain' },
    body: words,
  });
  const { id } = (await uploaded.json()) as { id: string };
  const parts = [{ type: 'file', url: `media:${id}` }];
  const said = await apiOf(booted, token)('POST', '/v1/widget/messages', { client_id: 'letter', parts });
  expect(said.status).toBeLessThan(300);
  await until('it stands in the conversation', async () => {
    const { rows } = await booted.owner.query(
      'select 1 from message where position($1 in content::text) > 0',
      [id],
    );
    return rows.length > 0;
  });
  return { contactId: session.contact_id, conversationId: session.conversation_id };
}

/** Every file of a folder as it stands there; none when there is no folder. */
const rawOf = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((one) => one.isFile() && !one.parentPath.includes(`${path.sep}erased`))
        .map((one) => readFileSync(path.join(one.parentPath, one.name), 'latin1'))
    : [];

const entryOf = (name: string, bytes: Buffer): Buffer =>
  Buffer.concat([tarHeader(name, bytes.length), bytes, tarPadding(bytes.length)]);

/** An archive of one file, with a manifest that fits. */
function crafted(name: string, bytes: Buffer): Buffer<ArrayBuffer> {
  const files = [{ name, sha256: createHash('sha256').update(bytes).digest('hex') }];
  const manifest = Buffer.from(JSON.stringify({ format: 'parley-archive', version: 1, files }));
  return gzipSync(Buffer.concat([entryOf(name, bytes), entryOf('manifest.json', manifest), tarEnd()]));
}

/** Rows of CSV as RFC 4180 reads them. */
function rowsOfCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    row.push(quoted?.replaceAll('""', '"') ?? plain ?? '');
    if (end === ',') continue;
    rows.push(row);
    row = [];
  }
  return rows;
}

let archive: Buffer<ArrayBuffer>;
let content: Map<string, string>;

describe('an export', () => {
  it('holds every table of a workspace, or says why not', async () => {
    const { rows } = await here.owner.query<{ name: string }>(
      `select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'workspace_id' and a.attnotnull
        where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' union select 'workspace' order by 1`,
    );
    const known = [...archivedTables.map(({ name }) => name), ...Object.keys(unarchivedTables)];
    expect(rows.map(({ name }) => name).filter((name) => !known.includes(name))).toEqual([]);
  });

  it('is made, told of, and downloaded; its manifest says what is in it', async () => {
    archive = Buffer.from(await exported(api, here, home.key));
    content = await contentOf(archive);
    const manifest = JSON.parse(content.get('manifest.json')!) as {
      files: { name: string; rows: number; sha256: string }[];
    };
    for (const { name, sha256 } of manifest.files) {
      expect(createHash('sha256').update(content.get(name)!).digest('hex'), name).toBe(sha256);
    }
    const rows = new Map(manifest.files.map((file) => [file.name, file.rows]));
    for (const { name } of archivedTables) expect(rows.get(`data/${name}.jsonl`), name).toBeGreaterThan(0);
    expect(content.get('csv/analytics/volume.csv')).toContain('conversations');
    const { rows: told } = await here.owner.query(
      `select 1 from webhook_delivery where type = 'export.ready'`,
    );
    expect(told).toHaveLength(1);
  });

  it('holds nothing sealed, no hash of a key, and no cell that starts a formula', async () => {
    const { rows: keys } = await here.owner.query<{ secret: string }>(
      `select secret from webhook_endpoint union all select secret from inbound_trigger
       union all select wrapped_key from workspace_key union all select secret_hash from api_key
       union all select value from channel, jsonb_each_text(channel.secrets)`,
    );
    expect(keys.length).toBeGreaterThan(3);
    const all = [...content.values()].join('\n');
    for (const { secret } of keys) expect(all.includes(secret)).toBe(false);
    expect(all).toContain(JSON.stringify(CANARY).slice(1, -1));
    for (const name of ['contacts', 'messages']) {
      const csv = content.get(`csv/${name}.csv`)!;
      expect(csv).toContain(`"'=HYPERLINK(`);
      expect(csv).not.toMatch(/(^|,)"?[=+@]/m);
    }
  });
});

describe('tables for people', () => {
  it('name things and tame cells as the API does', async () => {
    const uuids = Array.from({ length: 50 }, () => uuidOf(newId('message')));
    const extremes = ['00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff'];
    const to = Buffer.alloc(200);
    for (const uuid of [...uuids, ...extremes]) {
      const length = writeSheetRow(
        [Buffer.from('msg_'), Buffer.from('x_')],
        Buffer.from(`${uuid},,é,"\n"\n`),
        to,
        3,
      );
      expect(to.toString('utf8', 3, 3 + length)).toBe(`${idOf('message', uuid)},,é,"\n"\r\n`);
    }
    const starts = ['', ' ', '\t', '\r', '\n', '\u00a0', '\u2003', '\u3000', '\ufeff', ' \u00a0', 'a', '1'];
    const signs = ['=', '+', '-', '@', '\uff1d', '\uff0b', '\uff0d', '\uff20', '\\', ']', '#', 'x'];
    const texts = starts.flatMap((start) => signs.map((sign) => `${start}${sign}1`));
    const { rows } = await here.owner.query<{ given: string; cell: string }>(
      'select given, parley_cell(given) as cell from unnest($1::text[]) as x (given)',
      [texts],
    );
    expect(rows).toHaveLength(texts.length);
    for (const { given, cell } of rows) {
      const [written] = rowsOfCsv(writeCsv(null, [[given]]));
      expect([cell], JSON.stringify(given)).toEqual(written);
    }
  });

  it('are read by any reader of CSV as they were meant', async () => {
    const read = (name: string): Record<string, string>[] => {
      const [names = [], ...rows] = rowsOfCsv(content.get(`csv/${name}.csv`)!);
      return rows.map((row) => Object.fromEntries(names.map((column, at) => [column, row[at] ?? ''])));
    };
    const [first] = read('contacts').filter(({ name }) => name === `'${CANARY}`);
    expect(first).toMatchObject({ id: expect.stringMatching(/^cont_/), merged_into: '' });
    const said = read('messages').filter(({ text }) => text === `'${CANARY}`);
    expect(said).toMatchObject([{ conversation_id: conversationId, direction: 'in', author: 'contact' }]);
    const manifest = JSON.parse(content.get('manifest.json')!) as { files: { name: string; rows: number }[] };
    for (const name of ['contacts', 'identities', 'conversations', 'messages', 'audit']) {
      expect(manifest.files.find((file) => file.name === `csv/${name}.csv`)?.rows, name).toBe(
        read(name).length,
      );
    }
  });
});

describe('an import', () => {
  it('into an empty installation, exported again, is the same content', async () => {
    const empty = await emptyWorkspace(there);
    const answer = await take(there, empty.key, archive);
    const report = (await answer.json()) as { rows: Record<string, number>; media: number };
    expect(answer.status, JSON.stringify(report)).toBe(201);
    expect(report.rows['message']).toBeGreaterThan(3);
    expect(report.media).toBe(1);
    const again = await contentOf(await exported(empty.api, there, empty.key));
    const shared = (all: Map<string, string>): string[] =>
      [...all.keys()].filter((name) => !/audit|manifest/.test(name)).toSorted((a, b) => a.localeCompare(b));
    expect(shared(again)).toEqual(shared(content));
    for (const name of shared(content)) {
      // Names of groups are ids, and those are the same; only what was exported as it was counted may differ.
      expect(again.get(name), name).toBe(content.get(name));
    }
    const said = (await empty.api('GET', `/v1/conversations/${conversationId}/messages`)).body.data;
    expect(said.length).toBeGreaterThan(3);
  });

  it('sends nothing, answers nothing and calls nobody', async () => {
    const { rows } = await there.owner.query(
      `select (select count(*) from delivery where due_at is not null or status in ('queued', 'sending'))
            + (select count(*) from send where due_at is not null) + (select count(*) from mailbox where due_at is not null)
            + (select count(*) from webhook_delivery) + (select count(*) from channel where state <> 'paused')
            + (select count(*) from webhook_endpoint where state = 'enabled')
            + (select count(*) from inbound_trigger where state = 'enabled') as open`,
    );
    expect(Number(rows[0].open)).toBe(0);
  });

  it('is refused as a whole, and leaves nothing, when the archive was altered, cut, or is something else', async () => {
    const fresh = await emptyWorkspace(await otherInstallation());
    const other = installations.at(-1)!;
    const plain = gunzipSync(archive);
    const altered = Buffer.from(plain);
    altered[altered.indexOf('We open at nine.')] = 0x77;
    const cases: [string, Uint8Array<ArrayBuffer>, number][] = [
      ['altered', gzipSync(altered), 422],
      ['cut', archive.subarray(0, archive.length / 2), 422],
      ['without its manifest', gzipSync(plain.subarray(0, plain.lastIndexOf('manifest.json'))), 422],
      ['no archive', gzipSync(Buffer.from('hello')), 422],
      ['no gzip', Buffer.from('hello'), 422],
    ];
    for (const [what, bytes, status] of cases) {
      const answer = await take(other, fresh.key, bytes);
      expect(`${what}: ${answer.status}`, await answer.text()).toBe(`${what}: ${status}`);
    }
    expect((await take(other, fresh.key, archive, 'application/json')).status).toBe(400);
    const { rows } = await other.owner.query(
      'select (select count(*) from contact) + (select count(*) from bot) as n',
    );
    expect(Number(rows[0].n)).toBe(0);
  });

  it('seals the files of people with keys of its own, reads them, and erases them with their people', async () => {
    const words = `canary-${randomBytes(8).toString('hex')}`;
    const ann = await fileSaidBy(here, home, words);
    const full = Buffer.from(await exported(api, here, home.key));
    const other = await otherInstallation();
    const mediaThere = path.join(folders.at(-1)!, 'media');
    const fresh = await emptyWorkspace(other);
    const plain = gunzipSync(full);
    const cut = gzipSync(plain.subarray(0, plain.lastIndexOf('manifest.json')));
    expect((await take(other, fresh.key, cut)).status).toBe(422);
    expect(rawOf(mediaThere)).toEqual([]);
    expect((await other.owner.query('select 1 from file_key')).rows).toEqual([]);

    expect((await take(other, fresh.key, full)).status).toBe(201);
    const kept = rawOf(mediaThere);
    expect(kept.length).toBeGreaterThan(0);
    expect(kept.join()).not.toContain(words);
    const { data } = (await fresh.api('GET', `/v1/conversations/${ann.conversationId}/messages`)).body;
    const said = data.flatMap((one: { parts: object[] }) => one.parts);
    const { url } = said.find((one: { url?: string }) => one.url !== undefined);
    const { pathname, search } = new URL(url);
    const look = () => fetch(`${other.url}${pathname}${search}`);
    expect(await (await look()).text()).toBe(words);
    expect((await fresh.api('POST', `/v1/contacts/${ann.contactId}/erase`, {})).status).toBe(200);
    expect((await look()).status).toBe(404);
    expect(rawOf(mediaThere)).toHaveLength(kept.length - 1);
  });

  it('brings nothing that acts, and breaks nothing, whoever made the archive', async () => {
    const other = await otherInstallation();
    const { key, workspaceId } = await emptyWorkspace(other);
    const foreign = await makeWorkspace(other, 'Foreign');
    const id = '01890000-0000-7000-8000-000000000001';
    const endpoint = { id, url: 'https://thief.example/', types: ['message.created'], state: 'enabled' };
    const lineOf = (row: object): Buffer => Buffer.from(`${JSON.stringify(row)}\n`);
    const refused: [string, string, Buffer][] = [
      ['no UTF-8', 'data/contact.jsonl', Buffer.from([0xff, 0x0a])],
      ['no JSON', 'data/contact.jsonl', Buffer.from('{\n')],
      ['no object', 'data/contact.jsonl', Buffer.from('[1]\n')],
      ['no object later', 'data/contact.jsonl', Buffer.from(`{"id":"${id}"}\n7\n`)],
      ['a workspace', 'data/contact.jsonl', lineOf({ id, workspace_id: uuidOf(foreign.workspaceId) })],
      [
        'a workspace later',
        'data/contact.jsonl',
        Buffer.from(`{"id":"${id}"}\n{"id":"${id}","workspace_id":"${uuidOf(foreign.workspaceId)}"}\n`),
      ],
      ['a secret', 'data/webhook_endpoint.jsonl', lineOf({ ...endpoint, secret: 'mine' })],
    ];
    for (const [what, name, bytes] of refused) {
      const answer = await take(other, key, crafted(name, bytes));
      expect(`${what}: ${answer.status}`, await answer.text()).toBe(`${what}: 422`);
    }
    const empty = await take(other, key, gzipSync(entryOf('manifest.json', Buffer.from('7'))));
    expect(empty.status, await empty.text()).toBe(422);
    const taken = await take(other, key, crafted('data/webhook_endpoint.jsonl', lineOf(endpoint)));
    expect(taken.status, await taken.text()).toBe(201);
    const { rows } = await other.owner.query(
      'select state, secret from webhook_endpoint where workspace_id = $1',
      [uuidOf(workspaceId)],
    );
    expect(rows).toEqual([{ state: 'disabled', secret: expect.not.stringMatching('mine') }]);
  });

  it('is refused where something is already, in the same installation or the same workspace', async () => {
    expect((await take(here, home.key, archive)).status).toBe(409);
    const twin = await emptyWorkspace(here);
    const answer = await take(here, twin.key, archive);
    expect(answer.status, await answer.text()).toBe(409);
    expect((await twin.api('GET', '/v1/contacts')).body.data).toEqual([]);
  });
});

describe('archives', () => {
  it('can be taken away, and are then gone', async () => {
    const { data } = (await api('GET', '/v1/exports')).body;
    const [{ id }] = data;
    expect((await api('DELETE', `/v1/exports/${id}`)).status).toBe(204);
    const gone = await api('GET', `/v1/exports/${id}/download`, undefined, { accept: 'application/gzip' });
    expect([gone.status, gone.body.code]).toEqual([410, 'state/gone']);
  });
});

const installations: Booted[] = [];
async function otherInstallation(): Promise<Booted> {
  const made = await booting();
  installations.push(made);
  return made;
}
afterAll(() => Promise.all(installations.map((one) => one.close())));
