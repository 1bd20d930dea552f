import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { uuidOf } from '#libs/model';
import { type Api, apiOf, boot, type Booted, makeWorkspace, type TestWorkspace } from '../support/boot.js';
import { readEvents } from '../support/read-events.js';
import { until } from '../support/until.js';

let booted: Booted;
let home: TestWorkspace;
let api: Api;
let channelId: string;

beforeAll(async () => {
  booted = await boot({ env: { PARLEY_EGRESS_ALLOW: '' } });
  home = await makeWorkspace(booted);
  api = apiOf(booted, home.key);
  const secret = (): string => `whsec_${randomBytes(32).toString('base64')}`;
  // Nobody may call this machine here: every answer to this channel is a dead letter.
  const settings = {
    url: 'http://127.0.0.1:9/',
    inbound_secret: secret(),
    outbound_secret: secret(),
    account: 'own',
  };
  const made = await api('POST', '/v1/channels', { connector: 'webhook', name: 'Own', settings });
  expect(made.status, JSON.stringify(made.body)).toBe(201);
  channelId = made.body.id;
});
afterAll(() => booted?.close());

describe('what happens on a channel', () => {
  it('is shown: what came in as it came, what went out, and how the health went', async () => {
    await api('POST', `/v1/channels/${channelId}/simulate`, { from: '+4915112345678', text: 'hello' });
    await booted.owner.query(
      `update channel set health_state = 'down', health_reason = 'Refused.' where name = 'Own'`,
    );
    // The log of health knows milliseconds.
    await booted.owner.query('select pg_sleep(0.01)');
    await booted.owner.query(
      `update channel set health_state = 'healthy', health_reason = 'Fine.' where name = 'Own'`,
    );
    await until('something went out', async () => (await activity()).sent.length > 0);
    const { received, health } = await activity();
    expect(received[0]).toMatchObject({ kind: 'message', status: 'done' });
    expect(received[0].raw).toContain('hello');
    // A look at the channel may come at any time, and says what it finds in words of its own.
    const ours = health.filter(({ reason }: { reason: string }) => ['Refused.', 'Fine.'].includes(reason));
    expect(ours).toMatchObject([
      { state: 'healthy', reason: 'Fine.' },
      { state: 'down', reason: 'Refused.' },
    ]);
  });

  it('is streamed as soon as it changes', async () => {
    const headers = { authorization: `Bearer ${home.key}` };
    const stream = await readEvents(`${booted.url}/v1/channels/${channelId}/stream`, { headers });
    expect(stream.contentType).toContain('text/event-stream');
    const states = (): string[] => stream.events.map(({ data }) => data.channel.state);
    await until('it says how the channel is', () => states().includes('active'));
    await api('POST', `/v1/channels/${channelId}/pause`);
    await until('it says that the channel is paused', () => states().includes('paused'));
    stream.stop();
    await api('POST', `/v1/channels/${channelId}/resume`);
  });

  async function activity() {
    const answer = await api('GET', `/v1/channels/${channelId}/activity`);
    expect(answer.status).toBe(200);
    return answer.body;
  }
});

describe('many dead letters', () => {
  it('are counted before they are tried again, and none of them is of unknown outcome', async () => {
    for (const from of ['+4915100000001', '+4915100000002', '+4915100000003']) {
      await api('POST', `/v1/channels/${channelId}/simulate`, { from, text: 'hello' });
    }
    await until('three more answers were made', async () => (await made()) >= 4);
    await api('POST', `/v1/channels/${channelId}/pause`);
    await booted.owner.query(`update delivery set status = 'failed', due_at = null where channel_id = $1`, [
      uuidOf(channelId),
    ]);
    await booted.owner.query(
      `update delivery set status = 'unknown' where id = (select min(id::text)::uuid from delivery where status = 'failed')`,
    );
    const failed = await count('failed');
    const body = { kind: 'delivery', channel_id: channelId };
    const dry = await api('POST', '/v1/dead-letters/replay', { ...body, dry_run: true });
    expect(dry.body).toEqual({ count: failed, has_more: false });
    expect(await count('failed')).toBe(failed);
    expect((await api('POST', '/v1/dead-letters/replay', body)).body).toEqual(dry.body);
    expect(await count('failed')).toBe(0);
    expect(await count('unknown')).toBe(1);
  });

  async function made(): Promise<number> {
    const { rows } = await booted.owner.query(
      'select count(*)::int as n from delivery where channel_id = $1',
      [uuidOf(channelId)],
    );
    return rows[0].n as number;
  }

  async function count(status: string): Promise<number> {
    const { rows } = await booted.owner.query('select count(*)::int as n from delivery where status = $1', [
      status,
    ]);
    return rows[0].n as number;
  }
});
