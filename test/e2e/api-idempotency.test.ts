import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Api,
  type ApiAnswer,
  apiOf,
  boot,
  type Booted,
  makeWorkspace,
  type TestWorkspace,
} from '../support/boot.js';

let booted: Booted;
let home: TestWorkspace;
let api: Api;

beforeAll(async () => {
  booted = await boot({ hasWorker: false });
  home = await makeWorkspace(booted);
  api = apiOf(booted, home.key);
});
afterAll(() => booted?.close());

const withKey = (key: string): Record<string, string> => ({ 'idempotency-key': key });

async function count(table: string): Promise<number> {
  return (await booted.owner.query(`select count(*)::int as n from ${table}`)).rows[0].n;
}

interface Write {
  name: string;
  table: string;
  status: number;
  /** Sends the write with a key. */
  send: (key: string) => Promise<ApiAnswer>;
}

const definition = { persona: { name: 'Bo' } };
let sessionId: string;
let clientToken: string;
beforeAll(async () => {
  const session = (await api('POST', '/v1/sessions', {})).body;
  sessionId = session.id;
  clientToken = session.client_token;
});

const writes: Write[] = [
  {
    name: 'a session',
    table: 'session',
    status: 201,
    send: (key) => api('POST', '/v1/sessions', { contact: { name: 'Kim' } }, withKey(key)),
  },
  {
    name: 'a channel',
    table: 'channel',
    status: 201,
    send: (key) => api('POST', '/v1/channels', { connector: 'web', name: 'More' }, withKey(key)),
  },
  {
    name: 'a bot',
    table: 'bot',
    status: 201,
    send: (key) => api('POST', '/v1/bots', { name: 'Bo', definition }, withKey(key)),
  },
  {
    name: 'a message',
    table: 'inbox_event',
    status: 202,
    send: (key) =>
      api('POST', '/v1/messages', { session_id: sessionId, text: 'once', respond: 'async' }, withKey(key)),
  },
  {
    name: 'a message of a visitor',
    table: 'inbox_event',
    status: 202,
    send: (key) =>
      apiOf(booted, clientToken)(
        'POST',
        '/v1/widget/messages',
        { client_id: `c-${key}`, text: 'once' },
        withKey(key),
      ),
  },
  {
    name: 'a session of a visitor',
    table: 'session',
    status: 201,
    send: (key) =>
      apiOf(booted, null)('POST', '/v1/widget/sessions', { channel_id: home.channelId }, withKey(key)),
  },
];

describe.each(writes)('$name with an Idempotency-Key', ({ table, status, send }) => {
  it('is made once by 50 requests at the same time, which all get the same answer', async () => {
    const key = randomUUID();
    const before = await count(table);
    const answers = await Promise.all(Array.from({ length: 50 }, () => send(key)));
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([status]));
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    const replayed = answers.filter(({ headers }) => headers.get('idempotent-replayed') === 'true');
    expect(replayed).toHaveLength(49);
    expect(await count(table)).toBe(before + 1);
    expect((await send(key)).body).toEqual(answers[0]?.body);
    expect(await count(table)).toBe(before + 1);
  });

  it('is the same thing when a crash cut off its first run', async () => {
    const key = randomUUID();
    const first = await send(key);
    const before = await count(table);
    // As if the process had died between the effect and the note that it is done, long enough ago.
    await booted.owner.query(
      `update idempotency set status = null, response = null, locked_until = now() - interval '1 s' where key = $1`,
      [key],
    );
    const second = await send(key);
    expect(second.headers.get('idempotent-replayed')).toBeNull();
    expect(second.body.id ?? second.body.event_id).toBe(first.body.id ?? first.body.event_id);
    expect(await count(table)).toBe(before);
  });
});

describe('an Idempotency-Key', () => {
  it('belongs to one request: another body, path or method is refused', async () => {
    const key = randomUUID();
    await api('POST', '/v1/bots', { name: 'One', definition }, withKey(key));
    const bots = await count('bot');
    const other = await api('POST', '/v1/bots', { name: 'Two', definition }, withKey(key));
    expect([other.status, other.body.code]).toEqual([422, 'input/idempotency-key-reused']);
    const elsewhere = await api('POST', `/v1/channels/${home.channelId}/pause`, undefined, withKey(key));
    expect(elsewhere.status).toBe(422);
    expect(await count('bot')).toBe(bots);
  });

  it('of one caller is not that of another', async () => {
    const key = randomUUID();
    const stranger = await makeWorkspace(booted, 'Stranger');
    const ours = await api('POST', '/v1/bots', { name: 'One', definition }, withKey(key));
    const theirs = await apiOf(booted, stranger.key)(
      'POST',
      '/v1/bots',
      { name: 'Two', definition },
      withKey(key),
    );
    expect([ours.status, theirs.status]).toEqual([201, 201]);
    expect(theirs.body.id).not.toBe(ours.body.id);
  });

  it('may try again after a failure', async () => {
    const key = randomUUID();
    const wrong = await api('POST', '/v1/channels', { connector: 'nonsense', name: 'x' }, withKey(key));
    expect([wrong.status, wrong.body.code]).toEqual([422, 'channel/unknown-connector']);
    const right = await api('POST', '/v1/channels', { connector: 'web', name: 'x' }, withKey(key));
    expect(right.status).toBe(201);
  });

  it('has 1 to 255 visible characters, and cannot be guessed where everybody shares the door', async () => {
    for (const key of ['x'.repeat(256), 'with space']) {
      const answer = await api('POST', '/v1/sessions', {}, withKey(key));
      expect([answer.status, answer.body.code]).toEqual([422, 'input/invalid']);
    }
    expect((await api('POST', '/v1/sessions', {}, withKey('x'.repeat(255)))).status).toBe(201);
    const open = apiOf(booted, null);
    const body = { channel_id: home.channelId };
    expect((await open('POST', '/v1/widget/sessions', body, withKey('short'))).status).toBe(422);
  });

  it('keeps no token in the database', async () => {
    await api('POST', '/v1/sessions', {}, withKey(randomUUID()));
    const { rows } = await booted.owner.query(`select response::text as text from idempotency`);
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.filter(({ text }) => /client_token|eyJ/.test(text ?? ''))).toEqual([]);
  });

  it('waits for the same request that is running, and then says that it is', async () => {
    const key = randomUUID();
    const body = { name: 'Slow', definition };
    await api('POST', '/v1/bots', body, withKey(key));
    await booted.owner.query(
      `update idempotency set status = null, response = null, locked_until = now() + interval '1 min' where key = $1`,
      [key],
    );
    const began = Date.now();
    const answer = await api('POST', '/v1/bots', body, withKey(key));
    expect([answer.status, answer.body.code]).toEqual([409, 'state/idempotency-in-progress']);
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(Date.now() - began).toBeGreaterThan(9_000);
  });
});
