import { readFileSync } from 'node:fs';
import path from 'node:path';
import { isFault, type FaultCode } from '#libs/faults';
import { newId, type Content } from '#libs/model';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BOT_TOKEN, FakeSlack } from '../../../../test/support/fake-slack.js';
import type { DecodedEvent, Destination, MediaIo } from '../connector.js';
import { parseSettings } from '../settings.js';
import { createEgress } from '../shared/egress.js';
import { botScopes } from './app-manifest.js';
import { faultCodeOf } from './call.js';
import { connector } from './connector.js';
import type { SlackSettings } from './manifest.js';

const PNG = Buffer.from('89504e470d0a1a0a', 'hex');
const KEY = newId('delivery');
const egress = createEgress({ allowCidrs: ['127.0.0.0/8'], timeoutMs: 2_000 });
afterAll(() => egress.close());

let slack: FakeSlack;
const seen: FakeSlack['calls'] = [];
beforeEach(async () => {
  slack = await FakeSlack.start();
});
afterEach(async () => {
  seen.push(...slack.calls);
  await slack.close();
});

function io(more: Partial<SlackSettings> = {}): MediaIo<SlackSettings> {
  const raw = {
    bot_token: BOT_TOKEN,
    signing_secret: '8f742231b10e8888abcd99yyyzzz85a5',
    api_url: `${slack.url}/api`,
  };
  return {
    settings: parseSettings(connector, { ...raw, ...more }),
    fetch: egress.fetch,
    signal: new AbortController().signal,
    now: () => Date.now(),
    linkTo: () => Promise.reject(new Error('no link is needed')),
    readMedia: () => Promise.resolve({ bytes: PNG, mimeType: 'image/png', fileName: 'stored.png' }),
    raw: () => Promise.resolve(new Uint8Array()),
  };
}
const to = (thread: string): Destination => ({
  thread,
  address: { kind: 'slack', value: 'U0ANN' },
  conversationId: 'conv_1',
  lastInboundAt: null,
  lastInboundRef: null,
});

async function send(contents: Content[], thread: string, key: string = KEY) {
  const refs = [];
  for (const part of connector.outbound.plan(contents, io().settings).parts)
    refs.push((await connector.outbound.deliver(part, to(thread), key, io())).providerRef);
  return refs;
}
async function codeOf(call: Promise<unknown>): Promise<FaultCode | null> {
  const thrown: unknown = await call.then(
    () => null,
    (reason: unknown) => reason,
  );
  return isFault(thrown) ? thrown.code : null;
}
async function all(events: AsyncIterable<DecodedEvent>): Promise<DecodedEvent[]> {
  const found = [];
  for await (const one of events) found.push(one);
  return found;
}

describe('a send', () => {
  it('goes into its thread, and a direct message to its person', async () => {
    slack.says('C1', { user: 'U0ANN', text: 'hi', ts: '1795240800.000100' });
    slack.says('D1', { user: 'U0ANN', text: 'hi' });
    await send([{ type: 'text', text: 'Hello <!channel> & all' }], 'C1:1795240800.000100');
    await send([{ type: 'text', text: 'Hello' }], 'D1');
    expect(slack.channels.get('C1')?.at(-1)).toMatchObject({
      thread_ts: '1795240800.000100',
      text: 'Hello &lt;!channel&gt; &amp; all',
      metadata: { event_payload: { key: KEY } },
    });
    expect(slack.channels.get('D1')?.at(-1)).not.toHaveProperty('thread_ts');
  });

  it('whose answer was lost is found by its key, in threads and in channels, far back too', async () => {
    slack.says('C1', { user: 'U0ANN', text: 'hi', ts: '1795240800.000100' });
    slack.pageSize = 3;
    for (const thread of ['C1:1795240800.000100', 'C1']) {
      const key = newId('delivery');
      slack.mishap('chat.postMessage', 'done-and-cut');
      expect(await codeOf(send([{ type: 'text', text: 'x' }], thread, key))).toBe('channel/outcome-unknown');
      const { ts } = slack.channels.get('C1')!.at(-1)!;
      for (let n = 0; n < 8; n++)
        await send([{ type: 'text', text: `later ${n}` }], thread, newId('delivery'));
      expect(await connector.outbound.lookup!(key, to(thread), io())).toEqual({ providerRef: `C1:${ts}` });
      expect(await connector.outbound.lookup!(newId('delivery'), to(thread), io())).toBeNull();
    }
  });

  it('of a stored file lays it down, and shares it with one call that can be looked up', async () => {
    slack.says('C1', { user: 'U0ANN', text: 'hi', ts: '1795240800.000100' });
    const file: Content = {
      type: 'file',
      url: 'media:med_1',
      file_name: 'invoice.pdf',
      caption: 'Your **invoice**',
    };
    expect(await send([file], 'C1:1795240800.000100')).toEqual(['F01']);
    expect(slack.files.get('F01')).toMatchObject({ bytes: PNG, info: { name: 'invoice.pdf' } });
    const shared = slack.channels.get('C1')!.at(-1)!;
    expect(shared).toMatchObject({
      thread_ts: '1795240800.000100',
      blocks: [{ text: { text: 'Your *invoice*' } }],
    });
    const found = await connector.outbound.lookup!(KEY, to('C1:1795240800.000100'), io());
    expect(found).toEqual({ providerRef: `C1:${shared.ts}` });
  });

  it('of a stored file has reached nobody until it is shared', async () => {
    slack.says('C1', { user: 'U0ANN', text: 'hi' });
    const image: Content = { type: 'image', url: 'media:med_1', alt: 'A cat' };
    slack.mishap('files.getUploadURLExternal', 'done-and-cut');
    expect(await codeOf(send([image], 'C1'))).toBe('channel/unreachable');
    slack.mishap('files.completeUploadExternal', 'done-and-cut');
    expect(await codeOf(send([image], 'C1'))).toBe('channel/outcome-unknown');
    expect(slack.files.get('F02')?.info).toMatchObject({ alt_txt: 'A cat', name: 'stored.png' });
  });

  it('obeys Retry-After', async () => {
    slack.mishap('chat.postMessage', { status: 429, headers: { 'retry-after': '17' } });
    await expect(send([{ type: 'text', text: 'x' }], 'C1')).rejects.toMatchObject({
      code: 'channel/throttled',
      retryAfterMs: 17_000,
    });
  });

  it('keeps what Slack says of blocks that it refuses', async () => {
    slack.says('C1', { user: 'U0ANN', text: 'hi' });
    const body = { text: 'x', blocks: [{ type: 'section', text: { type: 'mrkdwn', text: '' } }] };
    await expect(
      connector.outbound.deliver({ body, rendering: 'text' }, to('C1'), KEY, io()),
    ).rejects.toMatchObject({
      code: 'channel/rejected',
      provider: { code: 'invalid_blocks', message: expect.stringContaining('blocks/0') },
    });
  });

  it('needs a token', async () => {
    const part = connector.outbound.plan([{ type: 'text', text: 'x' }], io().settings).parts[0]!;
    const { bot_token: _, ...settings } = io().settings;
    const call = connector.outbound.deliver(part, to('C1'), KEY, { ...io(), settings });
    expect(await codeOf(call)).toBe('channel/credentials');
    expect(slack.calls).toEqual([]);
  });
});

describe('files that people send', () => {
  it('are fetched with the token, by their id', async () => {
    await send([{ type: 'file', url: 'media:med_1', file_name: 'a.bin' }], 'C1').catch(() => undefined);
    expect(await connector.media!.fetch('F01', io())).toMatchObject({ bytes: PNG, fileName: 'a.bin' });
    expect(await codeOf(connector.media!.fetch('F99', io()))).toBe('channel/rejected');
  });

  it.each([
    ['http://files.example/a', 'channel/rejected'],
    ['https://files.slack.com.evil.example/a', 'channel/rejected'],
    ['not an address', 'channel/rejected'],
  ])('lie at Slack, or the token stays here: %s', async (address, code) => {
    slack.files.set('F1', { bytes: PNG, info: { id: 'F1', url_private: address } });
    expect(await codeOf(connector.media!.fetch('F1', io()))).toBe(code);
  });

  it('are not the page where people sign in', async () => {
    const info = { id: 'F1', mimetype: 'image/png', url_private: `${slack.url}/api/login` };
    slack.files.set('F1', { bytes: PNG, info });
    slack.mishap('login', { status: 200, headers: { 'content-type': 'text/html; charset=utf-8' } });
    expect(await codeOf(connector.media!.fetch('F1', io()))).toBe('channel/credentials');
  });
});

describe('filling a gap', () => {
  const since = 1_795_240_800_000;

  it('gives what people wrote since then, as live messages would have come, in order', async () => {
    slack.pageSize = 2;
    slack.says('C1', { user: 'U0ANN', text: 'before', ts: '1795240700.000100' });
    slack.says('C1', {
      user: 'U0ANN',
      text: 'in an older thread',
      ts: '1795240810.000100',
      thread_ts: '1795240700.000100',
    });
    slack.says('C1', { user: 'U0ANN', text: 'one', ts: '1795240820.000100' });
    slack.says('C1', { bot_id: 'B0BOT', user: 'U0BOT', text: 'ours', ts: '1795240830.000100' });
    slack.says('C1', { user: 'U0BEA', text: 'joined', subtype: 'channel_join', ts: '1795240840.000100' });
    slack.says('C1', { user: 'U0BEA', text: '<@U0BOT> two', ts: '1795240850.000100' });
    slack.says('D1', { user: 'U0ANN', text: 'direct', ts: '1795240860.000100' });
    const events = (await all(connector.gapFill!(since, io()))).map(({ event }) => event);
    expect(events).toMatchObject([
      { event_key: 'm:C1:1795240820.000100', thread: 'C1:1795240820.000100' },
      { event_key: 'm:C1:1795240850.000100', content: [{ type: 'text', text: 'two' }] },
      { event_key: 'm:C1:1795240810.000100', thread: 'C1:1795240700.000100' },
      { event_key: 'm:D1:1795240860.000100', thread: 'D1' },
    ]);
  });

  it('hears only mentions where the channel does', async () => {
    slack.says('C1', { user: 'U0ANN', text: 'among us', ts: '1795240820.000100' });
    slack.says('C1', { user: 'U0ANN', text: '<@U0BOT> hi', ts: '1795240830.000100' });
    const events = await all(connector.gapFill!(since, io({ channel_messages: 'mentions' })));
    expect(events.map(({ event }) => event.event_key)).toEqual(['m:C1:1795240830.000100']);
  });

  it('stops where Slack says to slow down', async () => {
    slack.says('C1', { user: 'U0ANN', text: 'x' });
    slack.mishap('conversations.history', { status: 429, headers: { 'retry-after': '60' } });
    expect(await codeOf(all(connector.gapFill!(since, io())))).toBe('channel/throttled');
  });
});

describe('the check', () => {
  const check = (more?: Partial<SlackSettings>) => connector.check!(io(more));

  it('says who the token is', async () => {
    slack.scopes = botScopes.join(',');
    expect(await check()).toEqual({ state: 'healthy', reason: 'Slack knows the token as @parley in Team.' });
  });

  it('names scopes that are missing', async () => {
    slack.scopes = botScopes.filter((scope) => scope !== 'files:read').join(',');
    expect(await check()).toMatchObject({
      state: 'degraded',
      fields: { bot_token: expect.stringContaining('files:read') },
    });
    slack.scopes = 'commands';
    expect(await check()).toMatchObject({ state: 'down' });
  });

  it.each([
    ['account_inactive', 'uninstalled'],
    ['token_revoked', 'revoked'],
    ['invalid_auth', 'copy it again'],
  ])('shows %s as a token that must be replaced', async (error, words) => {
    slack.mishap('auth.test', { status: 200, body: { ok: false, error } });
    expect(await check()).toMatchObject({
      state: 'down',
      fields: { bot_token: expect.stringContaining(words) },
    });
  });

  it('names what the set-up still lacks, without asking Slack', async () => {
    const { bot_token: _, signing_secret: __, ...settings } = io().settings;
    const missing = await connector.check!({ ...io(), settings });
    expect(missing).toMatchObject({ state: 'down', fields: { bot_token: /./, signing_secret: /./ } });
    const socket = await connector.check!({ ...io(), settings: { ...settings, mode: 'socket' } });
    expect(Object.keys(socket.fields ?? {})).toEqual(['bot_token', 'app_token']);
    expect(slack.calls).toEqual([]);
  });

  it('says when the token is for another workspace', async () => {
    expect(await check({ team_id: 'T0OTHER' })).toMatchObject({
      state: 'down',
      fields: { team_id: /T0TEAM/ },
    });
  });
});

describe('the installation by link', () => {
  const client = { client_id: '123.456', client_secret: 'secret-of-sixteen-or-more' };
  const REDIRECT = 'https://parley.example/oauth/callback';

  it('sends the person to Slack with the state, and comes back with a token', async () => {
    const link = new URL(connector.oauth!.authorizeUrl(io(client).settings, REDIRECT, 'state-1'));
    expect(link.pathname).toBe('/oauth/v2/authorize');
    expect(Object.fromEntries(link.searchParams)).toEqual({
      client_id: '123.456',
      scope: botScopes.join(','),
      redirect_uri: REDIRECT,
      state: 'state-1',
    });
    const team = { id: 'T0TEAM', name: 'Team' };
    slack.codes.set('code-1', {
      ok: true,
      access_token: 'xoxb-new',
      token_type: 'bot',
      app_id: 'A0APP',
      team,
    });
    expect(await connector.oauth!.exchange('code-1', REDIRECT, io(client))).toEqual({
      bot_token: 'xoxb-new',
      app_id: 'A0APP',
      team_id: 'T0TEAM',
    });
    expect(slack.calls).toEqual([
      { method: 'oauth.v2.access', token: null, args: { ...client, code: 'code-1', redirect_uri: REDIRECT } },
    ]);
  });

  it('refuses a code that Slack does not know, a token for another workspace, and a channel without a client', async () => {
    expect(await codeOf(connector.oauth!.exchange('no', REDIRECT, io(client)))).toBe('channel/credentials');
    slack.codes.set('c', { ok: true, access_token: 'xoxb-new', token_type: 'bot', team: { id: 'T0TEAM' } });
    const other = io({ ...client, team_id: 'T0OTHER' });
    expect(await codeOf(connector.oauth!.exchange('c', REDIRECT, other))).toBe('channel/rejected');
    expect(() => connector.oauth!.authorizeUrl(io().settings, REDIRECT, 's')).toThrow(
      expect.objectContaining({ code: 'channel/not-connected' }),
    );
  });

  it('gives a link that makes the app, with the webhook address in it', async () => {
    const words = await connector.install!('https://parley.example/hooks/slack/chan_1', io());
    const link = new URL(/https:\/\/api\.slack\.com\S+/.exec(words)![0]);
    expect(JSON.parse(link.searchParams.get('manifest_json')!)).toMatchObject({
      oauth_config: { scopes: { bot: expect.arrayContaining(['chat:write']) } },
      settings: {
        socket_mode_enabled: false,
        event_subscriptions: { request_url: 'https://parley.example/hooks/slack/chan_1' },
      },
    });
  });
});

interface Described {
  parameters: { name: string; required?: boolean; type: string }[];
  errors: string[];
}

describe("Slack's own description of its methods", () => {
  let methods: Record<string, Described>;
  beforeAll(() => {
    const file = path.join(import.meta.dirname, 'fixtures/web-api-2021.json');
    ({ methods } = JSON.parse(readFileSync(file, 'utf8')) as { methods: Record<string, Described> });
  });
  /** Younger than the description: message metadata (2022) and uploads in three steps (2023). */
  const younger: Record<string, string[]> = {
    'chat.postMessage': ['metadata'],
    'conversations.history': ['include_all_metadata'],
    'conversations.replies': ['include_all_metadata'],
    'files.getUploadURLExternal': ['filename', 'length', 'alt_txt'],
    'files.completeUploadExternal': ['files', 'channel_id', 'thread_ts', 'blocks'],
  };
  const fits: Record<string, RegExp> = {
    string: /^[^]*$/,
    boolean: /^(true|false)$/,
    integer: /^\d+$/,
    number: /^\d+(\.\d+)?$/,
  };

  it('knows every argument of every call that these tests made, and misses none', () => {
    const called = new Set(seen.map(({ method }) => method));
    expect([...called].toSorted()).toEqual(expect.arrayContaining(Object.keys(methods).toSorted()));
    for (const { method, args } of seen.filter((call) => call.method !== 'login')) {
      const { parameters } = methods[method] ?? { parameters: [] };
      for (const [name, value] of Object.entries(args)) {
        const described = parameters.find((one) => one.name === name);
        const type = described?.type ?? (younger[method]?.includes(name) ? 'string' : 'unknown');
        expect(value, `${method} ${name}`).toMatch(fits[type] ?? /^unknown argument$/);
      }
      const required = parameters.filter((one) => one.required).map(({ name }) => name);
      expect(Object.keys(args), method).toEqual(expect.arrayContaining(required));
    }
  });

  it('names no error that is left to chance', () => {
    const { errors } = methods['chat.postMessage']!;
    expect(errors.map((error) => `${error}: ${faultCodeOf(error)}`)).toMatchInlineSnapshot(`
      [
        "channel_not_found: channel/rejected",
        "not_in_channel: channel/rejected",
        "is_archived: channel/rejected",
        "msg_too_long: channel/rejected",
        "no_text: channel/rejected",
        "too_many_attachments: channel/rejected",
        "rate_limited: channel/throttled",
        "not_authed: channel/credentials",
        "invalid_auth: channel/credentials",
        "account_inactive: channel/credentials",
        "invalid_arg_name: channel/rejected",
        "invalid_array_arg: channel/rejected",
        "invalid_charset: channel/rejected",
        "invalid_form_data: channel/rejected",
        "invalid_post_type: channel/rejected",
        "missing_post_type: channel/rejected",
      ]
    `);
  });
});
