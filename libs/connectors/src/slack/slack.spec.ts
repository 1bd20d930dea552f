import { conformance, type StubRequest } from '../testkit/index.js';
import { signatureOf } from './authenticate.js';
import { weightOf, type Block } from './blocks.js';
import { connector } from './connector.js';
import { slackLimits, type SlackLimit } from './limits.js';
import type { SlackSettings } from './manifest.js';
import type { SlackMessage } from './plan.js';
import { referenceOf } from './reference.js';

const KEY = 'dlv_01jd7z3q9ve8g8kq0w2m5n6p7r';
const CHANNEL = 'C061EG9T2';
const THREAD = '1795240799.000200';

function sign(body: string, receivedAt: number, { signing_secret }: SlackSettings) {
  const timestamp = String(Math.floor(receivedAt / 1_000));
  return {
    method: 'POST' as const,
    url: 'https://parley.example/hooks/slack/chan_1',
    query: {},
    headers: {
      'content-type': 'application/json',
      'x-slack-request-timestamp': timestamp,
      'x-slack-signature': signatureOf(body, timestamp, signing_secret ?? ''),
    },
    body: Buffer.from(body),
    receivedAt,
  };
}

const json = (status: number, body: object, headers: Record<string, string> = {}) => ({
  kind: 'answer' as const,
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
});
const no = (error: string) => json(200, { ok: false, error });

const messageOf = (part: { body: object }): SlackMessage => part.body as SlackMessage;

/** Every value under this name, at any depth. */
function under(node: unknown, name: string): unknown[] {
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([key, value]) => [
    ...(key === name ? [value] : []),
    ...under(value, name),
  ]);
}
const longest = (texts: readonly unknown[]): number =>
  Math.max(0, ...texts.map((text) => (typeof text === 'string' ? text.length : 0)));
const largest = (lists: readonly unknown[]): number =>
  Math.max(0, ...lists.map((list) => (Array.isArray(list) ? list.length : 0)));
const inBlocks = (part: { body: object }, type: string): Block[] =>
  messageOf(part).blocks.filter((block) => block.type === type);
const textsUnder = (node: unknown, name: string): number =>
  longest(under(node, name).flatMap((one) => under(one, 'text')));

const measures: Record<Exclude<SlackLimit, 'fileAlt'>, (part: { body: object }) => number> = {
  blocks: (part) => messageOf(part).blocks.length,
  sectionText: (part) => longest(inBlocks(part, 'section').flatMap((block) => under(block, 'text'))),
  messageText: (part) => messageOf(part).blocks.reduce((sum, block) => sum + weightOf(block), 0),
  fallbackText: (part) => messageOf(part).text.length,
  buttons: (part) => largest(inBlocks(part, 'actions').map(({ elements }) => elements)),
  buttonText: (part) =>
    longest(
      inBlocks(part, 'actions')
        .flatMap(({ elements }) => elements as { type: string; text?: { text: string } }[])
        .filter(({ type }) => type === 'button')
        .map(({ text }) => text?.text),
    ),
  options: (part) => largest(under(messageOf(part).blocks, 'options')),
  optionText: (part) =>
    Math.max(
      textsUnder(messageOf(part).blocks, 'options'),
      textsUnder(under(messageOf(part).blocks, 'option_groups'), 'label'),
    ),
  optionValue: (part) => longest(under(under(messageOf(part).blocks, 'options'), 'value')),
  placeholder: (part) => textsUnder(messageOf(part).blocks, 'placeholder'),
  imageUrl: (part) => longest(under(messageOf(part).blocks, 'image_url')),
  altText: (part) => longest(under(messageOf(part).blocks, 'alt_text')),
  inputLabel: (part) => textsUnder(inBlocks(part, 'input'), 'label'),
};

const unescape = (text: string): string =>
  text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');

conformance({
  connector,
  folder: import.meta.dirname,
  settings: (url) => ({
    bot_token: 'xoxb-17653672481-19874698323-pdFZKVeTuE8sk7oOcHrzqqgy',
    signing_secret: '8f742231b10e8888abcd99yyyzzz85a5',
    app_token: 'xapp-1-A0KRD7HC3-1234567890-0123456789abcdef',
    client_secret: 'f25b5ceaf8a3c2a2c4f52bb4f0b0499e',
    api_url: `${url}/api`,
  }),
  to: {
    thread: `${CHANNEL}:${THREAD}`,
    address: null,
    conversationId: 'conv_1',
    lastInboundAt: null,
    lastInboundRef: null,
  },
  plan: {
    limits: Object.fromEntries(
      Object.entries(measures).map(([name, measure]) => [
        name,
        { max: () => slackLimits[name as SlackLimit].value, measure },
      ]),
    ),
    readText: (part) =>
      messageOf(part)
        .blocks.flatMap((block) => under(block, 'text').filter((one) => typeof one === 'string'))
        .map((text) => unescape(text))
        .join('\n'),
  },
  inbound: { sign, unknownKind: JSON.stringify({ type: 'event_callback', event: { type: 'poke' } }) },
  provider: {
    accepts: json(200, { ok: true, channel: CHANNEL, ts: '1795240900.000100', message: {} }),
    acceptedRef: `${CHANNEL}:1795240900.000100`,
    destinationOf: ({ body }: StubRequest) => {
      const form = new URLSearchParams(body);
      return `${form.get('channel')}:${form.get('thread_ts')}`;
    },
    lookup: {
      known: json(200, {
        ok: true,
        messages: [
          { type: 'message', ts: '1795240899.000100', text: 'before', user: 'U1' },
          {
            type: 'message',
            ts: '1795240900.000100',
            text: 'x',
            bot_id: 'B1',
            metadata: referenceOf(KEY).metadata,
          },
        ],
        has_more: false,
      }),
      unknown: json(200, {
        ok: true,
        messages: [
          {
            ts: '1795240900.000100',
            text: 'x',
            metadata: referenceOf('dlv_01jd7z3q9ve8g8kq0w2m5n6p7s').metadata,
          },
        ],
        has_more: false,
      }),
    },
    errors: [
      {
        what: 'slow down',
        answer: json(429, { ok: false, error: 'ratelimited' }, { 'retry-after': '30' }),
        code: 'channel/throttled',
      },
      { what: 'slow down, with status 200', answer: no('rate_limited'), code: 'channel/throttled' },
      ...[
        'invalid_auth',
        'not_authed',
        'account_inactive',
        'token_revoked',
        'token_expired',
        'missing_scope',
        'no_permission',
        'org_login_required',
        'ekm_access_denied',
      ].map((error) => ({ what: error, answer: no(error), code: 'channel/credentials' as const })),
      ...[
        'channel_not_found',
        'not_in_channel',
        'is_archived',
        'msg_too_long',
        'msg_blocks_too_long',
        'no_text',
        'invalid_blocks',
        'invalid_metadata_format',
        'restricted_action',
        'restricted_action_read_only_channel',
        'cannot_reply_to_message',
        'invalid_arguments',
        'as_user_not_supported',
        'message_limit_exceeded',
        'some_new_code',
      ].map((error) => ({ what: error, answer: no(error), code: 'channel/rejected' as const })),
      ...['fatal_error', 'internal_error'].map((error) => ({
        what: error,
        answer: no(error),
        code: 'channel/outcome-unknown' as const,
      })),
      ...['service_unavailable', 'request_timeout', 'team_added_to_org'].map((error) => ({
        what: error,
        answer: no(error),
        code: 'channel/unreachable' as const,
      })),
      {
        what: 'our servers fail',
        answer: json(500, { ok: false, error: 'fatal_error' }),
        code: 'channel/outcome-unknown',
      },
      {
        what: 'a gateway fails',
        answer: { kind: 'answer', status: 503, body: 'upstream' },
        code: 'channel/outcome-unknown',
      },
      {
        what: 'yes, in prose',
        answer: { kind: 'answer', status: 200, body: 'OK' },
        code: 'channel/outcome-unknown',
      },
      { what: 'yes, and not to what', answer: json(200, { ok: true }), code: 'channel/outcome-unknown' },
      {
        what: 'it moved',
        answer: json(302, {}, { location: 'http://127.0.0.1:1/' }),
        code: 'channel/rejected',
      },
    ],
  },
});
