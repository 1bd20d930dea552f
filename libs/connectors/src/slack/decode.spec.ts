import { readFileSync } from 'node:fs';
import path from 'node:path';
import { InboundEvent } from '#libs/model';
import { describe, expect, it } from 'vitest';
import { parseSettings } from '../settings.js';
import { authenticate } from './authenticate.js';
import { connector } from './connector.js';
import { decode } from './decode.js';
import type { SlackSettings } from './manifest.js';
import { readText } from './read-text.js';

const settings = (more: Partial<SlackSettings> = {}): SlackSettings =>
  parseSettings(connector, { signing_secret: '8f742231b10e8888abcd99yyyzzz85a5', ...more });

function decodeBody(body: string, type = 'application/json', more: Partial<SlackSettings> = {}) {
  const request = {
    method: 'POST' as const,
    url: 'https://parley.example/',
    query: {},
    headers: { 'content-type': type },
    body: Buffer.from(body),
    receivedAt: 0,
  };
  return decode(request, settings(more));
}

/** What a recorded request decodes to. */
function fixture(name: string, more: Partial<SlackSettings> = {}) {
  const file = readFileSync(path.join(import.meta.dirname, `fixtures/slack-${name}.http`), 'utf8');
  const [head = '', ...body] = file.split('\n\n');
  const type = /content-type: (\S+)/.exec(head)?.[1] ?? '';
  return decodeBody(body.join('\n\n').trimEnd(), type, more);
}
const eventOf = (name: string, more: Partial<SlackSettings> = {}) => fixture(name, more).events[0]?.event;

function envelope(event: object, more: object = {}) {
  return JSON.stringify({ type: 'event_callback', team_id: 'T1', api_app_id: 'A1', event, ...more });
}
const message = { type: 'message', channel: 'C1', user: 'U1', ts: '1795240799.000200', text: 'hi' };

describe('a message', () => {
  it('of a channel begins a conversation, answers in its thread go on with it', () => {
    expect(eventOf('message-channel')).toMatchObject({
      thread: 'C061EG9T2:1795240799.000200',
      provider_id: 'C061EG9T2:1795240799.000200',
      from: { kind: 'slack', value: 'U061F7AUR' },
      sent_at: '2026-11-21T05:59:59.000Z',
      content: [
        { type: 'text', text: 'where is my parcel? See [this page](https://shop.example/a?b=1&c=2)' },
      ],
    });
    expect(eventOf('message-thread-answer')).toMatchObject({ thread: 'C061EG9T2:1795240799.000200' });
    expect(eventOf('message-direct')).toMatchObject({
      thread: 'D024BE91L',
      content: [{ type: 'text', text: 'Hello & **good** morning' }],
    });
  });

  it('and its mention are one', () => {
    expect(eventOf('app-mention-twin')).toEqual(eventOf('message-channel'));
  });

  it('carries its files, to be fetched by id', () => {
    expect(eventOf('message-with-files')).toMatchObject({
      content: [
        { type: 'text', text: 'the receipt' },
        { type: 'file', url: 'media:F0RDC39U1', mime_type: 'application/pdf', file_name: 'receipt.pdf' },
        { type: 'image', url: 'media:F0RDC39U2', size_bytes: 90_210 },
      ],
    });
  });

  it.each([
    ['of ourselves', { bot_id: 'B1' }],
    ['of another bot', { subtype: 'bot_message', bot_id: 'B2', user: undefined }],
    ['of Slack', { user: 'USLACKBOT' }],
    ['that is a notice', { subtype: 'channel_topic' }],
    ['that says nothing', { text: ' ' }],
    ['whose files are gone', { text: '', files: [{ id: 'F1', mode: 'tombstone' }] }],
  ])('%s is ignored', (_, change) => {
    expect(decodeBody(envelope({ ...message, ...change })).events).toMatchObject([
      { event: { kind: 'ignored' } },
    ]);
  });

  it('is heard in channels only when it mentions us, where the channel says so', () => {
    const more = { channel_messages: 'mentions' } as const;
    expect(eventOf('message-thread-answer', more)).toMatchObject({ kind: 'ignored' });
    for (const name of ['message-channel', 'app-mention-twin', 'message-direct'])
      expect(eventOf(name, more)).toMatchObject({ kind: 'message' });
  });

  it('of another workspace or for another app is ignored; in shared channels the authorization counts', () => {
    expect(eventOf('message-direct', { team_id: 'T0OTHER' })).toMatchObject({ kind: 'ignored' });
    expect(eventOf('message-direct', { app_id: 'A0OTHER' })).toMatchObject({ kind: 'ignored' });
    const shared = { team_id: 'T2', authorizations: [{ team_id: 'T1', user_id: 'UB', is_bot: true }] };
    const body = envelope(message, shared);
    expect(decodeBody(body, 'application/json', { team_id: 'T1' }).events).toMatchObject([
      { event: { kind: 'message' } },
    ]);
  });

  it('sent again has the same key, whatever Slack says of the retry', () => {
    const keys = [undefined, 1, 2].map((attempt) => {
      const body = envelope(message, { retry_num: attempt });
      return decodeBody(body).events.map(({ event }) => event.event_key);
    });
    expect(keys).toEqual([
      ['m:C1:1795240799.000200'],
      ['m:C1:1795240799.000200'],
      ['m:C1:1795240799.000200'],
    ]);
  });
});

describe('changes', () => {
  it('of a text are edits, once each; previews of links are none', () => {
    expect(eventOf('message-edited')).toMatchObject({
      kind: 'edit',
      event_key: 'e:C061EG9T2:1795240799.000200:1795240800.000000',
      provider_id: 'C061EG9T2:1795240799.000200',
      content: [{ type: 'text', text: 'where is my **red** parcel?' }],
    });
    expect(eventOf('message-unfurled')).toMatchObject({ kind: 'ignored' });
  });

  it('that leave a stone are deletions', () => {
    const tombstone = { ...message, subtype: 'tombstone', user: 'U1', text: 'This message was deleted.' };
    const event = { type: 'message', subtype: 'message_changed', channel: 'C1', message: tombstone };
    expect(decodeBody(envelope(event)).events).toMatchObject([
      { event: { kind: 'deletion', provider_id: 'C1:1795240799.000200', thread: 'C1:1795240799.000200' } },
    ]);
    expect(eventOf('message-deleted')).toMatchObject({
      kind: 'deletion',
      provider_id: 'C061EG9T2:1795240799.000900',
      thread: 'C061EG9T2:1795240799.000200',
    });
  });

  it('by reactions are given and taken back', () => {
    expect(eventOf('reaction-added')).toMatchObject({ emoji: '👍', removed: false });
    expect(eventOf('reaction-removed')).toMatchObject({ emoji: ':shopify:', removed: true });
  });
});

describe('what people press', () => {
  it.each([
    ['button-pressed', 'blue', 'Blue'],
    ['menu-chosen', 'seven', 'Seven'],
    ['overflow-chosen', 'later', 'Later'],
  ])('%s is the choice of the option with this id', (name, option_id, label) => {
    const { events, reply } = fixture(name);
    expect(events).toMatchObject([
      {
        event: {
          kind: 'choice',
          option_id,
          label,
          thread: 'C061EG9T2:1795240799.000200',
          from: { name: 'ann' },
        },
      },
    ]);
    expect(reply).toEqual({ status: 200 });
  });

  it('sends a form with what was filled in, and only what is of that form', () => {
    const fields = { email: 'ann@shop.example', day: '2026-12-01', size: 'l' };
    expect(eventOf('form-sent')).toMatchObject({
      content: [{ type: 'form_taken', fields }],
      reply_to: 'C061EG9T2:1795240799.002000',
    });
  });

  it('sends a view into the conversation that it names', () => {
    expect(eventOf('view-submitted')).toMatchObject({
      thread: 'C061EG9T2:1795240799.000200',
      content: [{ type: 'form_taken', fields: { size: 'l' } }],
    });
  });

  it('gives one event for each action', () => {
    const action = { type: 'button', value: 'a', text: { type: 'plain_text', text: 'A' } };
    const actions = [
      { ...action, action_id: 'o:1', action_ts: '1.1' },
      { ...action, action_id: 'o:2', action_ts: '1.1' },
    ];
    const payload = { type: 'block_actions', user: { id: 'U1' }, channel: { id: 'D1' }, actions };
    const body = `payload=${encodeURIComponent(JSON.stringify(payload))}`;
    const { events } = decodeBody(body, 'application/x-www-form-urlencoded');
    expect(events.map(({ event }) => event.kind)).toEqual(['choice', 'choice']);
    expect(new Set(events.map(({ event }) => event.event_key)).size).toBe(2);
    for (const { event } of events) expect(InboundEvent.parse(event)).toEqual(event);
  });
});

describe('slash commands', () => {
  const command = { command: '/ask', channel_id: 'C1', user_id: 'U1', user_name: 'ann', trigger_id: '1.2.3' };

  it('are messages, acknowledged so that everybody sees what was asked', () => {
    const body = new URLSearchParams({ ...command, text: 'where is <https://a.example|it>?' }).toString();
    const { events, reply } = decodeBody(body, 'application/x-www-form-urlencoded');
    expect(events).toMatchObject([
      {
        event: {
          kind: 'message',
          event_key: 'c:1.2.3',
          thread: 'C1',
          content: [{ type: 'text', text: 'where is [it](https://a.example)?' }],
          metadata: { command: '/ask' },
        },
      },
    ]);
    expect(JSON.parse(reply.body ?? '')).toEqual({ response_type: 'in_channel' });
  });

  it('without words say the command; what no form holds is refused or left out', () => {
    const form = 'application/x-www-form-urlencoded';
    const body = new URLSearchParams({ ...command, text: '\0' }).toString();
    expect(decodeBody(body, form).events).toMatchObject([{ event: { content: [{ text: '/ask' }] } }]);
    expect(() => decodeBody('a=b', form)).toThrow(expect.objectContaining({ code: 'input/invalid' }));
    expect(() => decodeBody('payload=%7B', form)).toThrow(expect.objectContaining({ code: 'input/invalid' }));
    expect(() => decodeBody('[]')).toThrow(expect.objectContaining({ code: 'input/invalid' }));
  });
});

describe('set-up', () => {
  it('answers the challenge', () => {
    expect(fixture('url-verification')).toEqual({
      events: [],
      reply: {
        status: 200,
        headers: { 'content-type': 'text/plain' },
        body: '3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P',
      },
    });
  });

  it.each([
    ['app-uninstalled', 'uninstalled'],
    ['tokens-revoked', 'revoked'],
    ['app-rate-limited', 'app_rate_limited'],
  ])('%s is kept with a reason', (name, reason) => {
    expect(eventOf(name)).toMatchObject({ kind: 'ignored', reason: expect.stringContaining(reason) });
  });

  it('can be tried out without Slack', () => {
    const now = 1_795_240_800_000;
    const request = connector.simulate!({ from: 'U0ANN', text: 'Tom & <Jerry>' }, settings(), now);
    expect(authenticate(request, settings())).toEqual({ genuine: true });
    expect(decode(request, settings()).events).toMatchObject([
      { event: { from: { value: 'U0ANN' }, content: [{ text: 'Tom & <Jerry>' }], thread: /^D/ } },
    ]);
    expect(() =>
      connector.simulate!({ from: 'U0ANN', text: 'x' }, parseSettings(connector, {}), now),
    ).toThrow(expect.objectContaining({ code: 'channel/not-connected' }));
  });
});

describe('the text of a message', () => {
  it.each([
    ['<@U0BOT> hi', 'hi'],
    ['<@U0BOT|parley>, hi', 'hi'],
    ['ask <@U0BOT> or <@U1|ann>', 'ask @U0BOT or @ann'],
    ['<#C1|general> <#C2> <!here> <!subteam^S1|@team> <!subteam^S2>', '#general @C2 @here @team @subteam'],
    ['<!date^1392734382^{date}|Feb 18>', 'Feb 18'],
    ['<mailto:a@b.example|a@b.example> <tel:+491|+491>', 'a@b.example +491'],
    ['<https://a.example/?x=1&amp;y=2>', 'https://a.example/?x=1&y=2'],
    ['*b* _i_ ~s~ 2 * 3 * 4 a*b*c', '**b** _i_ ~~s~~ 2 * 3 * 4 a*b*c'],
    ['`*a*` *b* ```*c* &lt;d&gt;```', '`*a*` **b** ```*c* <d>```'],
    ['1 &lt; 2 &amp;&amp; 3 &gt; 2', '1 < 2 && 3 > 2'],
  ])('%s reads %s', (said, read) => {
    expect(readText(said, ['U0BOT'])).toBe(read.replace('@C2', '#C2'));
  });
});
