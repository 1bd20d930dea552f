import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiOf, boot, makeWorkspace, type Api, type Booted, type TestWorkspace } from '../support/boot.js';
import { readEvents, type EventReader } from '../support/read-events.js';
import { until } from '../support/until.js';
import { startReceiver, type WebhookReceiver } from '../support/webhook-receiver.js';

/** Stands in the note and nowhere else. */
const MARK = 'zebra-umbrella-42';

let booted: Booted;
let home: TestWorkspace;
let api: Api;
let receiver: WebhookReceiver;
const readers: EventReader[] = [];

beforeAll(async () => {
  receiver = await startReceiver();
  booted = await boot();
  home = await makeWorkspace(booted, 'Notes');
  api = apiOf(booted, home.key);
});
afterAll(async () => {
  for (const reader of readers) reader.stop();
  await booted?.close();
  await receiver?.close();
});

async function follow(at: string, token = home.key): Promise<EventReader> {
  const reader = await readEvents(`${booted.url}${at}`, { headers: { authorization: `Bearer ${token}` } });
  readers.push(reader);
  return reader;
}

/** Tables in which the mark stands. */
async function tablesWithMark(): Promise<string[]> {
  const { rows } = await booted.owner.query<{ name: string }>(
    "select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' order by 1",
  );
  const found: string[] = [];
  for (const { name } of rows) {
    const { rowCount } = await booted.owner.query(`select 1 from ${name} t where t::text like $1 limit 1`, [
      `%${MARK}%`,
    ]);
    // Bytes as they came in are shown in hexadecimal.
    const hex = Buffer.from(MARK).toString('hex');
    const bytes = await booted.owner.query(`select 1 from ${name} t where t::text like $1 limit 1`, [
      `%${hex}%`,
    ]);
    if ((rowCount ?? 0) + (bytes.rowCount ?? 0) > 0) found.push(name);
  }
  return found;
}

describe('a note', () => {
  it('leaves the house on no way: not to the visitor, a webhook, an export, a delivery, the log or the search', async () => {
    const hook = { url: receiver.url, include: ['contact', 'metadata', 'transcript'] };
    expect((await api('POST', '/v1/webhook-endpoints', hook)).status).toBe(201);
    const session = (await api('POST', '/v1/sessions', { contact: { name: 'Kim', external_id: 'kim' } }))
      .body;
    const at = `/v1/conversations/${session.conversation_id}`;
    const visitor = apiOf(booted, session.client_token);
    const streams = [
      await follow(`${at}/stream`),
      await follow('/v1/inbox/stream'),
      await follow('/v1/widget/stream', session.client_token),
    ];
    await api('POST', '/v1/messages', { session_id: session.id, text: 'When are you open?' });
    const key = { 'idempotency-key': 'once' };
    const note = await api('POST', `${at}/notes`, { text: `He pays late: ${MARK}` }, key);
    expect([note.status, note.body.author.split(':')[0]]).toEqual([201, 'api_key']);
    expect((await api('POST', `${at}/notes`, { text: `He pays late: ${MARK}` }, key)).body.id).toBe(
      note.body.id,
    );
    expect((await api('GET', `${at}/notes`)).body.data).toHaveLength(1);

    // After it the bot answers, an operator answers, the owner changes, and the person writes again.
    await api('POST', '/v1/messages', { session_id: session.id, text: 'Hello?' });
    await api('POST', `${at}/control`, { to: 'operator' });
    await api('POST', `${at}/messages`, { text: 'A person here.', author: 'operator' });
    await api('PATCH', at, { state: 'closed' });
    await until('the webhooks have told the end of it', () =>
      receiver.hooks.some(({ body }) => body.type === 'conversation.updated'),
    );
    await until('the streams have told it', () =>
      streams[0]!.events.some(({ event }) => event === 'conversation.updated'),
    );
    await until('the inbox heard of the note', () =>
      streams[1]!.events.some(({ event }) => event === 'inbox.notes'),
    );

    const contact = (await api('GET', at)).body.contact.id;
    const seen: Record<string, unknown> = {
      webhooks: receiver.hooks,
      streams: streams.map(({ events }) => events),
      visitor: (await visitor('GET', '/v1/widget/messages')).body,
      messages: (await api('GET', `${at}/messages`)).body,
      conversation: (await api('GET', at)).body,
      inbox: (await api('GET', '/v1/inbox?state=any')).body,
      search: (await api('GET', `/v1/search?q=${MARK}`)).body,
      export: (await api('GET', `/v1/contacts/${contact}/export`)).body,
      audit: (await api('GET', '/v1/audit-logs')).body,
      deadLetters: (await api('GET', '/v1/dead-letters?kind=delivery')).body,
      log: booted.log,
    };
    for (const [way, text] of Object.entries(seen)) expect(JSON.stringify(text), way).not.toContain(MARK);
    expect(receiver.hooks.length).toBeGreaterThan(5);
    // What is told to the outside is made of rows: none but the note itself, and the answer that is kept for a repetition.
    expect(await tablesWithMark()).toEqual(['idempotency', 'note']);
  });

  it('goes with its conversation when the person is erased, and the kept answer too', async () => {
    const contact = (await api('GET', '/v1/contacts?q=Kim')).body.data[0].id;
    expect((await api('POST', `/v1/contacts/${contact}/erase`, {})).status).toBe(200);
    expect(await tablesWithMark()).toEqual([]);
  });

  it('is read by the inbox, and by no other code', () => {
    const root = path.resolve(import.meta.dirname, '../..');
    const sources = ['apps', 'libs'].flatMap((top) =>
      readdirSync(path.join(root, top), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
        .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)))
        .filter((file) => !file.includes('generated') && !file.startsWith('apps/console/')),
    );
    const readersOf = (pattern: RegExp) =>
      sources.filter((file) => pattern.test(readFileSync(path.join(root, file), 'utf8'))).toSorted();
    expect(readersOf(/\btx\.note\b|\b(from|join|into|update) note\b/)).toEqual([
      'libs/store/src/repositories/inbox/notes.ts',
    ]);
    const askers = readersOf(/\bnew Notes\(|: Notes\b/).filter(
      (file) => !file.startsWith('apps/gateway/src/inbox/'),
    );
    expect(askers).toEqual([]);
  });
});
