import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { uuidOf } from '#libs/model';
import { type Api, apiOf, boot, type Booted, makeWorkspace, type TestWorkspace } from '../support/boot.js';
import { until } from '../support/until.js';
import { startReceiver, type WebhookReceiver } from '../support/webhook-receiver.js';

let booted: Booted;
let home: TestWorkspace;
let api: Api;
/** The system behind the channel. */
let provider: WebhookReceiver;
let channelId: string;
let people = 0;

const secret = (): string => `whsec_${randomBytes(32).toString('base64')}`;

beforeAll(async () => {
  booted = await boot();
  provider = await startReceiver();
  home = await makeWorkspace(booted, 'Home');
  api = apiOf(booted, home.key);
  const made = await api('POST', '/v1/channels', {
    connector: 'webhook',
    name: 'Chat',
    bot_id: home.botId,
    settings: {
      url: `${provider.url}/in`,
      inbound_secret: secret(),
      outbound_secret: secret(),
      account: 'one',
    },
  });
  expect(made.status, JSON.stringify(made.body)).toBe(201);
  channelId = made.body.id;
});
afterAll(async () => {
  await booted?.close();
  await provider?.close();
});

const textsOf = (text: string) => provider.hooks.filter((hook) => hook.text.includes(text));

/** A person who has written, and was answered. */
async function person(): Promise<{ from: string; at: string; conversationId: string }> {
  const from = `person-${people++}`;
  await api('POST', `/v1/channels/${channelId}/simulate`, { from, text: 'hello' });
  const conversationId = await until(`${from} was answered`, async () => {
    const { data } = (await api('GET', `/v1/conversations?channel_id=${channelId}`)).body;
    const found = data.find((one: { contact: { addresses: { value: string }[] } }) =>
      one.contact.addresses.some(({ value }) => value === from),
    );
    if (!found) return null;
    const messages = (await api('GET', `/v1/conversations/${found.id}/messages`)).body.data;
    return messages.some((one: { status: string }) => one.status === 'sent') ? (found.id as string) : null;
  });
  return { from, conversationId, at: `/v1/conversations/${conversationId}/messages` };
}

describe('a program that speaks to a person', () => {
  it('is heard on the channel of the conversation, and its message goes the way of all messages', async () => {
    const { at } = await person();
    const sent = await api('POST', at, { text: 'Your parcel is here.', metadata: { order: '42' } });
    expect(sent.status).toBe(202);
    expect(sent.body).toMatchObject({ direction: 'out', author: 'api', metadata: { order: '42' } });
    await until('it was sent', async () => {
      return (await api('GET', `/v1/messages/${sent.body.id}`)).body.status === 'sent';
    });
    expect(textsOf('Your parcel is here.')).toHaveLength(1);
  });

  it('says it once, however often it asks with the same key, also at the same time', async () => {
    const { at } = await person();
    const key = { 'idempotency-key': 'parcel-1' };
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => api('POST', at, { text: 'Only once.' }, key)),
    );
    expect(new Set(answers.map(({ status, body }) => `${status} ${body.id}`)).size).toBe(1);
    await until('it was sent', () => textsOf('Only once.').length > 0);
    const { data } = (await api('GET', at)).body;
    const said = data.filter((one: { author: string }) => one.author === 'api');
    expect(said).toHaveLength(1);
    expect(textsOf('Only once.')).toHaveLength(1);
  });

  it('sees beforehand what would be sent, and nothing is', async () => {
    const { at } = await person();
    const before = (await api('GET', at)).body.data.length;
    const dry = await api('POST', at, { text: 'Just looking.', dry_run: true });
    expect(dry.status).toBe(200);
    expect(JSON.stringify(dry.body.parts)).toContain('Just looking.');
    expect(dry.body.parts[0].refused).toBeNull();
    expect((await api('GET', at)).body.data).toHaveLength(before);
    expect(textsOf('Just looking.')).toEqual([]);
  });

  it('may offer choices, which the person can take by number, and the bot still knows what it knew', async () => {
    const { from, at } = await person();
    const options = [
      { id: 'person', label: 'Talk to a person' },
      { id: 'hours', label: 'Opening hours' },
    ];
    await api('POST', at, { parts: [{ type: 'choices', text: 'What next?', options }] });
    await until('they were sent', () => textsOf('What next?').length > 0);
    await api('POST', `/v1/channels/${channelId}/simulate`, { from, text: '2' });
    await until('the bot has understood', async () => {
      const { data } = (await api('GET', at)).body;
      return JSON.stringify(data).includes('We are open');
    });
  });

  it('gives its words a time, after which they are not sent any more', async () => {
    const { at } = await person();
    const { body } = await api('POST', at, { text: 'Soon.', expires_in_seconds: 30 });
    const { rows } = await booted.owner.query<{ s: number }>(
      'select extract(epoch from expires_at - created_at)::float as s from delivery where message_id = $1',
      [uuidOf(body.id)],
    );
    expect(rows[0]?.s).toBeCloseTo(30, 0);
  });

  it('is refused where it may not speak', async () => {
    const { at } = await person();
    const stranger = apiOf(booted, (await makeWorkspace(booted, 'Stranger')).key);
    expect((await stranger('POST', at, { text: 'x' })).body.code).toBe('state/not-found');
    for (const body of [{}, { text: 'x', parts: [{ type: 'text', text: 'x' }] }, { text: '' }]) {
      expect((await api('POST', at, body)).status).toBe(422);
    }
  });
});
