import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId, type Send } from '#libs/model';
import { type Api, apiOf, boot, type Booted, makeWorkspace } from '../support/boot.js';
import { until } from '../support/until.js';
import { startReceiver, type WebhookReceiver } from '../support/webhook-receiver.js';

let booted: Booted;
let api: Api;
let provider: WebhookReceiver;
/** Two channels of one kind, each with a system of its own behind it. */
let first: string;
let second: string;
let web: string;
let people = 0;

const secret = (): string => `whsec_${randomBytes(32).toString('base64')}`;

beforeAll(async () => {
  booted = await boot();
  provider = await startReceiver();
  const home = await makeWorkspace(booted, 'Home');
  api = apiOf(booted, home.key);
  web = home.channelId;
  [first, second] = [await channel('first', home.botId), await channel('second', home.botId)];
});
afterAll(async () => {
  await booted?.close();
  await provider?.close();
});

async function channel(name: string, botId: string): Promise<string> {
  const settings = {
    url: `${provider.url}/${name}`,
    inbound_secret: secret(),
    outbound_secret: secret(),
    account: name,
  };
  const made = await api('POST', '/v1/channels', { connector: 'webhook', name, bot_id: botId, settings });
  expect(made.status, JSON.stringify(made.body)).toBe(201);
  return made.body.id;
}

const someone = (): { kind: string; value: string } => ({ kind: 'external', value: `send-${people++}` });
const heard = (name: string, text: string): number =>
  provider.hooks.filter((hook) => hook.path === `/${name}` && hook.text.includes(text)).length;
const ended = (id: string): Promise<Send> =>
  until('the send has ended', async () => {
    const { body } = await api('GET', `/v1/sends/${id}`);
    return ['sent', 'failed', 'cancelled'].includes(body.state) ? (body as Send) : null;
  });

describe('a send', () => {
  it('reaches somebody who has never written, and their answer comes in the same conversation', async () => {
    const address = someone();
    const body = {
      address,
      text: 'Nice to meet you.',
      channels: [{ channel_id: first }],
      metadata: { order: '7' },
    };
    const made = await api('POST', '/v1/sends', body);
    expect([made.status, made.body.state]).toEqual([202, 'scheduled']);
    const send = await ended(made.body.id);
    expect(send).toMatchObject({ state: 'sent', channels: [{ status: 'sent', skipped: null }] });
    expect(heard('first', 'Nice to meet you.')).toBe(1);
    const [{ message_id: messageId, conversation_id: conversationId }] = send.channels as [
      Send['channels'][0],
    ];
    expect((await api('GET', `/v1/messages/${messageId}`)).body.metadata).toEqual({ order: '7' });
    const contact = (await api('GET', `/v1/contacts/${send.contact_id}`)).body;
    expect(contact.identities).toMatchObject([{ ...address, proof: 'claimed' }]);
    await api('POST', `/v1/channels/${first}/simulate`, { from: address.value, text: 'You too!' });
    await until('the answer is there', async () => {
      const { data } = (await api('GET', `/v1/conversations/${conversationId}/messages`)).body;
      return JSON.stringify(data).includes('You too!');
    });
  });

  it('goes without a named channel where the contact wrote last, and is refused when they never did', async () => {
    const { value } = someone();
    await api('POST', `/v1/channels/${second}/simulate`, { from: value, text: 'hi' });
    const contact = await until('they are known', async () => {
      return (await api('GET', `/v1/contacts?address=${value}`)).body.data[0] as { id: string } | undefined;
    });
    const { body } = await api('POST', '/v1/sends', { contact_id: contact.id, text: 'Where you wrote.' });
    expect(await ended(body.id)).toMatchObject({ state: 'sent', channels: [{ channel_id: second }] });
    expect(heard('second', 'Where you wrote.')).toBe(1);
    const stranger = (await api('POST', '/v1/contacts', {})).body;
    const refused = await api('POST', '/v1/sends', { contact_id: stranger.id, text: 'x' });
    expect([refused.status, refused.body.errors[0].pointer]).toEqual([422, '/channels']);
  });

  it('is one however often it is asked for with one key, and makes one contact of one address', async () => {
    const address = someone();
    const body = { address, text: 'Only one.', channels: [{ channel_id: first }] };
    const key = { 'idempotency-key': `one-${address.value}` };
    const same = await Promise.all(Array.from({ length: 10 }, () => api('POST', '/v1/sends', body, key)));
    expect(new Set(same.map((one) => `${one.status} ${one.body.id}`)).size).toBe(1);
    const more = await Promise.all(
      Array.from({ length: 5 }, () => api('POST', '/v1/sends', { ...body, send_at: '2099-01-01T00:00:00Z' })),
    );
    expect(new Set([...same, ...more].map((one) => one.body.contact_id)).size).toBe(1);
    await ended(same[0]!.body.id);
    expect(heard('first', 'Only one.')).toBe(1);
  });

  it('waits for its time, can be called off until then, and not after', async () => {
    const soon = new Date(Date.now() + 1_500).toISOString();
    const plan = { text: 'In time.', channels: [{ channel_id: first }] };
    const waiting = (await api('POST', '/v1/sends', { ...plan, address: someone(), send_at: soon })).body;
    const far = { ...plan, send_at: '2099-01-01T00:00:00Z' };
    const off = (await api('POST', '/v1/sends', { ...far, address: someone() })).body;
    const kept = (await api('POST', '/v1/sends', { ...far, address: someone() })).body;
    const cancelled = await Promise.all([1, 2].map(() => api('POST', `/v1/sends/${off.id}/cancel`)));
    expect(cancelled.map(({ status, body }) => [status, body.state])).toEqual([
      [200, 'cancelled'],
      [200, 'cancelled'],
    ]);
    const listed = (await api('GET', '/v1/sends?state=scheduled&limit=100')).body.data as Send[];
    expect(listed.map(({ id }) => id)).toContain(kept.id);
    expect(listed.map(({ id }) => id)).not.toContain(off.id);
    const done = await ended(waiting.id);
    expect(Date.parse(done.channels[0]!.begun_at!)).toBeGreaterThanOrEqual(Date.parse(soon));
    expect(heard('first', 'In time.')).toBe(1);
    const late = await api('POST', `/v1/sends/${waiting.id}/cancel`);
    expect([late.status, late.body.code]).toEqual([409, 'state/conflict']);
  });

  it('is not sent after its time, for example when no worker was there', async () => {
    const body = {
      address: someone(),
      text: 'Too late.',
      channels: [{ channel_id: first }],
      send_at: '2099-01-01T00:00:00Z',
    };
    const { id } = (await api('POST', '/v1/sends', body)).body;
    await booted.owner.query(
      `update send set send_at = now() - interval '1 day', expires_at = now() - interval '1 hour', due_at = now()
        where state = 'scheduled' and content::text like '%Too late.%'`,
    );
    expect(await ended(id)).toMatchObject({
      state: 'failed',
      reason: 'Its time was over before it could be sent.',
    });
    expect(heard('first', 'Too late.')).toBe(0);
  });

  it('shows beforehand where it would go and what it would be, and writes nothing', async () => {
    const address = someone();
    const plan = { text: 'Looking.', channels: [{ channel_id: first }, { channel_id: web }], dry_run: true };
    const dry = await api('POST', '/v1/sends', { ...plan, address });
    expect(dry.status).toBe(200);
    expect(dry.body.channels).toMatchObject([
      { channel_id: first, address: address.value, refused: null },
      { channel_id: web, address: null, refused: 'The contact has no address that this channel reaches.' },
    ]);
    expect(JSON.stringify(dry.body.channels[0].result.parts)).toContain('Looking.');
    expect((await api('GET', `/v1/contacts?address=${address.value}`)).body.data).toEqual([]);
    expect(heard('first', 'Looking.')).toBe(0);
  });

  it('is refused when it names nobody, nothing, or a channel that is not there', async () => {
    const plan = { address: someone(), text: 'x', channels: [{ channel_id: first }] };
    const { id } = (await api('POST', '/v1/contacts', {})).body;
    for (const body of [
      { ...plan, address: undefined },
      { ...plan, contact_id: id },
      { ...plan, text: undefined },
      { ...plan, contact_id: newId('contact'), address: undefined },
      { ...plan, channels: [{ channel_id: newId('channel') }] },
      { ...plan, channels: [] },
    ]) {
      expect((await api('POST', '/v1/sends', body)).status, JSON.stringify(body)).toBe(422);
    }
  });
});

describe('a send over several channels', () => {
  it('goes on to the next one where one cannot reach the person or refuses, and says what came of each', async () => {
    provider.answer = ({ path, text }) => ({
      status: path === '/first' && text.includes('Next.') ? 400 : 200,
    });
    const channels = [{ channel_id: web }, { channel_id: first }, { channel_id: second }];
    const { id } = (await api('POST', '/v1/sends', { address: someone(), text: 'Next.', channels })).body;
    const send = await ended(id);
    provider.answer = () => ({ status: 200 });
    expect(send).toMatchObject({
      state: 'sent',
      channels: [
        { skipped: 'The contact has no address that this channel reaches.', message_id: null },
        { status: 'failed' },
        { status: 'sent' },
      ],
    });
    expect(heard('second', 'Next.')).toBe(1);
  });

  it('takes back what has not left before it goes on: nothing is said twice', async () => {
    // The first provider is away: what waits there would go out when it is back.
    provider.answer = ({ path, text }) => ({
      status: path === '/first' && text.includes('Once.') ? 503 : 200,
    });
    const channels = [{ channel_id: first, wait_seconds: 1 }, { channel_id: second }];
    const { id } = (await api('POST', '/v1/sends', { address: someone(), text: 'Once.', channels })).body;
    const send = await ended(id);
    provider.answer = () => ({ status: 200 });
    expect(send).toMatchObject({ state: 'sent', channels: [{ status: 'expired' }, { status: 'sent' }] });
    expect(heard('second', 'Once.')).toBe(1);
    const { rows } = await booted.owner.query(
      "select 1 from delivery d join message m on m.id = d.message_id where m.content::text like '%Once.%' and d.due_at is not null",
    );
    expect(rows).toEqual([]);
  });

  it('fails when none of them serves', async () => {
    const { id } = (
      await api('POST', '/v1/sends', { address: someone(), text: 'x', channels: [{ channel_id: web }] })
    ).body;
    expect(await ended(id)).toMatchObject({ state: 'failed', reason: 'No channel could send it.' });
  });
});

describe('a batch of sends', () => {
  it('reaches everybody once, and reports how it went', async () => {
    const to = Array.from({ length: 60 }, (_, at) => ({ address: someone(), metadata: { at: String(at) } }));
    const body = {
      text: 'To all.',
      channels: [{ channel_id: second }],
      metadata: { campaign: 'autumn' },
      to,
    };
    const key = { 'idempotency-key': 'batch-1' };
    const made = await Promise.all([1, 2, 3].map(() => api('POST', '/v1/send-batches', body, key)));
    expect(new Set(made.map((one) => `${one.status} ${one.body.id}`)).size).toBe(1);
    const { id, total } = made[0]!.body;
    expect(total).toBe(60);
    const allSent = async () => {
      const { body: now } = await api('GET', `/v1/send-batches/${id}`);
      return now.states.sent === 60 ? now : null;
    };
    const report = await until('all are sent', allSent, 45_000);
    expect(report).toMatchObject({ total: 60, states: { scheduled: 0, failed: 0 }, messages: { sent: 60 } });
    expect(heard('second', 'To all.')).toBe(60);
    const page = (await api('GET', `/v1/sends?batch_id=${id}&limit=100`)).body.data as Send[];
    expect(page).toHaveLength(60);
    expect(page[0]!.metadata).toMatchObject({ campaign: 'autumn' });
  }, 60_000);

  it('is taken whole when others write to the same people at the same time, in another order', async () => {
    const people = Array.from({ length: 300 }, (_, at) => ({
      address: { kind: 'email', value: `p${at}@race.example` },
    }));
    const body = { text: 'x', channels: [{ channel_id: first }], send_at: '2099-01-01T00:00:00Z' };
    const orders = [people, people.toReversed(), [...people.slice(150), ...people.slice(0, 150)]];
    const answers = await Promise.all(orders.map((to) => api('POST', '/v1/send-batches', { ...body, to })));
    expect(answers.map(({ status, body: { total } }) => [status, total])).toEqual(
      orders.map(() => [202, 300]),
    );
    // Three batches, and one contact for each address.
    const { rows } = await booted.owner.query(
      `select count(*)::int as n, count(distinct contact_id)::int as people from identity where value like 'p%@race.example'`,
    );
    expect(rows[0]).toEqual({ n: 300, people: 300 });
  }, 60_000);

  it('is called off as far as it has not begun, and is refused whole when one of its targets is wrong', async () => {
    const plan = { text: 'Never.', channels: [{ channel_id: second }], send_at: '2099-01-01T00:00:00Z' };
    const to = [{ address: someone() }, { address: someone() }];
    const { id } = (await api('POST', '/v1/send-batches', { ...plan, to })).body;
    expect((await api('POST', `/v1/send-batches/${id}/cancel`)).body).toEqual({ cancelled: 2 });
    expect((await api('GET', `/v1/send-batches/${id}`)).body.states).toMatchObject({
      cancelled: 2,
      scheduled: 0,
    });
    const nobody = newId('contact');
    const before = (await api('GET', '/v1/sends?limit=100')).body.data.length;
    const wrong = await api('POST', '/v1/send-batches', { ...plan, to: [...to, { contact_id: nobody }] });
    expect([wrong.status, wrong.body.errors[0].pointer]).toEqual([422, '/to/2/contact_id']);
    expect((await api('GET', '/v1/sends?limit=100')).body.data).toHaveLength(before);
  });
});
