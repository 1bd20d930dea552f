import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { uuidOf } from '#libs/model';
import {
  type Api,
  type ApiAnswer,
  apiOf,
  boot,
  type Booted,
  makeWorkspace,
  type TestWorkspace,
} from '../support/boot.js';
import { until } from '../support/until.js';
import { startReceiver, type WebhookReceiver } from '../support/webhook-receiver.js';

let booted: Booted;
let folder: string;
let home: TestWorkspace;
let api: Api;
let provider: WebhookReceiver;
let channelId: string;
let people = 0;

const secret = (): string => `whsec_${randomBytes(32).toString('base64')}`;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'parley-contacts-'));
  booted = await boot({ env: { PARLEY_DATA_DIR: folder } });
  provider = await startReceiver();
  home = await makeWorkspace(booted, 'Home');
  api = apiOf(booted, home.key);
  const settings = {
    url: `${provider.url}/in`,
    inbound_secret: secret(),
    outbound_secret: secret(),
    account: 'one',
  };
  const channel = { connector: 'webhook', name: 'Chat', bot_id: home.botId, settings };
  channelId = (await api('POST', '/v1/channels', channel)).body.id;
  // Answers of writes and deliveries to webhooks are copies too.
  await api('POST', '/v1/webhook-endpoints', {
    url: `${provider.url}/told`,
    include: ['contact', 'metadata', 'transcript'],
  });
});
afterAll(async () => {
  await booted?.close();
  await provider?.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Person {
  from: string;
  conversationId: string;
  contactId: string;
}

/** Somebody who has written, and was answered. */
async function person(text = 'hello', from = `person-${people++}`): Promise<Person> {
  await api('POST', `/v1/channels/${channelId}/simulate`, { from, text });
  return until(`${from} was answered`, async () => {
    const contact = (await api('GET', `/v1/contacts?address=${encodeURIComponent(from)}`)).body.data[0];
    if (!contact) return null;
    const talk = (await api('GET', `/v1/conversations?contact_id=${contact.id}`)).body.data[0];
    if (!talk) return null;
    const said = (await api('GET', `/v1/conversations/${talk.id}/messages`)).body.data;
    const isAnswered = said.some((one: { status: string }) => one.status === 'sent');
    return isAnswered ? { from, conversationId: talk.id as string, contactId: contact.id as string } : null;
  });
}

const addressesOf = async (contactId: string): Promise<string[]> =>
  (await api('GET', `/v1/contacts/${contactId}`)).body.identities.map((one: { value: string }) => one.value);

describe('a contact', () => {
  it('is made once under one key, is found by name and by address, and is changed', async () => {
    const body = {
      name: 'Ada Lovelace',
      attributes: { plan: 'gold', town: 'London' },
      identities: [{ kind: 'email', value: 'ada@engine.example', proof: 'verified' }],
    };
    const key = { 'idempotency-key': 'ada-1' };
    const made = await Promise.all([1, 2, 3].map(() => api('POST', '/v1/contacts', body, key)));
    expect(new Set(made.map((one) => `${one.status} ${one.body.id}`)).size).toBe(1);
    const { id } = made[0]!.body;
    for (const query of ['q=lovelace', 'q=ENGINE.ex', 'address=ada@engine.example']) {
      expect((await api('GET', `/v1/contacts?${query}`)).body.data, query).toMatchObject([{ id }]);
    }
    for (const query of ['q=%25', 'q=l_velace', 'address=ada@engine']) {
      expect((await api('GET', `/v1/contacts?${query}`)).body.data, query).toEqual([]);
    }
    const changes = { name: 'Ada', attributes: { plan: null, score: '7' } };
    const changed = await api('PATCH', `/v1/contacts/${id}`, changes);
    expect(changed.body).toMatchObject({ name: 'Ada', attributes: { town: 'London', score: '7' } });
    expect(changed.body.attributes).not.toHaveProperty('plan');
  });

  it('has its addresses alone: one of somebody else is refused, and what was claimed can be verified', async () => {
    const { contactId, from } = await person();
    const [seen] = (await api('GET', `/v1/contacts/${contactId}`)).body.identities;
    expect(seen).toMatchObject({ value: from, proof: 'seen' });
    const other = (await api('POST', '/v1/contacts', {})).body;
    const taken = await api('POST', `/v1/contacts/${other.id}/identities`, { kind: seen.kind, value: from });
    expect([taken.status, taken.body.code]).toEqual([409, 'state/already-exists']);
    expect(taken.body.detail).toContain(contactId);
    const phone = { kind: 'phone', value: '+4917099999' };
    const at = `/v1/contacts/${other.id}/identities`;
    expect((await api('POST', at, phone)).body.proof).toBe('claimed');
    expect((await api('POST', at, { ...phone, proof: 'verified' })).body.proof).toBe('verified');
    expect((await api('POST', at, phone)).body.proof).toBe('verified');
  });

  it('is somebody new after their address was taken away', async () => {
    const { contactId, from } = await person();
    const [{ id }] = (await api('GET', `/v1/contacts/${contactId}`)).body.identities;
    expect((await api('DELETE', `/v1/identities/${id}`)).status).toBe(204);
    expect(await addressesOf(contactId)).toEqual([]);
    const again = await api('POST', '/v1/contacts', { identities: [{ kind: 'external', value: from }] });
    expect(again.status).toBe(201);
  });

  it('gets nothing where it refused, and what it wants again where it agreed', async () => {
    const { contactId, conversationId } = await person();
    const [{ kind, value }] = (await api('GET', `/v1/contacts/${contactId}`)).body.identities;
    const at = `/v1/contacts/${contactId}/consents`;
    const consent = { channel_id: channelId, kind, value };
    await api('PATCH', at, { ...consent, state: 'opted-out' });
    expect((await api('GET', at)).body.data).toMatchObject([
      { ...consent, state: 'opted-out', source: 'api' },
    ]);
    const say = async (text: string): Promise<string> => {
      const { body } = await api('POST', `/v1/conversations/${conversationId}/messages`, { text });
      return until('it ended', async () => {
        const { status } = (await api('GET', `/v1/messages/${body.id}`)).body;
        return status === 'failed' || status === 'sent' ? (status as string) : null;
      });
    };
    expect(await say('Refused words.')).toBe('failed');
    await api('PATCH', at, { ...consent, state: 'opted-in' });
    expect(await say('Welcome words.')).toBe('sent');
    const heard = provider.hooks.filter(({ path: at }) => at === '/in').map(({ text }) => text);
    expect(heard.join()).toContain('Welcome words.');
    expect(heard.join()).not.toContain('Refused words.');
    const wrong = await api('PATCH', at, { ...consent, value: 'nobody', state: 'opted-in' });
    expect([wrong.status, wrong.body.errors[0].pointer]).toEqual([422, '/value']);
  });
});

describe('two contacts that are one person', () => {
  it('become one, with everything that was of either, and can be parted again', async () => {
    const [kept, merged] = [await person(), await person()];
    await api('PATCH', `/v1/contacts/${kept.contactId}`, { name: 'Kept', attributes: { a: '1' } });
    await api('PATCH', `/v1/contacts/${merged.contactId}`, {
      name: 'Merged',
      attributes: { a: '2', b: '2' },
    });
    const at = `/v1/contacts/${kept.contactId}`;
    const merge = await api('POST', `${at}/merge`, { contact_id: merged.contactId });
    expect(merge.status).toBe(201);
    expect((await addressesOf(kept.contactId)).sort()).toEqual([kept.from, merged.from].sort());
    expect((await api('GET', at)).body).toMatchObject({ name: 'Kept', attributes: { a: '1', b: '2' } });
    const talks = (await api('GET', `/v1/conversations?contact_id=${kept.contactId}`)).body.data;
    expect(talks.map((one: { id: string }) => one.id)).toContain(merged.conversationId);
    const pointer = (await api('GET', `/v1/contacts/${merged.contactId}`)).body;
    expect(pointer).toMatchObject({ merged_into: kept.contactId, identities: [] });
    expect((await api('GET', '/v1/contacts?q=Merged')).body.data).toEqual([]);
    const changed = await api('PATCH', `/v1/contacts/${merged.contactId}`, { name: 'x' });
    expect([changed.status, changed.body.code]).toEqual([409, 'state/conflict']);

    const undo = `/v1/contact-merges/${merge.body.id}/undo`;
    const undone = await Promise.all([api('POST', undo), api('POST', undo)]);
    expect(undone.map(({ status }) => status)).toEqual([200, 200]);
    expect(await addressesOf(kept.contactId)).toEqual([kept.from]);
    expect(await addressesOf(merged.contactId)).toEqual([merged.from]);
    expect((await api('GET', at)).body.attributes).toEqual({ a: '1' });
    const back = (await api('GET', `/v1/conversations?contact_id=${merged.contactId}`)).body.data;
    expect(back).toMatchObject([{ id: merged.conversationId }]);
  });

  it('are merged whatever is written at the same time: nothing is left with the one that is gone', async () => {
    const [kept, merged] = [await person(), await person()];
    const writes = Array.from({ length: 12 }, (_, at) =>
      api('POST', '/v1/sessions', { contact: { external_id: `racer-${at}` } }),
    );
    const sessions = (await Promise.all(writes)).map(({ body }) => body);
    const racers = sessions.map(({ contact_id: one }) => one as string);
    await Promise.all([
      ...racers.map((one) => api('POST', `/v1/contacts/${kept.contactId}/merge`, { contact_id: one })),
      ...sessions.map((_, at) => api('POST', '/v1/sessions', { contact: { external_id: `racer-${at}` } })),
      api('POST', `/v1/contacts/${kept.contactId}/merge`, { contact_id: merged.contactId }),
      api('POST', `/v1/channels/${channelId}/simulate`, { from: merged.from, text: 'again' }),
    ]);
    for (const table of ['conversation', 'session', 'identity']) {
      const { rows } = await booted.owner.query(
        `select 1 from ${table} t join contact c on c.id = t.contact_id where c.merged_into is not null`,
      );
      expect(rows, table).toEqual([]);
    }
  });

  it('are refused when one is gone already, is the other, or when the time to part them is over', async () => {
    const [one, two, three] = await Promise.all([1, 2, 3].map(() => api('POST', '/v1/contacts', {})));
    const [a, b, c] = [one!.body.id, two!.body.id, three!.body.id];
    expect((await api('POST', `/v1/contacts/${a}/merge`, { contact_id: a })).status).toBe(409);
    const first = await api('POST', `/v1/contacts/${a}/merge`, { contact_id: b });
    expect((await api('POST', `/v1/contacts/${c}/merge`, { contact_id: b })).status).toBe(409);
    const second = await api('POST', `/v1/contacts/${c}/merge`, { contact_id: a });
    expect((await api('GET', `/v1/contacts/${b}`)).body.merged_into).toBe(c);
    const early = await api('POST', `/v1/contact-merges/${first.body.id}/undo`);
    expect([early.status, early.body.code]).toEqual([409, 'state/conflict']);
    await api('POST', `/v1/contact-merges/${second.body.id}/undo`);
    expect((await api('GET', `/v1/contacts/${b}`)).body.merged_into).toBe(a);
    await booted.owner.query("update contact_merge set undo_until = now() - interval '1 second'");
    const late = await api('POST', `/v1/contact-merges/${first.body.id}/undo`);
    expect([late.status, late.body.detail]).toEqual([409, 'The time to undo the merge is over.']);
  });
});

/** Every row of every table, bytes also as text, and every file: what a thief would have. */
async function everything(): Promise<string> {
  const { rows } = await booted.owner.query<{ name: string }>(
    `select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`,
  );
  const all: string[] = [];
  for (const { name } of rows) {
    const found = await booted.owner.query<{ line: string }>(`select t::text as line from "${name}" t`);
    all.push(...found.rows.map(({ line }) => line));
  }
  const bytes = await booted.owner.query<{ raw: Buffer }>('select raw from inbox_event');
  all.push(...bytes.rows.map(({ raw }) => raw.toString()));
  const files = readdirSync(folder, { recursive: true }).map((name) => path.join(folder, String(name)));
  all.push(...files.filter((file) => statSync(file).isFile()).map((file) => readFileSync(file, 'utf8')));
  return all.join('\n');
}

describe('everything of a person', () => {
  const canary = (kind: string): string => `canary-${kind}-${randomBytes(6).toString('hex')}`;

  /** A person who left traces wherever one can. */
  async function traces(): Promise<{
    contactId: string;
    twinId: string;
    words: string[];
    repeat: () => Promise<ApiAnswer>;
  }> {
    const words = {
      address: canary('address'),
      text: canary('text'),
      name: canary('name'),
      attribute: canary('attribute'),
      twin: canary('twin'),
      email: `${canary('email')}@example.com`,
      reply: canary('reply'),
      page: canary('page'),
      file: canary('file'),
      session: canary('session'),
      ignored: canary('ignored'),
    };
    const { contactId, conversationId } = await person(words.text, words.address);
    await api('PATCH', `/v1/contacts/${contactId}`, { name: words.name, attributes: { x: words.attribute } });
    const twin = {
      name: words.twin,
      attributes: { y: words.twin },
      identities: [{ kind: 'email', value: words.email }],
    };
    const key = { 'idempotency-key': words.twin.slice(-12) };
    const { id: twinId } = (await api('POST', '/v1/contacts', twin, key)).body;
    const reply = { text: words.reply, metadata: { note: words.reply } };
    await api('POST', `/v1/conversations/${conversationId}/messages`, reply, {
      'idempotency-key': words.reply.slice(-12),
    });
    const contact = { external_id: words.session, name: words.session };
    const session = (await api('POST', '/v1/sessions', { contact, metadata: { page: words.page } })).body;
    const upload = await fetch(`${booted.url}/v1/widget/media?file_name=${words.file}.txt`, {
      method: 'POST',
      headers: { authorization: `Bearer ${session.client_token}`, 'content-type': 'text/plain' },
      body: `${words.file} is in the file`,
    });
    expect(upload.status).toBe(201);
    const { url } = (await upload.json()) as { url: string };
    await apiOf(booted, session.client_token)('POST', '/v1/widget/messages', {
      client_id: 'f',
      parts: [{ type: 'file', url }],
    });
    for (const one of [twinId, session.contact_id]) {
      expect((await api('POST', `/v1/contacts/${contactId}/merge`, { contact_id: one })).status).toBe(201);
    }
    const consent = { channel_id: channelId, kind: 'email', value: words.email, state: 'opted-out' };
    await api('PATCH', `/v1/contacts/${contactId}/consents`, consent);
    // A request that came to nothing, and one in which another person is told of too.
    await booted.owner.query(
      `insert into inbox_event (workspace_id, id, channel_id, event_key, kind, raw, status)
       select workspace_id, gen_random_uuid(), channel_id, $1, 'ignored', convert_to($2, 'UTF8'), 'ignored' from inbox_event limit 1`,
      [`key-${twinId}`, `{"from":"${words.address}","text":"${words.ignored}"}`],
    );
    await until('all was said', async () => (await everything()).includes(words.reply));
    const repeat = (): Promise<ApiAnswer> => api('POST', '/v1/contacts', twin, key);
    return { contactId, twinId, words: Object.values(words), repeat };
  }

  it('is given out as one document', async () => {
    const { contactId, words } = await traces();
    await booted.owner.query(
      `insert into contact_fact (workspace_id, id, contact_id, text, source, expires_at)
       select workspace_id, gen_random_uuid(), id, 'Has a dog.', 'agent', now() + interval '1 day' from contact where id = $1`,
      [uuidOf(contactId)],
    );
    const answer = await api('GET', `/v1/contacts/${contactId}/export`);
    expect(answer.body.facts).toMatchObject([{ text: 'Has a dog.', source: 'agent' }]);
    expect(answer.headers.get('content-disposition')).toContain(contactId);
    const text = JSON.stringify(answer.body);
    // What was never made into anything stands in no document.
    const expected = words.filter((word) => !word.startsWith('canary-ignored'));
    for (const word of expected) expect(text, word).toContain(word);
    expect(answer.body.conversations).toHaveLength(2);
    const { rows } = await booted.owner.query(
      "select 1 from audit where action = 'contact.export' and target = $1",
      [contactId],
    );
    expect(rows).toHaveLength(1);
  });

  it('is gone from every table and file after it was erased, and others keep all of theirs', async () => {
    const bystander = await person(canary('bystander'));
    const before = await api('GET', `/v1/contacts/${bystander.contactId}/export`);
    const { contactId, twinId, words, repeat } = await traces();
    const there = await everything();
    for (const word of words) expect(there, word).toContain(word);

    const dry = await api('POST', `/v1/contacts/${contactId}/erase`, { dry_run: true });
    expect(dry.body).toMatchObject({ contacts: 3, conversations: 2, files: 1 });
    expect((await api('GET', `/v1/contacts/${contactId}`)).status).toBe(200);
    const refused = await api('POST', `/v1/contacts/${twinId}/erase`, {});
    expect([refused.status, refused.body.code]).toEqual([409, 'state/conflict']);

    const erased = await api('POST', `/v1/contacts/${contactId}/erase`, {});
    expect([erased.status, erased.body]).toEqual([200, dry.body]);
    const left = await everything();
    expect(words.filter((word) => left.includes(word))).toEqual([]);
    // What is erased cannot be fetched back from logs: they never held it.
    const logged = booted.log.join('');
    expect(logged).toContain('"app":"gateway"');
    expect(words.filter((word) => logged.includes(word))).toEqual([]);
    for (const id of [contactId, twinId]) expect((await api('GET', `/v1/contacts/${id}`)).status).toBe(404);
    const { rows } = await booted.owner.query<{ data: object }>(
      "select data from audit where action = 'contact.erase' and target = $1",
      [contactId],
    );
    expect(rows[0]?.data).toMatchObject({ contacts: 3 });
    const after = await api('GET', `/v1/contacts/${bystander.contactId}/export`);
    expect(after.body.conversations).toHaveLength(1);
    expect(JSON.stringify(after.body.conversations[0].messages)).toBe(
      JSON.stringify(before.body.conversations[0].messages),
    );
    // Whoever repeats a write that was about them learns that it is gone.
    const again = await repeat();
    expect([again.status, again.body.code]).toEqual([410, 'state/gone']);
  });
});
