import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  apiOf,
  boot,
  makeWorkspace,
  type Api,
  type ApiAnswer,
  type Booted,
  type TestWorkspace,
} from '../support/boot.js';
import { MailCatcher } from '../support/mail-catcher.js';
import { until } from '../support/until.js';

/** What a visitor may ask for beside speaking. */
let booted: Booted;
let home: TestWorkspace;
let api: Api;
let post: MailCatcher;
let mailing: string;

beforeAll(async () => {
  post = await MailCatcher.start();
  booted = await boot({ env: { PARLEY_PUBLIC_URL: 'https://parley.example' } });
  home = await makeWorkspace(booted);
  api = apiOf(booted, home.key);
  const settings = { title: 'Lamps', transcript: true };
  const made = await api('POST', '/v1/channels', {
    connector: 'web',
    name: 'Shop',
    settings,
    bot_id: home.botId,
  });
  mailing = made.body.id;
});
afterAll(async () => {
  await booted?.close();
  await post?.close();
});

const open = (channelId: string, more: object = {}): Promise<ApiAnswer> =>
  apiOf(booted, null)('POST', '/v1/widget/sessions', { channel_id: channelId, ...more });
const said = ({ status, body }: ApiAnswer): string => `${status} ${body?.code ?? ''}`.trim();

describe('a transcript', () => {
  it('is not offered where the channel does not say so, nor where no channel sends mails', async () => {
    for (const channelId of [home.channelId, mailing]) {
      const { body } = await open(channelId);
      expect(body.look.transcript).toBe(false);
      const asked = await apiOf(booted, body.client_token)('POST', '/v1/widget/transcript', {
        email: 'ada@shop.example',
      });
      expect(said(asked)).toBe('404 state/not-found');
    }
  });

  it('comes by mail with what was said, once for one key, and a few times in an hour', async () => {
    const made = await api('POST', '/v1/channels', {
      connector: 'email',
      name: 'Mail',
      settings: post.settings,
    });
    expect(made.status).toBe(201);
    const { body } = await open(mailing);
    expect(body.look.transcript).toBe(true);
    const visitor = apiOf(booted, body.client_token);
    const text = 'Are you open? <img src=x onerror=alert(1)>';
    await visitor('POST', '/v1/widget/messages', { client_id: 'a', text });
    await until('the bot has answered', async () =>
      JSON.stringify((await visitor('GET', '/v1/widget/messages')).body).includes('From nine to five.'),
    );
    const ask = (email: string, key: string): Promise<ApiAnswer> =>
      visitor(
        'POST',
        '/v1/widget/transcript',
        { email, locale: 'de', time_zone: 'Europe/Vienna' },
        { 'idempotency-key': key },
      );
    expect(said(await ask('ada@shop.example', 'one'))).toBe('202');
    expect(said(await ask('ada@shop.example', 'one'))).toBe('202');
    await until('the mail is there', () => post.mails.length > 0, 20_000);
    expect(post.recipients).toEqual([['ada@shop.example']]);
    const [mail] = post.mails;
    expect(mail?.text).toContain('Sie');
    expect(mail?.text).toContain('Are you open?');
    expect(mail?.text).toContain('From nine to five.');
    expect(mail?.html ?? '').not.toMatch(/<img[^>]+onerror/i);
    expect(said(await ask('nonsense', 'two'))).toBe('422 input/invalid');
    const codes = [];
    for (const key of ['three', 'four', 'five', 'six']) codes.push(said(await ask('bob@shop.example', key)));
    expect(codes).toContain('202');
    expect(codes.at(-1)).toBe('429 state/rate-limited');
    // Whoever names an address proves nothing: it is a contact of its own.
    const { contact } = (await api('GET', `/v1/conversations/${body.conversation_id}`)).body;
    const kinds = (await api('GET', `/v1/contacts/${contact.id}`)).body.identities.map(
      ({ kind }: { kind: string }) => kind,
    );
    expect(kinds).not.toContain('email');
  });
});

describe('a visitor', () => {
  it('stays for thirty days, which every visit begins anew, and is known by a kind of device', async () => {
    const first = await fetch(`${booted.url}/v1/widget/sessions`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'user-agent': 'Mozilla/5.0 (Linux; Android 10; K) Chrome/140.0.0.0 Mobile Safari/537.36',
      },
      body: JSON.stringify({ channel_id: home.channelId }),
    });
    const body = (await first.json()) as { id: string; client_token: string; expires_at: string };
    const days = (Date.parse(body.expires_at) - Date.now()) / 86_400_000;
    expect(Math.round(days)).toBe(30);
    await booted.owner.query(`update session set expires_at = now() + interval '1 hour'`);
    const again = await apiOf(booted, body.client_token)('POST', '/v1/widget/sessions', {
      channel_id: home.channelId,
    });
    expect(again.body.id).toBe(body.id);
    expect(Math.round((Date.parse(again.body.expires_at) - Date.now()) / 86_400_000)).toBe(30);
    const { rows } = await booted.owner.query(
      `select metadata from session order by created_at desc limit 1`,
    );
    expect(rows[0].metadata).toMatchObject({ device: 'phone, Chrome, Android' });
  });

  it('logs out: the token opens nothing any more', async () => {
    const { body } = await open(home.channelId);
    const visitor = apiOf(booted, body.client_token);
    expect(said(await visitor('POST', '/v1/widget/events', { type: 'session.ended' }))).toBe('202');
    expect(said(await visitor('GET', '/v1/widget/messages'))).toBe('410 state/gone');
  });

  it('who is known has several conversations, and goes on where they spoke last on another device', async () => {
    const key = (await api('POST', `/v1/channels/${home.channelId}/visitor-keys`, { algorithm: 'HS256' }))
      .body;
    const hash = createHmac('sha256', key.secret).update('ada').digest('hex');
    const identity = { external_id: 'ada', hash };
    const first = (await open(home.channelId, { identity })).body;
    const second = (await open(home.channelId, { identity, topic: 'b0b0b0b0' })).body;
    expect(second.conversation_id).not.toBe(first.conversation_id);
    expect((await open(home.channelId, { identity, topic: 'b0b0b0b0' })).body.conversation_id).toBe(
      second.conversation_id,
    );
    for (const { client_token, conversation_id } of [first, second]) {
      const speaks = await apiOf(booted, client_token)('POST', '/v1/widget/messages', {
        client_id: conversation_id,
        text: 'open?',
      });
      expect(speaks.status).toBe(202);
      const stored = (): Promise<ApiAnswer> => apiOf(booted, client_token)('GET', '/v1/widget/messages');
      await until('it is answered', async () =>
        JSON.stringify((await stored()).body).includes('From nine to five.'),
      );
      expect((await open(home.channelId, { identity })).body.conversation_id).toBe(conversation_id);
    }
    const contacts = await Promise.all(
      [first, second].map(
        async ({ conversation_id }) =>
          (await api('GET', `/v1/conversations/${conversation_id}`)).body.contact.id,
      ),
    );
    expect(contacts[0]).toBe(contacts[1]);
    // Without a word of the server there is no topic: nobody joins the conversations of others by their names.
    const stranger = (await open(home.channelId, { topic: 'b0b0b0b0' })).body;
    expect(stranger.conversation_id).not.toBe(second.conversation_id);
  });
});
