import { randomBytes, randomUUID } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId, uuidOf } from '#libs/model';
import { apiOf, boot, type Booted, makeWorkspace, type TestWorkspace } from '../support/boot.js';
import { printOf } from '../support/database-print.js';
import { until } from '../support/until.js';

const secret = (): string => `whsec_${randomBytes(32).toString('base64')}`;
const inbound = secret();

let booted: Booted;
let home: TestWorkspace;
let path: string;
let channelId: string;

beforeAll(async () => {
  booted = await boot({ hasWorker: false, env: { PARLEY_BODY_MAX: '20kB' } });
  home = await makeWorkspace(booted);
  const secrets = { inbound_secret: inbound, outbound_secret: secret() };
  const settings = { url: 'http://127.0.0.1:1/', sends_again: true, ...secrets };
  const body = { connector: 'webhook', name: 'Ours', settings };
  const channel = (await apiOf(booted, home.key)('POST', '/v1/channels', body)).body;
  channelId = channel.id;
  path = new URL(channel.webhook_url).pathname;
});
afterAll(() => booted?.close());

/** Posts bytes, signed like the provider does. */
async function post(
  body: string,
  options: { at?: string; key?: string; type?: string } = {},
): Promise<Response> {
  const id = randomUUID();
  const now = new Date();
  const headers = {
    'content-type': options.type ?? 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
    'webhook-signature': new Webhook(options.key ?? inbound).sign(id, now, body),
  };
  return fetch(`${booted.url}${options.at ?? path}`, { method: 'POST', headers, body });
}

const codeOf = async (answer: Response): Promise<string> => ((await answer.json()) as { code: string }).code;

const message = (id: string, text = 'hello') => ({
  type: 'message',
  id,
  from: { kind: 'external', value: 'c-7' },
  text,
});

const rows = async (): Promise<
  { event_key: string; status: string; reason: string | null; seq: number | null }[]
> =>
  (
    await booted.owner.query(
      'select event_key, status, reason, seq from inbox_event where channel_id = (select id from channel where connector = $1) order by received_at, seq',
      ['webhook'],
    )
  ).rows;

describe('a provider’s request', () => {
  it('is stored before it is answered, and once however often it comes', async () => {
    const body = JSON.stringify(message('m-1'));
    const answers = await Promise.all(Array.from({ length: 20 }, () => post(body)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(await answers[0]?.json()).toEqual({ accepted: 1, ignored: [] });
    expect(await rows()).toMatchObject([{ event_key: 'm-1', status: 'pending', seq: 1 }]);
  });

  it('with many events is stored as a whole and in order', async () => {
    const events = Array.from({ length: 100 }, (_, i) => message(`b-${i}`));
    expect((await post(JSON.stringify({ events }))).status).toBe(200);
    const stored = (await rows()).filter(({ event_key }) => event_key.startsWith('b-'));
    expect(stored.map(({ event_key }) => event_key)).toEqual(events.map(({ id }) => id));
    expect(stored.map(({ seq }) => seq)).toEqual(events.map((_, i) => i + 2));
  });

  it.each([
    ['without a signature', () => fetch(`${booted.url}${path}`, { method: 'POST', body: '{}' })],
    ['signed with another secret', () => post(JSON.stringify(message('x')), { key: secret() })],
    ['by GET', () => fetch(`${booted.url}${path}?hub.challenge=1`)],
  ])('%s is refused and leaves nothing', async (_, send) => {
    const before = await printOf(booted.owner);
    const answer = await send();
    expect(answer.status).toBe(401);
    expect(await answer.json()).toMatchObject({ code: 'access/invalid-signature' });
    expect(await printOf(booted.owner)).toEqual(before);
  });

  it('to a channel that is not there, or not of this connector, finds nothing', async () => {
    const before = await printOf(booted.owner);
    const body = JSON.stringify(message('y'));
    for (const at of [
      `/hooks/webhook/${newId('channel')}`,
      `/hooks/webhook/nonsense`,
      `/hooks/web/${channelId}`,
      `/hooks/nonsense/${channelId}`,
      `/hooks/webhook/${home.channelId}`,
      `/hooks/__proto__/${channelId}`,
    ]) {
      expect((await post(body, { at })).status, at).toBe(404);
    }
    expect(await printOf(booted.owner)).toEqual(before);
  });

  it('that is too large is refused', async () => {
    const before = await printOf(booted.owner);
    const answer = await post(JSON.stringify(message('z', 'x'.repeat(30_000))));
    expect([answer.status, await codeOf(answer)]).toEqual([413, 'input/too-large']);
    expect(await printOf(booted.owner)).toEqual(before);
  });

  it.each([
    ['no JSON', 'this is { not JSON', 'application/json'],
    ['no JSON, and says so', 'plain words', 'text/plain'],
    ['JSON of another shape', '[1, 2, 3]', 'application/json'],
    ['empty', '', 'application/json'],
  ])('that is genuine but %s is kept for a person to look at', async (_, body, type) => {
    const answer = await post(body, { type });
    expect(answer.status).toBe(200);
    const kept = (await rows()).at(-1);
    expect(kept).toMatchObject({
      status: 'quarantined',
      seq: null,
      reason: expect.stringContaining('input/invalid'),
    });
    const again = await post(body, { type });
    expect(again.status).toBe(200);
    expect((await rows()).at(-1)).toEqual(kept);
  });

  it('of a kind that nobody knows is kept as ignored, and the answer says so', async () => {
    const answer = await post(JSON.stringify({ events: [{ type: 'dance', id: 'd-1' }, message('m-2')] }));
    expect(await answer.json()).toMatchObject({ accepted: 1, ignored: [{ index: 0 }] });
    expect((await rows()).filter(({ status }) => status === 'ignored')).toHaveLength(1);
  });

  it('about typing is stored nowhere', async () => {
    const before = (await rows()).length;
    const typing = { type: 'typing', id: 't-1', from: { kind: 'external', value: 'c-7' } };
    expect((await post(JSON.stringify(typing))).status).toBe(200);
    expect((await rows()).length).toBe(before);
  });

  it('is not thanked for while the database does not take it, and is taken when it comes again', async () => {
    await booted.owner.query('begin; lock table inbox_event in access exclusive mode');
    const answer = await post(JSON.stringify(message('m-3')));
    await booted.owner.query('rollback');
    expect([answer.status, await codeOf(answer)]).toEqual([503, 'store/unavailable']);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await post(JSON.stringify(message('m-3')))).status).toBe(200);
    await until(
      'it is stored once',
      async () => (await rows()).filter(({ event_key }) => event_key === 'm-3').length === 1,
    );
  });

  it('leaves no secret and nothing that was written in the log', () => {
    const log = booted.log.join('');
    expect(log).not.toContain(inbound.slice(6));
    expect(log).not.toContain('plain words');
  });
});

describe('a request that could not be read', () => {
  it('is read once more by a replay, taken in once, and settled; one that still cannot be read stays', async () => {
    await post('{"unreadable": [');
    const api = apiOf(booted, home.key);
    const dead = (await api('GET', '/v1/dead-letters?kind=inbox_event')).body.data as {
      id: string;
      status: string;
    }[];
    const { id } = dead.find(({ status }) => status === 'quarantined')!;
    const replay = (key: string) =>
      api('POST', `/v1/dead-letters/${id}/replay`, undefined, { 'idempotency-key': key });
    const refused = await replay(randomUUID());
    expect([refused.status, refused.body.code]).toEqual([409, 'state/conflict']);
    expect(refused.body.detail).toMatch(/^It still cannot be read/);
    // As if an update could read now what it could not read before.
    const uuid = uuidOf(id);
    const read = Buffer.from(JSON.stringify(message('read-again')));
    await booted.owner.query('update inbox_event set raw = $2 where id = $1', [uuid, read]);
    expect((await replay(randomUUID())).status).toBe(202);
    const taken = (await rows()).filter(({ event_key: key }) => key === 'read-again');
    expect(taken).toMatchObject([{ status: 'pending' }]);
    const settled = await booted.owner.query('select status from inbox_event where id = $1', [uuid]);
    expect(settled.rows).toEqual([{ status: 'done' }]);
    expect((await replay(randomUUID())).status).toBe(409);
  });
});
