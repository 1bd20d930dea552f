import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { connectorOf } from '#libs/connectors';
import { signatureOf } from '../../libs/connectors/src/slack/authenticate.js';
import {
  apiOf,
  boot,
  keyFor,
  makeWorkspace,
  type Api,
  type Booted,
  type TestWorkspace,
} from '../support/boot.js';
import { BOT, BOT_TOKEN, FakeSlack } from '../support/fake-slack.js';
import { until } from '../support/until.js';

const SECRET = '8f742231b10e8888abcd99yyyzzz85a5';

let booted: Booted;
let home: TestWorkspace;
let api: Api;
let slack: FakeSlack;
let channelId: string;

beforeAll(async () => {
  booted = await boot({ env: { PARLEY_PUBLIC_URL: 'https://parley.example' } });
  home = await makeWorkspace(booted, 'Home');
  api = apiOf(booted, home.key);
});
afterAll(() => booted?.close());
beforeEach(async () => {
  slack = await FakeSlack.start();
  channelId = await register({ bot_token: BOT_TOKEN });
});
afterEach(() => slack.close());

async function register(more: Record<string, unknown>): Promise<string> {
  const settings = { signing_secret: SECRET, api_url: `${slack.url}/api`, ...more };
  const made = await api('POST', '/v1/channels', { connector: 'slack', name: 'Support', settings });
  expect(made.status).toBe(201);
  return made.body.id as string;
}

async function post(body: string, secret = SECRET, type = 'application/json') {
  const timestamp = String(Math.floor(Date.now() / 1_000));
  const headers = {
    'content-type': type,
    'x-slack-request-timestamp': timestamp,
    'x-slack-signature': signatureOf(body, timestamp, secret),
  };
  return fetch(`${booted.url}/hooks/slack/${channelId}`, { method: 'POST', headers, body });
}
const event = (inner: object): string =>
  JSON.stringify({
    type: 'event_callback',
    team_id: BOT.team_id,
    authorizations: [{ team_id: BOT.team_id, user_id: BOT.user_id, is_bot: true }],
    event: inner,
  });
const ours = (channel: string) =>
  (slack.channels.get(channel) ?? []).filter(({ bot_id }) => bot_id === BOT.bot_id);

describe('a person in Slack', () => {
  it('is answered once, in the thread, whatever Slack repeats', async () => {
    const said = slack.says('C1', { user: 'U0ANN', text: `<@${BOT.user_id}> when are you open?` });
    const message = { channel: 'C1', ...said };
    const sent = [
      event({ ...message, type: 'message', channel_type: 'channel' }),
      event({ ...message, type: 'app_mention' }),
      event({ ...message, type: 'message', channel_type: 'channel' }),
    ];
    expect((await Promise.all(sent.map((body) => post(body)))).map(({ status }) => status)).toEqual([
      200, 200, 200,
    ]);
    await until('an answer', () => ours('C1').some(({ text }) => String(text).includes('nine to five')));
    const answers = ours('C1').filter(({ text }) => String(text).includes('nine to five'));
    expect(answers).toMatchObject([{ thread_ts: said.ts, text: 'From nine to five.' }]);
    for (const answer of ours('C1')) {
      const { ts, text, user, bot_id, thread_ts } = answer;
      await post(event({ type: 'message', channel: 'C1', ts, text, user, bot_id, thread_ts }));
    }
    const { body } = await api('GET', '/v1/conversations');
    const threads = body.data.filter((one: { channel_id: string }) => one.channel_id === channelId);
    expect(threads).toHaveLength(1);
  });

  it('takes an option by pressing it', async () => {
    const said = slack.says('D1', { user: 'U0BEA', text: 'hello' });
    await post(event({ type: 'message', channel: 'D1', channel_type: 'im', ...said }));
    const press = {
      type: 'block_actions',
      user: { id: 'U0BEA', name: 'bea' },
      channel: { id: 'D1' },
      message: { ts: said.ts },
      actions: [
        {
          type: 'button',
          action_id: 'o:1',
          action_ts: '1795240801.5',
          value: 'hours',
          text: { type: 'plain_text', text: 'Opening hours' },
        },
      ],
    };
    const form = `payload=${encodeURIComponent(JSON.stringify(press))}`;
    expect((await post(form, SECRET, 'application/x-www-form-urlencoded')).status).toBe(200);
    await until('an answer', () => ours('D1').some(({ text }) => String(text).includes('9 to 5')));
  });

  it('is not answered twice when the first answer was sent and nobody heard of it', async () => {
    const said = slack.says('D2', { user: 'U0ANN', text: 'when are you open?' });
    slack.mishap('chat.postMessage', 'done-and-cut', 'done-and-cut');
    await post(event({ type: 'message', channel: 'D2', channel_type: 'im', ...said }));
    await until('a look-up', () => slack.callsOf('conversations.history').length > 0, 20_000);
    await until(
      'an answer',
      () => ours('D2').some(({ text }) => String(text).includes('nine to five')),
      20_000,
    );
    const texts = ours('D2').map(({ text }) => text);
    expect(new Set(texts).size).toBe(texts.length);
  }, 40_000);
});

describe('what is not genuine', () => {
  it('is refused and leaves no row; what is genuine and not understood is kept', async () => {
    const rows = async (): Promise<number> => {
      const sql = 'select count(*)::int as count from inbox_event';
      return (await booted.owner.query<{ count: number }>(sql)).rows[0]!.count;
    };
    const before = await rows();
    const body = event({ type: 'message', channel: 'D1', user: 'U1', ts: '1795240799.000200', text: 'x' });
    expect((await post(body, 'another-secret-of-a-length')).status).toBe(401);
    expect((await fetch(`${booted.url}/hooks/slack/${channelId}`, { method: 'POST', body })).status).toBe(
      401,
    );
    expect((await fetch(`${booted.url}/hooks/slack/${channelId}`)).status).toBe(401);
    expect(
      (await fetch(`${booted.url}/hooks/slack/${home.channelId}`, { method: 'POST', body })).status,
    ).toBe(404);
    expect(await rows()).toBe(before);
    expect((await post(event({ type: 'star_added' }))).status).toBe(200);
    expect((await post('{"type":"event_callback"')).status).toBe(200);
    expect(await rows()).toBe(before + 2);
  });

  it('answers the challenge of the set-up', async () => {
    const answer = await post(JSON.stringify({ type: 'url_verification', challenge: 'abc', token: 'x' }));
    expect([answer.status, await answer.text()]).toEqual([200, 'abc']);
  });
});

describe('the installation by link', () => {
  const client = { client_id: '123.456', client_secret: 'secret-of-sixteen-or-more' };
  const back = (query: Record<string, string>) =>
    fetch(`${booted.url}/oauth/callback?${new URLSearchParams(query).toString()}`);
  const begin = async (id: string): Promise<{ state: string; redirect: string }> => {
    const { status, body } = await api('POST', `/v1/channels/${id}/oauth`, {});
    expect(status).toBe(201);
    const url = new URL(body.url as string);
    return { state: url.searchParams.get('state')!, redirect: url.searchParams.get('redirect_uri')! };
  };
  const health = async (id: string) => (await api('GET', `/v1/channels/${id}`)).body.health;

  it('gives the channel a token that works, once', async () => {
    const id = await register(client);
    const { state, redirect } = await begin(id);
    expect(redirect).toBe('https://parley.example/oauth/callback');
    const team = { id: BOT.team_id };
    slack.codes.set('code-1', {
      ok: true,
      access_token: BOT_TOKEN,
      token_type: 'bot',
      app_id: 'A0APP',
      team,
    });
    slack.scopes = 'chat:write';
    const page = await back({ code: 'code-1', state });
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('<h1>Connected</h1>')]);
    expect(await health(id)).toMatchObject({
      state: 'degraded',
      reason: expect.stringContaining('files:read'),
    });
    const { body } = await api('GET', `/v1/channels/${id}`);
    expect(body.settings).toMatchObject({ team_id: BOT.team_id, app_id: 'A0APP' });
    expect(JSON.stringify(body)).not.toContain(BOT_TOKEN);
    expect((await back({ code: 'code-1', state })).status).toBe(412);
  });

  it('refuses a state that was altered, or made for nobody, and changes nothing', async () => {
    const id = await register(client);
    const { state } = await begin(id);
    const altered = `${state.slice(0, 20)}${state[20] === 'A' ? 'B' : 'A'}${state.slice(21)}`;
    for (const bad of [altered, '', 'a.b', state.split('.')[0]!])
      expect((await back({ code: 'code-1', state: bad })).status).toBe(401);
    expect((await back({ error: 'access_denied', state })).status).toBe(422);
    expect((await back({})).status).toBe(422);
    expect(slack.callsOf('oauth.v2.access')).toEqual([]);
  });

  it("is for the workspace's own channels, with the scope for it, where the kind of channel has it", async () => {
    const stranger = await makeWorkspace(booted, 'Stranger');
    const path = `/v1/channels/${channelId}/oauth`;
    expect((await apiOf(booted, stranger.key)('POST', path, {})).status).toBe(404);
    const reader = await keyFor(booted, home.workspaceId, ['channels:read']);
    expect((await apiOf(booted, reader)('POST', path, {})).status).toBe(403);
    expect((await api('POST', path, {})).body).toMatchObject({ code: 'channel/not-connected' });
    expect(connectorOf('web').oauth).toBeUndefined();
    const web = await api('POST', `/v1/channels/${home.channelId}/oauth`, {});
    expect(web.body).toMatchObject({ code: 'channel/not-connected' });
  });
});
