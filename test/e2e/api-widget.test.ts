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
import { type EventReader, readEvents } from '../support/read-events.js';
import { until } from '../support/until.js';

let booted: Booted;
let home: TestWorkspace;
let shopChannel: string;
const readers: EventReader[] = [];
const shop = 'https://shop.example';

beforeAll(async () => {
  booted = await boot();
  home = await makeWorkspace(booted);
  const settings = { allowed_origins: [shop] };
  const body = { connector: 'web', name: 'Shop', settings };
  shopChannel = (await apiOf(booted, home.key)('POST', '/v1/channels', body)).body.id;
});
afterAll(async () => {
  for (const reader of readers) reader.stop();
  await booted?.close();
});

const nobody = (): Api => apiOf(booted, null);
const openSession = (channelId: string, headers: Record<string, string> = {}): Promise<ApiAnswer> =>
  nobody()('POST', '/v1/widget/sessions', { channel_id: channelId, page_url: `${shop}/lamps` }, headers);

async function follow(token: string, headers: Record<string, string> = {}): Promise<EventReader> {
  const reader = await readEvents(`${booted.url}/v1/widget/stream?after=0`, {
    headers: { authorization: `Bearer ${token}`, ...headers },
  });
  readers.push(reader);
  return reader;
}

describe('what is asked before a conversation', () => {
  const fields = [
    { id: 'name', label: 'Name', kind: 'text' },
    { id: 'email', label: 'E-mail', kind: 'email' },
    { id: 'topic', label: 'Topic', kind: 'text', required: false },
  ];
  let asking: string;

  beforeAll(async () => {
    const settings = { allowed_origins: [shop], pre_chat: { text: 'Who are you?', fields } };
    const body = { connector: 'web', name: 'Asking', settings };
    asking = (await apiOf(booted, home.key)('POST', '/v1/channels', body)).body.id;
  });

  it('stands in the look, and what is answered stands at the contact', async () => {
    const { body: session } = await openSession(asking, { origin: shop });
    expect(session.look.pre_chat.fields.map(({ id }: { id: string }) => id)).toEqual([
      'name',
      'email',
      'topic',
    ]);
    const visitor = apiOf(booted, session.client_token);
    const answered = { name: ' Ada ', email: 'ada@shop.example', topic: '' };
    expect((await visitor('POST', '/v1/widget/form', { fields: answered })).status).toBe(204);
    const owner = apiOf(booted, home.key);
    const { body: conversation } = await owner('GET', `/v1/conversations/${session.conversation_id}`);
    const { body: contact } = await owner('GET', `/v1/contacts/${conversation.contact.id}`);
    expect([contact.name, contact.attributes]).toEqual(['Ada', { email: 'ada@shop.example' }]);
    // Whoever says so may not get the mails of somebody else.
    expect(contact.identities.map(({ kind }: { kind: string }) => kind)).not.toContain('email');
  });

  it('is refused field by field', async () => {
    const { body: session } = await openSession(asking, { origin: shop });
    const visitor = apiOf(booted, session.client_token);
    const wrong = await visitor('POST', '/v1/widget/form', { fields: { email: 'ada', admin: 'yes' } });
    expect([wrong.status, wrong.body.code]).toEqual([422, 'input/invalid']);
    expect(wrong.body.errors.map(({ pointer }: { pointer: string }) => pointer).toSorted()).toEqual([
      '/fields/admin',
      '/fields/email',
      '/fields/name',
    ]);
  });

  it('is nothing where the channel asks for nothing', async () => {
    const { body: session } = await openSession(shopChannel, { origin: shop });
    const none = await apiOf(booted, session.client_token)('POST', '/v1/widget/form', { fields: {} });
    expect([none.status, none.body.code, session.look.pre_chat]).toEqual([404, 'state/not-found', null]);
  });
});

describe('a visitor', () => {
  it('is greeted, writes, and sees the answer in the stream and in the list', async () => {
    const { body: session } = await openSession(home.channelId);
    const visitor = apiOf(booted, session.client_token);
    const reader = await follow(session.client_token);
    const said = await visitor('POST', '/v1/widget/messages', { client_id: 'c-1', text: 'open?' });
    expect([said.status, said.body.is_duplicate]).toEqual([202, false]);
    await until('the answer is told', () => reader.events.some(({ event }) => event === 'turn.completed'));
    const { body: list } = await visitor('GET', '/v1/widget/messages?order=asc');
    expect(
      list.data.map(({ parts, client_id }: never) => [(parts as { text: string }[])[0]?.text, client_id]),
    ).toEqual([
      ['Hello! What would you like to know?', null],
      ['open?', 'c-1'],
      ['From nine to five.', null],
    ]);
    expect(list.data[1].id).toBe(said.body.message_id);
    const told = reader.events
      .filter(({ event }) => event === 'message.created')
      .map(({ data }) => data.data.message);
    expect(told.map(({ id }) => id)).toEqual(list.data.map(({ id }: { id: string }) => id));
  });

  it('is sent once, however often the same client id comes', async () => {
    const { body: session } = await openSession(home.channelId);
    const visitor = apiOf(booted, session.client_token);
    const body = { client_id: 'same', text: 'open?' };
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => visitor('POST', '/v1/widget/messages', body)),
    );
    expect(new Set(answers.map((answer) => answer.body.message_id)).size).toBe(1);
    expect(answers.filter((answer) => !answer.body.is_duplicate)).toHaveLength(1);
    const other = apiOf(booted, (await openSession(home.channelId)).body.client_token);
    expect((await other('POST', '/v1/widget/messages', body)).body.is_duplicate).toBe(false);
  });

  it('hears nothing of what is between us and the provider, and no echo of their own typing', async () => {
    const { body: session } = await openSession(home.channelId);
    const visitor = apiOf(booted, session.client_token);
    const reader = await follow(session.client_token);
    await visitor('POST', '/v1/widget/events', { type: 'typing.started' });
    await visitor('POST', '/v1/widget/messages', { client_id: 'c', text: 'open?' });
    await until('the answer is told', () => reader.events.some(({ event }) => event === 'turn.completed'));
    const kinds = new Set(reader.events.map(({ event }) => event));
    expect([...kinds].filter((kind) => !/^(message|turn)\./.test(kind ?? ''))).toEqual([]);
    const text = JSON.stringify(reader.events);
    expect(text).not.toContain('provider_id');
    expect(text).not.toContain('page_url');
  });

  it('is heard typing by whoever follows over the API', async () => {
    const { body: session } = await openSession(home.channelId);
    const operator = await readEvents(`${booted.url}/v1/conversations/${session.conversation_id}/stream`, {
      headers: { authorization: `Bearer ${home.key}` },
    });
    readers.push(operator);
    const visitor = apiOf(booted, session.client_token);
    await until('it is told', async () => {
      await visitor('POST', '/v1/widget/events', { type: 'typing.started' });
      return operator.events.some(({ event, id }) => event === 'typing.started' && id === undefined);
    });
  });

  it('goes on with the token of the session, and not with one of another session', async () => {
    const { body: session } = await openSession(home.channelId);
    const token = { authorization: `Bearer ${session.client_token}` };
    const renewed = await openSession(home.channelId, token);
    expect(renewed.body).toMatchObject({ id: session.id, conversation_id: session.conversation_id });
    const { body: other } = await openSession(home.channelId);
    const [id] = other.client_token.split('.');
    const mixed = `${id}${session.client_token.slice(session.client_token.indexOf('.'))}`;
    expect((await apiOf(booted, mixed)('GET', '/v1/widget/messages')).status).toBe(401);
    expect((await apiOf(booted, session.client_token)('GET', '/v1/me')).status).toBe(401);
    expect((await apiOf(booted, home.key)('GET', '/v1/widget/messages')).status).toBe(401);
  });
});

describe('a page of another origin', () => {
  it('gets in where the channel allows it, and its browser may read the answers', async () => {
    const opened = await openSession(shopChannel, { origin: shop });
    expect(opened.status).toBe(201);
    expect(opened.headers.get('access-control-allow-origin')).toBe(shop);
    expect(opened.headers.get('vary')).toContain('origin');
    const visitor = apiOf(booted, opened.body.client_token);
    const list = await visitor('GET', '/v1/widget/messages', undefined, { origin: shop });
    expect(list.headers.get('access-control-allow-origin')).toBe(shop);
    const reader = await follow(opened.body.client_token, { origin: shop });
    expect(reader.status).toBe(200);
  });

  it('does not get in elsewhere, and makes nothing', async () => {
    const before = (await booted.owner.query('select count(*) from session')).rows[0];
    for (const origin of ['https://evil.example', 'http://shop.example', 'null']) {
      const refused = await openSession(shopChannel, { origin });
      expect([refused.status, refused.body.code]).toEqual([403, 'access/origin-not-allowed']);
      expect(refused.headers.get('access-control-allow-origin')).toBeNull();
    }
    expect((await openSession(shopChannel)).status).toBe(403);
    expect((await booted.owner.query('select count(*) from session')).rows[0]).toEqual(before);
    const { body: session } = await openSession(shopChannel, { origin: shop });
    const stolen = await apiOf(booted, session.client_token)('GET', '/v1/widget/messages', undefined, {
      origin: 'https://evil.example',
    });
    expect(stolen.status).toBe(403);
  });

  it('may ask first on widget routes, and never on the API', async () => {
    const ask = { origin: shop, 'access-control-request-method': 'POST' };
    const widget = await nobody()('OPTIONS', '/v1/widget/messages', undefined, ask);
    expect([widget.status, widget.headers.get('access-control-allow-origin')]).toEqual([204, shop]);
    expect(widget.headers.get('access-control-allow-headers')).toContain('last-event-id');
    const api = await nobody()('OPTIONS', '/v1/messages', undefined, ask);
    expect(api.status).toBe(405);
    expect(api.headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('a channel', () => {
  it('is changed field by field, keeps its secrets, and is not changed over the head of somebody else', async () => {
    const api = apiOf(booted, home.key);
    const made = (await api('POST', '/v1/channels', { connector: 'web', name: 'One' })).body;
    expect(made).toMatchObject({
      bot_id: home.botId,
      secrets: ['visitor_secret'],
      state: 'active',
      webhook_url: null,
    });
    const session = (await openSession(made.id)).body;
    const read = await api('GET', `/v1/channels/${made.id}`);
    const etag = read.headers.get('etag') ?? '';
    const path = `/v1/channels/${made.id}`;
    const changed = await api('PATCH', path, { settings: { title: 'New' } }, { 'if-match': etag });
    expect([changed.status, changed.body.settings.title]).toEqual([200, 'New']);
    expect(JSON.stringify(changed.body)).not.toContain('"visitor_secret":');
    const late = await api('PATCH', path, { name: 'Late' }, { 'if-match': etag });
    expect([late.status, late.body.code]).toEqual([412, 'state/version-mismatch']);
    expect((await apiOf(booted, session.client_token)('GET', '/v1/widget/messages')).status).toBe(200);
    const wrong = await api('PATCH', path, { settings: { accent_color: 'red' } });
    expect([wrong.status, wrong.body.errors[0].pointer]).toEqual([422, '/settings/accent_color']);
  });

  it('pauses, resumes and is checked', async () => {
    const api = apiOf(booted, home.key);
    const path = `/v1/channels/${home.channelId}`;
    expect((await api('POST', `${path}/pause`)).body.state).toBe('paused');
    expect((await api('POST', `${path}/resume`)).body.state).toBe('active');
    const check = await api('POST', `${path}/check`);
    expect(check.body).toMatchObject({ state: 'healthy', channel: { health: { state: 'healthy' } } });
  });

  it('of a provider does not let the API speak for its people', async () => {
    const api = apiOf(booted, home.key);
    const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
    const settings = { url: 'http://127.0.0.1:1/', inbound_secret: secret, outbound_secret: secret };
    const channel = (await api('POST', '/v1/channels', { connector: 'webhook', name: 'W', settings })).body;
    const session = await api('POST', '/v1/sessions', { channel_id: channel.id });
    expect([session.status, session.body.errors[0].pointer]).toEqual([422, '/channel_id']);
    expect((await openSession(channel.id)).status).toBe(404);
  });
});
