import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId, uuidOf } from '#libs/model';
import { EventLog } from '#libs/store';
import { type Api, apiOf, boot, type Booted, makeWorkspace, type TestWorkspace } from '../support/boot.js';
import { readEvents } from '../support/read-events.js';
import { until } from '../support/until.js';
import { startReceiver, type WebhookReceiver } from '../support/webhook-receiver.js';

let booted: Booted;
let home: TestWorkspace;
let stranger: TestWorkspace;
let api: Api;
let receiver: WebhookReceiver;

beforeAll(async () => {
  booted = await boot();
  receiver = await startReceiver();
  home = await makeWorkspace(booted, 'Home');
  stranger = await makeWorkspace(booted, 'Stranger');
  api = apiOf(booted, home.key);
});
afterAll(async () => {
  await booted?.close();
  await receiver?.close();
});

async function say(caller: Api, text: string): Promise<string> {
  const session = (await caller('POST', '/v1/sessions', {})).body;
  await caller('POST', '/v1/messages', { session_id: session.id, text });
  return session.conversation_id as string;
}

interface Told {
  position: number;
  seq: number;
  type: string;
  conversation_id: string;
}

async function allEvents(query = ''): Promise<Told[]> {
  const found: Told[] = [];
  for (let cursor = '0', isMore = true; isMore;) {
    const { body } = await api('GET', `/v1/events?limit=3&cursor=${cursor}${query}`);
    found.push(...body.data);
    cursor = body.next_cursor;
    isMore = body.has_more;
  }
  return found;
}

describe('the events of a workspace', () => {
  it('are listed once each, in order, whatever the pages, and those of nobody else', async () => {
    const mine = [await say(api, 'open'), await say(api, 'hello')];
    await say(apiOf(booted, stranger.key), 'theirs');
    const events = await allEvents();
    expect(new Set(events.map((one) => one.conversation_id))).toEqual(new Set(mine));
    expect(events.map((one) => one.position)).toEqual(
      [...new Set(events.map((one) => one.position))].toSorted((a, b) => a - b),
    );
    for (const id of mine) {
      const seqs = events.filter((one) => one.conversation_id === id).map(({ seq }) => seq);
      expect(seqs).toEqual(seqs.map((_, index) => index + 1));
    }
    const turns = await allEvents('&types=turn.completed,turn.failed');
    expect(turns.map((one) => one.type)).toEqual(['turn.completed', 'turn.completed']);
  });

  it('refuses a type and a cursor that do not exist', async () => {
    for (const query of ['types=nonsense', 'types=', 'cursor=x', 'limit=0']) {
      expect((await api('GET', `/v1/events?${query}`)).status, query).toBe(422);
    }
  });

  it('are streamed from a position on, without a gap and without a double over a reconnection', async () => {
    const before = await allEvents();
    const stream = (after: string) =>
      readEvents(`${booted.url}/v1/stream?types=message.created,turn.completed&after=${after}`, {
        headers: { authorization: `Bearer ${home.key}`, accept: 'text/event-stream' },
      });
    const seen: string[] = [];
    const first = await stream('0');
    const wanted = before.filter(({ type }) => type === 'message.created' || type === 'turn.completed');
    await until('the first half', () => first.events.length >= wanted.length);
    seen.push(...first.events.map(({ id }) => String(id)));
    first.stop();
    await say(api, 'while nobody listens');
    const second = await stream(seen.at(-1)!);
    await say(api, 'while somebody listens');
    await until(
      'the rest',
      () => second.events.filter(({ event }) => event === 'turn.completed').length >= 2,
    );
    seen.push(...second.events.map(({ id }) => String(id)));
    second.stop();
    const all = (await allEvents('&types=message.created,turn.completed')).map(({ position }) =>
      String(position),
    );
    expect(seen.slice(0, all.length)).toEqual(all);
    expect(new Set(seen).size).toBe(seen.length);
  });

  it('begin anew, and say so, for a position that is not in the log', async () => {
    const reader = await readEvents(`${booted.url}/v1/stream?after=999999999`, {
      headers: { authorization: `Bearer ${home.key}` },
    });
    await until('the reset', () => reader.events.some(({ event }) => event === 'stream.reset'));
    reader.stop();
  });

  it('wait for what was written before and is not committed yet', async () => {
    const log = booted.gateway.get(EventLog);
    const conversationId = await say(api, 'open');
    const start = await log.horizon();
    const insert = (client: Client, seq: number): Promise<unknown> =>
      client.query(
        `insert into event (workspace_id, conversation_id, seq, type, data) values ($1, $2, $3, 'conversation.updated', '{}')`,
        [uuidOf(home.workspaceId), uuidOf(conversationId), seq],
      );
    const positions = async (): Promise<number[]> =>
      (await log.after(home.workspaceId, { after: start, types: ['conversation.updated'], limit: 10 })).map(
        ({ seq }) => seq,
      );
    const slow = new Client({ connectionString: booted.databaseUrl });
    await slow.connect();
    await slow.query('begin');
    await insert(slow, 1_001);
    await insert(booted.owner, 1_002);
    expect(await positions()).toEqual([]);
    await slow.query('commit');
    expect(await positions()).toEqual([1_001, 1_002]);
    await slow.query('begin');
    await insert(slow, 1_003);
    await insert(booted.owner, 1_004);
    await slow.query('rollback');
    await slow.end();
    expect(await positions()).toEqual([1_001, 1_002, 1_004]);
  });
});

describe('webhooks hear of people and bots', () => {
  it('who come, change, are one and are erased; and of a version that is published', async () => {
    const url = `${receiver.url}/people`;
    await api('POST', '/v1/webhook-endpoints', { url, types: [] });
    const [ada, twin] = [
      (await api('POST', '/v1/contacts', { name: 'Ada' })).body,
      (await api('POST', '/v1/contacts', { name: 'Twin' })).body,
    ];
    await api('PATCH', `/v1/contacts/${ada.id}`, { name: 'Ada L.' });
    const merge = (await api('POST', `/v1/contacts/${ada.id}/merge`, { contact_id: twin.id })).body;
    await api('POST', `/v1/contact-merges/${merge.id}/undo`);
    await api('POST', `/v1/contacts/${ada.id}/erase`, {});
    const definition = { persona: { name: 'New' } };
    const bot = (await api('POST', '/v1/bots', { name: 'New', definition })).body;
    const told = await until('all of them', () => {
      const all = receiver
        .on('/people')
        .map(({ body }) => body as { type: string; data: Record<string, unknown> });
      const wanted = {
        'contact.created': 2,
        'contact.updated': 1,
        'contact.merged': 2,
        'contact.erased': 1,
        'bot.published': 1,
      };
      const isThere = ([type, count]: [string, number]): boolean =>
        all.filter((one) => one.type === type).length >= count;
      return Object.entries(wanted).every(isThere) ? all : null;
    });
    const of = (type: string) => told.filter((one) => one.type === type).map(({ data }) => data);
    expect(new Set(of('contact.created').map((data) => data['contact_id']))).toEqual(
      new Set([ada.id, twin.id]),
    );
    expect(of('contact.updated')).toContainEqual({ contact_id: ada.id });
    // Webhooks are on their way at the same time: they may arrive in another order.
    expect(of('contact.merged').toSorted((a, b) => Number(a['is_undone']) - Number(b['is_undone']))).toEqual([
      { contact_id: ada.id, merged_id: twin.id, is_undone: false },
      { contact_id: ada.id, merged_id: twin.id, is_undone: true },
    ]);
    expect(of('contact.erased')).toEqual([{ contact_id: ada.id }]);
    expect(of('bot.published')).toEqual([{ bot_id: bot.id, version: 1 }]);
  });

  it('and not of one that was made in vain, because somebody met the same address first', async () => {
    const before = newId('contact');
    await booted.owner.query('begin');
    await booted.owner.query('insert into contact (workspace_id, id) values ($1, $2)', [
      uuidOf(home.workspaceId),
      uuidOf(before),
    ]);
    await booted.owner.query('delete from contact where id = $1', [uuidOf(before)]);
    await booted.owner.query('commit');
    const { rows } = await booted.owner.query(`select 1 from webhook_delivery where data->>'contact' = $1`, [
      uuidOf(before),
    ]);
    expect(rows).toEqual([]);
  });
});
