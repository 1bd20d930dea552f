import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId, uuidOf } from '#libs/model';
import { type Api, apiOf, boot, type Booted, makeWorkspace, type TestWorkspace } from '../support/boot.js';
import { RetentionSweeper } from '../../apps/worker/src/retention/retention-sweeper.js';

let booted: Booted;
let folder: string;
let home: TestWorkspace;
let other: TestWorkspace;
let api: Api;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'parley-retention-'));
  booted = await boot({ env: { PARLEY_DATA_DIR: folder } });
  home = await makeWorkspace(booted, 'Home');
  other = await makeWorkspace(booted, 'Other');
  api = apiOf(booted, home.key);
});
afterAll(async () => {
  await booted?.close();
  rmSync(folder, { recursive: true, force: true });
});

const sweep = (): Promise<void> => booted.worker!.get(RetentionSweeper, { strict: false }).sweep();
const run = async <Row>(sql: string, ...values: unknown[]): Promise<Row[]> =>
  (await booted.owner.query(sql, values)).rows as Row[];
const count = async (table: string, where: string, ...values: unknown[]): Promise<number> =>
  Number((await run<{ n: string }>(`select count(*) as n from ${table} where ${where}`, ...values))[0]!.n);

/** A conversation with a question, a turn and an answer. */
async function talk(caller = api): Promise<{ id: string; uuid: string }> {
  const session = (await caller('POST', '/v1/sessions', {})).body;
  await caller('POST', '/v1/messages', { session_id: session.id, text: 'open' });
  return { id: session.conversation_id, uuid: uuidOf(session.conversation_id) };
}

async function age(conversation: string, days: number): Promise<void> {
  const back = `- interval '${days} days'`;
  await run(`update message set recorded_at = recorded_at ${back} where conversation_id = $1`, conversation);
  await run(`update turn set ended_at = ended_at ${back} where conversation_id = $1`, conversation);
  await run(`update media set created_at = created_at ${back} where conversation_id = $1`, conversation);
}

describe('what is kept', () => {
  it('is everything at first, but what providers told and what webhooks were told', async () => {
    const { body } = await api('GET', '/v1/retention');
    expect(body).toEqual({
      defaults: { messages: null, traces: null, media: null, inbox: 30, webhooks: 30 },
      rules: [],
    });
    const { uuid } = await talk();
    await age(uuid, 4_000);
    await sweep();
    expect(await count('message', 'conversation_id = $1', uuid)).toBeGreaterThan(1);
    await run('delete from conversation where id = $1', uuid);
  });

  it('is set by kind, for all channels and for one; what cannot be is refused', async () => {
    const rules = [
      { kind: 'messages', channel_id: null, days: 90 },
      { kind: 'messages', channel_id: home.channelId, days: 30 },
    ];
    for (const rule of rules) expect((await api('PATCH', '/v1/retention', rule)).status).toBe(200);
    expect((await api('GET', '/v1/retention')).body.rules).toEqual(rules);
    expect((await api('PATCH', '/v1/retention', { ...rules[1], days: 60 })).body.rules).toHaveLength(2);
    for (const wrong of [
      { kind: 'messages', days: 7 },
      { kind: 'inbox', days: 0 },
      { kind: 'webhooks', days: 31 },
      { kind: 'webhooks', days: 3, channel_id: home.channelId },
      { kind: 'messages', days: 30, channel_id: newId('channel') },
      { kind: 'messages', days: 30, channel_id: other.channelId },
      { kind: 'nothing', days: 30 },
    ]) {
      expect((await api('PATCH', '/v1/retention', wrong)).status, JSON.stringify(wrong)).toBe(422);
    }
  });
});

describe('what is past its time', () => {
  it('goes: messages, their deliveries and traces; the log and its counts stay', async () => {
    await api('PATCH', '/v1/retention', { kind: 'messages', channel_id: home.channelId, days: 30 });
    const [old, young] = [await talk(), await talk()];
    const stranger = await talk(apiOf(booted, other.key));
    for (const { uuid } of [old, stranger]) await age(uuid, 31);
    await age(young.uuid, 29);
    const events = await count('event', 'conversation_id = $1', old.uuid);
    await sweep();
    for (const table of ['message', 'turn', 'delivery']) {
      expect(await count(table, 'conversation_id = $1', old.uuid), table).toBe(0);
    }
    expect(await count('event', 'conversation_id = $1', old.uuid)).toBe(events);
    expect(await count('message', 'conversation_id = $1', young.uuid)).toBeGreaterThan(1);
    expect(await count('turn', 'conversation_id = $1', young.uuid)).toBe(1);
    expect(await count('message', 'conversation_id = $1', stranger.uuid)).toBeGreaterThan(1);
    expect((await api('GET', `/v1/conversations/${old.id}/messages`)).body.data).toEqual([]);
  });

  it('stays while it is needed: unanswered, being sent, or waiting for a person to say whether it was', async () => {
    const { uuid } = await talk();
    await age(uuid, 31);
    await run('update conversation set answered_seq = 0 where id = $1', uuid);
    const [answer] = await run<{ id: string }>(
      `select id from message where conversation_id = $1 and direction = 'out' order by seq desc limit 1`,
      uuid,
    );
    for (const status of ['queued', 'sending', 'unknown']) {
      await run(`update delivery set status = $2, due_at = null where message_id = $1`, answer!.id, status);
      await sweep();
      expect(await count('message', 'id = $1', answer!.id), status).toBe(1);
    }
    expect(await count('message', `conversation_id = $1 and direction = 'in'`, uuid)).toBe(1);
    await run(`update delivery set status = 'sent' where message_id = $1`, answer!.id);
    await run('update conversation set answered_seq = last_message_seq where id = $1', uuid);
    await sweep();
    expect(await count('message', 'conversation_id = $1', uuid)).toBe(0);
  });

  it('takes what people told a flow along, and leaves the goal counted', async () => {
    const { uuid } = await talk();
    await run(
      `insert into event (workspace_id, conversation_id, seq, type, data, occurred_at)
       values ($1, $2, 900, 'goal.reached', '{"goal": "lead", "data": {"email": "canary@x.example"}}', now() - interval '31 days')`,
      uuidOf(home.workspaceId),
      uuid,
    );
    await sweep();
    const [event] = await run<{ data: object }>(
      'select data from event where conversation_id = $1 and seq = 900',
      uuid,
    );
    expect(event!.data).toEqual({ goal: 'lead' });
  });

  it('forgets thousands in small batches, and what providers told after thirty days, but not what is not done', async () => {
    const [w, c] = [uuidOf(home.workspaceId), uuidOf(home.channelId)];
    await run(
      `insert into inbox_event (workspace_id, id, channel_id, event_key, kind, raw, status, received_at)
       select $1, gen_random_uuid(), $2, s || g, 'message', 'x', s, now() - d * interval '1 day'
       from generate_series(1, 700) g, (values ('done', 31), ('ignored', 31), ('dead', 31), ('quarantined', 31)) v(s, d)`,
      w,
      c,
    );
    await run(
      `insert into inbox_event (workspace_id, id, channel_id, event_key, kind, raw, status, received_at)
       values ($1, gen_random_uuid(), $2, 'young', 'message', 'x', 'done', now() - interval '29 days'),
              ($1, gen_random_uuid(), $2, 'waiting', 'message', 'x', 'pending', now() - interval '99 days')`,
      w,
      c,
    );
    await sweep();
    const left = await run<{ status: string; n: number }>(
      `select status, count(*)::int as n from inbox_event where event_key ~ '^(done|ignored|dead|quarantined|young|waiting)' group by 1 order by 1`,
    );
    expect(left).toEqual([
      { status: 'dead', n: 700 },
      { status: 'done', n: 1 },
      { status: 'pending', n: 1 },
      { status: 'quarantined', n: 700 },
    ]);
  });

  it('takes files with their bytes, unless others speak of the same bytes', async () => {
    const { uuid } = await talk();
    const form = {
      method: 'POST',
      headers: { authorization: `Bearer ${home.key}`, 'content-type': 'text/plain' },
    };
    const ids: string[] = [];
    for (const words of ['alone', 'shared', 'shared']) {
      const made = (await (await fetch(`${booted.url}/v1/media`, { ...form, body: words })).json()) as {
        id: string;
      };
      ids.push(uuidOf(made.id));
    }
    await run(
      'update media set conversation_id = $1, channel_id = $2 where id = any ($3)',
      uuid,
      uuidOf(home.channelId),
      ids.slice(0, 2),
    );
    await age(uuid, 31);
    const hashes = await run<{ sha256: string }>('select sha256 from media where id = any ($1)', ids);
    const kept = (sha256: string): boolean =>
      existsSync(path.join(folder, 'media', home.workspaceId, sha256.slice(0, 2), sha256));
    const [alone] = await run<{ sha256: string }>('select sha256 from media where id = $1', ids[0]);
    expect(hashes.every(({ sha256 }) => kept(sha256))).toBe(true);
    await sweep();
    expect(await run('select id from media where id = any ($1)', ids)).toEqual([{ id: ids[2] }]);
    expect(kept(alone!.sha256)).toBe(false);
    expect(readdirSync(path.join(folder, 'media', home.workspaceId)).length).toBeGreaterThan(0);
    const [shared] = await run<{ sha256: string }>('select sha256 from media where id = $1', ids[2]);
    expect(kept(shared!.sha256)).toBe(true);
  });

  it('takes ended webhook deliveries earlier where the workspace wants it, and none that is open', async () => {
    await api('PATCH', '/v1/retention', { kind: 'webhooks', days: 3 });
    const endpoint = (
      await api('POST', '/v1/webhook-endpoints', { url: 'https://127.0.0.1:1/', types: ['webhook.test'] })
    ).body;
    await run(
      `insert into webhook_delivery (workspace_id, id, endpoint_id, type, occurred_at, status, due_at, created_at)
       select $1, gen_random_uuid(), $2, 'webhook.test', now(), s, case when s = 'pending' then now() + interval '1 day' end, now() - d * interval '1 day'
       from (values ('delivered', 4), ('failed', 4), ('delivered', 2), ('pending', 4)) v(s, d)`,
      uuidOf(home.workspaceId),
      uuidOf(endpoint.id),
    );
    await sweep();
    expect(await count('webhook_delivery', 'endpoint_id = $1', uuidOf(endpoint.id))).toBe(2);
  });
});

describe('what the installation says', () => {
  it('holds where neither the workspace nor the channel says otherwise, in a workspace that never asked', async () => {
    const env = {
      PARLEY_KEEP_MESSAGES: '60d',
      PARLEY_KEEP_INBOX: '9d',
      PARLEY_KEEP_WEBHOOKS: '5d',
      PARLEY_DATA_DIR: folder,
    };
    const strict = await boot({ env });
    try {
      const [plain, long, byChannel] = await Promise.all(
        ['Plain', 'Long', 'By channel'].map((name) => makeWorkspace(strict, name)),
      );
      const as = (one: TestWorkspace): Api => apiOf(strict, one.key);
      await as(long!)('PATCH', '/v1/retention', { kind: 'messages', days: 400 });
      const ofChannel = { kind: 'messages', days: 400, channel_id: byChannel!.channelId };
      await as(byChannel!)('PATCH', '/v1/retention', ofChannel);
      expect((await as(plain!)('GET', '/v1/retention')).body).toEqual({
        defaults: { messages: 60, traces: null, media: null, inbox: 9, webhooks: 5 },
        rules: [],
      });
      for (const one of [plain!, long!, byChannel!]) {
        const { id } = (await as(one)('POST', '/v1/sessions', {})).body;
        await as(one)('POST', '/v1/messages', { session_id: id, text: 'open' });
      }
      const kept = async (table: string): Promise<string[]> => {
        const { rows } = await strict.owner.query<{ name: string }>(
          `select w.name from workspace w where exists (select from ${table} x where x.workspace_id = w.id) order by 1`,
        );
        return rows.map(({ name }) => name);
      };
      const age = (days: number): Promise<unknown> =>
        strict.owner.query(
          `with a as (update message set recorded_at = now() - $1 * interval '1 day'), b as (update turn set ended_at = now() - $1 * interval '1 day')
           select 1`,
          [days],
        );
      const forget = (): Promise<void> => strict.worker!.get(RetentionSweeper, { strict: false }).sweep();
      await age(59);
      await forget();
      expect(await kept('message')).toEqual(['By channel', 'Long', 'Plain']);
      await age(61);
      await forget();
      expect(await kept('message')).toEqual(['By channel', 'Long']);
      expect(await kept('turn')).toEqual(['By channel', 'Long']);
    } finally {
      await strict.close();
    }
  });
});
