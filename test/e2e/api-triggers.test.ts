import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newWebhookSecret, signWebhook } from '#libs/connectors';
import { newId } from '#libs/model';
import { type Api, type ApiAnswer, apiOf, boot, type Booted, makeWorkspace } from '../support/boot.js';
import { until } from '../support/until.js';
import { startReceiver, type WebhookReceiver } from '../support/webhook-receiver.js';

let booted: Booted;
let api: Api;
let provider: WebhookReceiver;
let channelId: string;
let contactId: string;
let conversationId: string;

const bot = {
  persona: { name: 'Ada' },
  fallback: [{ type: 'text', text: 'Hm.' }],
  flows: [
    {
      schema: 1,
      id: 'order',
      title: 'Order',
      start: 'say',
      nodes: {
        say: {
          type: 'say',
          content: [{ type: 'text', text: 'Order {{ fields.number }} is ready.' }],
          next: 'ask',
        },
        ask: { type: 'ask', text: 'When do you come?', into: 'when', expect: { kind: 'text' }, next: 'wait' },
        wait: { type: 'wait_event', event: 'paid', into: 'payment', timeout_s: 3_600, next: 'thanks' },
        thanks: { type: 'say', content: [{ type: 'text', text: 'Paid by {{ fields.payment.by }}.' }] },
      },
    },
  ],
};

beforeAll(async () => {
  booted = await boot();
  provider = await startReceiver();
  const home = await makeWorkspace(booted);
  api = apiOf(booted, home.key);
  const made = await api('POST', '/v1/bots', { name: 'Ada', definition: bot });
  const settings = {
    url: `${provider.url}/in`,
    inbound_secret: newWebhookSecret(),
    outbound_secret: newWebhookSecret(),
    account: 'one',
  };
  const channel = { connector: 'webhook', name: 'Chat', bot_id: made.body.id, settings };
  channelId = (await api('POST', '/v1/channels', channel)).body.id;
  await api('POST', `/v1/channels/${channelId}/simulate`, { from: 'anna', text: 'hello' });
  contactId = await until('Anna is known', async () => {
    const [contact] = (await api('GET', '/v1/contacts?address=anna')).body.data;
    return contact?.id as string | undefined;
  });
  const talks = await api('GET', `/v1/conversations?contact_id=${contactId}`);
  conversationId = talks.body.data[0].id;
  await said('Hm.');
});
afterAll(async () => {
  await booted?.close();
  await provider?.close();
});

const textsOf = async (): Promise<string[]> => {
  const { data } = (await api('GET', `/v1/conversations/${conversationId}/messages?limit=100&order=asc`))
    .body;
  return data.map((one: { parts: { text?: string }[] }) => one.parts[0]?.text ?? '');
};
const said = (text: string): Promise<boolean> =>
  until(`“${text}” is said`, async () => (await textsOf()).includes(text));

interface Door {
  id: string;
  secret: string;
}

async function trigger(action: object): Promise<Door> {
  const made = await api('POST', '/v1/triggers', { name: 'Shop', action });
  expect(made.status).toBe(201);
  expect(made.body.url).toContain(`/v1/triggers/${made.body.id}`);
  return made.body as Door;
}

function fire(
  { id, secret }: Door,
  payload: unknown,
  { key, at, sent }: { key?: string; at?: number; sent?: string } = {},
): Promise<ApiAnswer> {
  const body = JSON.stringify(payload);
  const headers = signWebhook({ id: key ?? randomUUID(), now: at ?? Date.now(), body }, [secret]);
  return apiOf(booted, null)('POST', `/v1/triggers/${id}`, sent ?? body, headers);
}

const anna = { address: { kind: 'external', value: '{{ customer }}' } };

describe('a trigger', () => {
  it('says something to a person, once for fifty requests with the same id at once, and later', async () => {
    const door = await trigger({
      kind: 'send',
      to: { contact_id: '{{ person.id }}' },
      text: 'Parcel {{ parcel }} came.',
    });
    const payload = { person: { id: contactId }, parcel: 7 };
    const key = randomUUID();
    const many = await Promise.all(Array.from({ length: 50 }, () => fire(door, payload, { key })));
    const late = await until('a free answer', async () => {
      const one = await fire(door, payload, { key });
      return one.status === 202 ? one : null;
    });
    const taken = [...many, late].filter(({ status }) => status === 202);
    expect(new Set(taken.map(({ body }) => body.send_id)).size).toBe(1);
    for (const { status, body } of many) expect([202, 409], JSON.stringify(body)).toContain(status);
    await said('Parcel 7 came.');
    expect((await textsOf()).filter((text) => text === 'Parcel 7 came.')).toHaveLength(1);
    expect((await fire(door, { ...payload, parcel: 8 }, { key })).body.code).toBe(
      'input/idempotency-key-reused',
    );
  });

  it('starts a flow with what came in, and tells it later what it waits for', async () => {
    const kind = (await api('GET', `/v1/contacts/${contactId}`)).body.identities[0].kind;
    const to = { address: { kind, value: '{{ customer }}' } };
    const start = await trigger({ kind: 'flow', to, flow: 'order', fields: { number: '{{ order.id }}' } });
    const fired = await fire(start, { customer: 'anna', order: { id: 'A-1' } });
    expect([fired.status, fired.body.conversation_id, fired.body.contact_id]).toEqual([
      202,
      conversationId,
      contactId,
    ]);
    await said('Order A-1 is ready.');
    await said('When do you come?');
    await api('POST', `/v1/channels/${channelId}/simulate`, { from: 'anna', text: 'tomorrow' });
    const paid = await trigger({ kind: 'event', to, event: 'paid', fields: { by: '{{ method | cash }}' } });
    await until('the flow waits', async () => {
      const { rows } = await booted.owner.query(`select 1 from event where data->>'node' = 'wait'`);
      return rows.length > 0;
    });
    expect((await fire(paid, { customer: 'anna' })).status).toBe(202);
    await said('Paid by cash.');
  });

  it('is fired by nobody who has not its secret, and does not say whether it exists', async () => {
    const door = await trigger({ kind: 'send', to: { contact_id: contactId }, text: 'x' });
    const payload = { a: 1 };
    const wrong = [
      await fire({ ...door, secret: newWebhookSecret() }, payload),
      await fire(door, payload, { sent: '{"a":2}' }),
      await fire(door, payload, { at: Date.now() - 600_000 }),
      await fire({ ...door, id: newId('trigger') }, payload),
      await apiOf(booted, null)('POST', `/v1/triggers/${door.id}`, payload),
    ];
    for (const { status, body } of wrong)
      expect([status, body.code]).toEqual([401, 'access/invalid-signature']);
    expect((await textsOf()).includes('x')).toBe(false);
  });

  it('says what is missing, and can be fired again with the same id once it is there', async () => {
    const door = await trigger({ kind: 'send', to: { contact_id: '{{ who }}' }, text: 'Hi {{ name }}' });
    const key = randomUUID();
    const missing = await fire(door, { who: contactId }, { key });
    expect([missing.status, missing.body.errors?.[0]?.pointer]).toEqual([422, '/name']);
    expect((await fire(door, { who: newId('contact'), name: 'x' })).status).toBe(422);
    const stranger = await trigger({ kind: 'flow', to: anna, flow: 'order' });
    expect((await fire(stranger, { customer: 'nobody' })).status).toBe(409);
    expect((await fire(door, 'no object')).status).toBe(422);
  });

  it('holds by the new and the old secret while it changes over, and not at all once it is disabled or gone', async () => {
    const door = await trigger({ kind: 'send', to: { contact_id: contactId }, text: 'rotated' });
    const fresh = (await api('POST', `/v1/triggers/${door.id}/rotate-secret`, { overlap_seconds: 60 })).body;
    expect((await fire(door, {})).status).toBe(202);
    expect((await fire(fresh, {})).status).toBe(202);
    const newest = (await api('POST', `/v1/triggers/${door.id}/rotate-secret`, { overlap_seconds: 0 })).body;
    expect((await fire(fresh, {})).status).toBe(401);
    await api('PATCH', `/v1/triggers/${door.id}`, { state: 'disabled' });
    expect((await fire(newest, {})).status).toBe(409);
    expect((await api('GET', '/v1/triggers')).body.data.map((one: Door) => one.id)).toContain(door.id);
    expect((await api('DELETE', `/v1/triggers/${door.id}`)).status).toBe(204);
    expect((await fire(newest, {})).status).toBe(401);
  });
});
