import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { isFault } from '#libs/faults';
import { describe, expect, it } from 'vitest';
import type { Content } from '#libs/model';
import type { Destination, HookRequest, Part } from '../connector.js';
import { parseSettings } from '../settings.js';
import { conformance } from '../testkit/index.js';
import { connector } from './connector.js';
import { messageOf, refuses } from './deliver.js';
import { whatsappLimits as limits } from './limits.js';
import type { WhatsAppCloudSettings } from './manifest.js';

const raw = (base_url: string) => ({
  phone_number_id: '1122334455667',
  access_token: 'EAAG-token-0123456789',
  app_secret: 'app-secret-0123456789',
  verify_token: 'verify-0123456789',
  base_url,
});
const settings = parseSettings(connector, raw('http://provider.example'));
const to: Destination = {
  thread: '+972987654321',
  address: { kind: 'phone', value: '+972987654321' },
  conversationId: 'conv_1',
  lastInboundAt: null,
  lastInboundRef: null,
};

function sign(body: string, receivedAt: number, { app_secret }: WhatsAppCloudSettings): HookRequest {
  const signature = createHmac('sha256', app_secret).update(body).digest('hex');
  const headers = { 'x-hub-signature-256': `sha256=${signature}` };
  const url = 'https://parley.example/hooks/whatsapp-cloud/chan_1';
  return { method: 'POST', url, query: {}, headers, body: Buffer.from(body), receivedAt };
}

function notification(value: object, field = 'messages'): string {
  const metadata = { phone_number_id: '1122334455667' };
  const changes = [{ field, value: { messaging_product: 'whatsapp', metadata, ...value } }];
  return JSON.stringify({ object: 'whatsapp_business_account', entry: [{ id: '1', changes }] });
}
const decode = (body: string) => connector.webhook!.decode(sign(body, 0, settings), settings);

interface Interactive {
  body: { text: string };
  action: {
    button?: string;
    buttons?: { reply: { id: string; title: string } }[];
    sections?: { title?: string; rows: { id: string; title: string; description?: string }[] }[];
  };
}
interface Media {
  caption?: string;
}
const interactiveOf = (part: Part): Interactive | undefined =>
  messageOf(part)['interactive'] as unknown as Interactive | undefined;
const bodyOf = (part: Part): string => (messageOf(part)['text'] as { body: string } | undefined)?.body ?? '';
const captionOf = (part: Part): string =>
  (messageOf(part)[messageOf(part).type] as unknown as Media).caption ?? '';
const longest = (texts: readonly (string | undefined)[]): number =>
  Math.max(0, ...texts.map((text) => text?.length ?? 0));
const buttonsOf = (part: Part) => interactiveOf(part)?.action.buttons ?? [];
const sectionsOf = (part: Part) => interactiveOf(part)?.action.sections ?? [];
const rowsOf = (part: Part) => sectionsOf(part).flatMap(({ rows }) => rows);

/** Everything that a person would read in a part. */
function readText(part: Part): string {
  const read = (value: unknown): string[] =>
    typeof value === 'string'
      ? [value]
      : typeof value === 'object' && value !== null
        ? Object.values(value).flatMap(read)
        : [];
  return read(messageOf(part)).join('\n');
}

const yes = { kind: 'answer' as const, status: 200, body: '{"messages":[{"id":"wamid.1"}]}' };
const no = (status: number, code: number) => ({
  kind: 'answer' as const,
  status,
  body: JSON.stringify({ error: { message: `(#${code}) no`, type: 'OAuthException', code } }),
});

conformance({
  connector,
  folder: import.meta.dirname,
  settings: raw,
  to,
  plan: {
    limits: {
      text: { max: () => limits.text, measure: (part) => bodyOf(part).length },
      caption: { max: () => limits.caption, measure: (part) => captionOf(part).length },
      body: { max: () => limits.body, measure: (part) => longest([interactiveOf(part)?.body.text]) },
      buttons: { max: () => limits.buttons, measure: (part) => buttonsOf(part).length },
      buttonTitle: {
        max: () => limits.buttonTitle,
        measure: (part) =>
          longest([...buttonsOf(part).map(({ reply }) => reply.title), interactiveOf(part)?.action.button]),
      },
      rows: { max: () => limits.rows, measure: (part) => rowsOf(part).length },
      rowTitle: {
        max: () => limits.rowTitle,
        measure: (part) => longest(rowsOf(part).map(({ title }) => title)),
      },
      rowDescription: {
        max: () => limits.rowDescription,
        measure: (part) => longest(rowsOf(part).map(({ description }) => description)),
      },
      sectionTitle: {
        max: () => limits.sectionTitle,
        measure: (part) => longest(sectionsOf(part).map(({ title }) => title)),
      },
    },
    readText,
  },
  inbound: {
    sign,
    unknownKind: notification({}, 'account_update'),
    delivered: (id) => notification({ statuses: [{ id, status: 'delivered', timestamp: '1698266945' }] }),
  },
  provider: {
    accepts: yes,
    acceptedRef: 'wamid.1',
    destinationOf: ({ body }) => `+${(JSON.parse(body) as { to: string }).to}`,
    errors: [
      { what: 'pair limit', answer: no(400, 131_056), code: 'channel/throttled' },
      { what: 'throughput', answer: no(400, 130_429), code: 'channel/throttled' },
      { what: 'account limit', answer: no(400, 80_007), code: 'channel/throttled' },
      { what: 'token expired', answer: no(401, 190), code: 'channel/credentials' },
      { what: 'no permission', answer: no(403, 200), code: 'channel/credentials' },
      { what: 'number not registered', answer: no(400, 133_010), code: 'channel/credentials' },
      { what: 'outside the window', answer: no(400, 131_047), code: 'channel/rejected' },
      { what: 'undeliverable', answer: no(400, 131_026), code: 'channel/rejected' },
      { what: 'template does not exist', answer: no(404, 132_001), code: 'channel/rejected' },
      { what: 'a wrong parameter', answer: no(400, 100), code: 'channel/rejected' },
      { what: 'down for now', answer: no(503, 131_016), code: 'channel/unreachable' },
      { what: '500 without words', answer: { kind: 'answer', status: 500 }, code: 'channel/outcome-unknown' },
      {
        what: 'yes, without an id',
        answer: { kind: 'answer', status: 200, body: '{}' },
        code: 'channel/outcome-unknown',
      },
    ],
  },
});

describe('the set-up request', () => {
  const ask = (query: Record<string, string>): HookRequest => ({
    ...sign('', 0, settings),
    method: 'GET',
    headers: {},
    query: { 'hub.mode': 'subscribe', 'hub.challenge': '1158201444', ...query },
  });

  it('is answered with its challenge when it knows the verify token', () => {
    const request = ask({ 'hub.verify_token': 'verify-0123456789' });
    expect(connector.webhook!.authenticate(request, settings)).toEqual({ genuine: true });
    const { events, reply } = connector.webhook!.decode(request, settings);
    expect([events, reply]).toEqual([
      [],
      { status: 200, headers: { 'content-type': 'text/plain' }, body: '1158201444' },
    ]);
  });

  it('is not genuine without it, nor for another mode', () => {
    for (const query of [
      {},
      { 'hub.verify_token': 'verify' },
      { 'hub.verify_token': 'verify-0123456789', 'hub.mode': 'x' },
    ]) {
      expect(connector.webhook!.authenticate(ask(query as Record<string, string>), settings)).toMatchObject({
        genuine: false,
      });
    }
  });

  it('reflects nothing but a plain challenge', () => {
    const request = ask({ 'hub.verify_token': 'verify-0123456789', 'hub.challenge': '<script>' });
    expect(connector.webhook!.decode(request, settings).reply).toEqual({ status: 400 });
  });
});

describe('a notification', () => {
  const text = (id: string) => ({
    from: '972987654321',
    id,
    timestamp: '1697043223',
    type: 'text',
    text: { body: id },
  });

  it('is read whole: every message and status of every change of every entry', () => {
    const entry = (name: string) => ({
      id: name,
      changes: [1, 2].map((n) => ({
        field: 'messages',
        value: {
          metadata: { phone_number_id: '1122334455667' },
          messages: [text(`${name}${n}a`), text(`${name}${n}b`)],
          statuses: [{ id: `${name}${n}s`, status: 'sent' }],
        },
      })),
    });
    const body = JSON.stringify({ object: 'whatsapp_business_account', entry: [entry('x'), entry('y')] });
    expect(decode(body).events.map(({ event }) => event.event_key)).toEqual(
      ['x1', 'x2', 'y1', 'y2'].flatMap((of) => [`m:${of}a`, `m:${of}b`, `s:${of}s:sent`]),
    );
  });

  it('keeps what is good beside what is not', () => {
    const body = notification({ messages: [{ id: 7 }, text('fine')], statuses: ['odd'] });
    expect(decode(body).events.map(({ event }) => event.kind)).toEqual(['ignored', 'message', 'ignored']);
  });

  it("ignores another number's events", () => {
    const body = notification({ metadata: { phone_number_id: '999999' }, messages: [text('theirs')] });
    expect(decode(body).events).toMatchObject([{ event: { kind: 'ignored' } }]);
  });

  it('is refused when it is of another product', () => {
    expect(() => decode('{"object":"page","entry":[]}')).toThrow(
      expect.objectContaining({ code: 'input/invalid' }),
    );
  });

  it('says which of our sends a status is about, and why it failed', () => {
    const status = {
      id: 'wamid.1',
      status: 'failed',
      recipient_id: '972987654321',
      biz_opaque_callback_data: 'dlv_1',
      errors: [
        { code: 131_047, title: 'Re-engagement message', error_data: { details: 'More than 24 hours' } },
      ],
    };
    expect(decode(notification({ statuses: [status] })).events).toMatchObject([
      {
        event: {
          kind: 'receipt',
          key: 'dlv_1',
          status: 'failed',
          error: { name: 'whatsapp-cloud', code: '131047', message: 'More than 24 hours' },
        },
      },
    ]);
  });

  it('names files by their id, for the media port', () => {
    const message = {
      ...text('v'),
      type: 'audio',
      audio: { id: '12/3', mime_type: 'audio/ogg; codecs=opus', voice: true },
    };
    expect(decode(notification({ messages: [message] })).events).toMatchObject([
      { event: { content: [{ type: 'audio', url: 'media:12%2F3' }] } },
    ]);
  });
});

describe('rendering', () => {
  const options = (labels: readonly string[]) => labels.map((label, n) => ({ id: `o${n}`, label }));
  const choices = (labels: readonly string[], text = 'Which?'): Content => ({
    type: 'choices',
    text,
    style: 'buttons',
    options: options(labels),
  });
  const kinds = (content: Content): string[] =>
    connector.outbound.plan([content], settings).parts.map(({ rendering }) => rendering);

  it.each<[string, Content, string[]]>([
    ['three short labels', choices(['A', 'B', 'C']), ['button']],
    ['a label of 21', choices(['x'.repeat(21)]), ['list']],
    ['four labels', choices(['A', 'B', 'C', 'D']), ['list']],
    ['a label of 25', choices(['x'.repeat(25)]), ['text']],
    ['eleven labels', choices(Array.from({ length: 11 }, (_, n) => `L${n}`)), ['text']],
    ['two labels that are the same', choices(['A', 'A']), ['text']],
    ['a long question', choices(['A'], 'word '.repeat(400)), ['text', 'button']],
  ])('%s', (_, content, expected) => expect(kinds(content)).toEqual(expected));

  it('writes formatting with its own signs, and only where they hold', () => {
    const [part] = connector.outbound.plan(
      [{ type: 'text', text: '# Hi\n\n**bold** _it_ ~~no~~ a**b**c [site](https://x.example)' }],
      settings,
    ).parts;
    expect(bodyOf(part!)).toBe('*Hi*\n\n*bold* _it_ ~no~ abc site (https://x.example)');
  });
});

describe('the window', () => {
  const now = Date.parse('2026-11-21T12:00:00Z');
  const plan = (content: Content): Part => connector.outbound.plan([content], settings).parts[0]!;
  const text = plan({ type: 'text', text: 'Hi' });
  const template = plan({
    type: 'template',
    name: 'hello',
    language: 'en-US',
    variables: { 1: 'Ann', 2: 'x' },
  });

  it.each([
    [23.9, text, null],
    [24, text, 'outside-window'],
    [240, template, null],
  ])('after %s hours', (hours, part, code) => {
    const refusal = refuses(part, { ...to, lastInboundAt: now - hours * 3_600_000 }, settings, now);
    expect(refusal?.code ?? null).toBe(code);
  });

  it('is closed to whom has never written', () => {
    expect(refuses(text, to, settings, now)).toMatchObject({
      code: 'outside-window',
      reason: expect.stringContaining('not written'),
    });
  });

  it('lets a template through with its variables in order', () => {
    expect(messageOf(template)).toEqual({
      type: 'template',
      template: {
        name: 'hello',
        language: { policy: 'deterministic', code: 'en_US' },
        components: [
          {
            type: 'body',
            parameters: [
              { type: 'text', text: 'Ann' },
              { type: 'text', text: 'x' },
            ],
          },
        ],
      },
    });
  });
});

describe('simulate', () => {
  it('makes a request that is genuine and decodes to what was said', () => {
    const request = connector.simulate!(
      { from: '+4915112345678', text: 'Grüße 👋' },
      settings,
      1_790_000_000_000,
    );
    expect(connector.webhook!.authenticate(request, settings)).toEqual({ genuine: true });
    expect(connector.webhook!.decode(request, settings).events).toMatchObject([
      {
        event: {
          kind: 'message',
          from: { value: '+4915112345678' },
          content: [{ type: 'text', text: 'Grüße 👋' }],
        },
      },
    ]);
  });
});

describe('a file', () => {
  const answerOf = (body: unknown, status = 200) => {
    const bytes = typeof body === 'string' ? Buffer.from(body) : Buffer.from(JSON.stringify(body));
    return { status, headers: {}, body: bytes, text: () => bytes.toString() };
  };
  const fetchWith = async (url: string): Promise<{ calls: string[]; outcome: unknown }> => {
    const calls: string[] = [];
    const fetch = (address: string, request?: { headers?: Record<string, string> }) => {
      calls.push(`${address} ${request?.headers?.['authorization'] ?? '-'}`);
      return Promise.resolve(
        calls.length === 1 ? answerOf({ url, mime_type: 'image/png' }) : answerOf('bytes'),
      );
    };
    const io = { settings, fetch, signal: new AbortController().signal, now: () => 0 };
    const outcome = await connector.media!.fetch('42', io as never).catch((thrown: unknown) => thrown);
    return { calls, outcome };
  };

  it('is fetched in two steps, with the token', async () => {
    const { calls, outcome } = await fetchWith('https://lookaside.fbsbx.com/x');
    expect(calls).toEqual([
      'http://provider.example/v23.0/42?phone_number_id=1122334455667 Bearer EAAG-token-0123456789',
      'https://lookaside.fbsbx.com/x Bearer EAAG-token-0123456789',
    ]);
    expect(outcome).toMatchObject({ mimeType: 'image/png' });
  });

  it.each(['https://evil.example/x', 'http://lookaside.fbsbx.com/x', 'https://fbsbx.com.evil.example/'])(
    'is not fetched from %s: the token would leave',
    async (url) => {
      const { calls, outcome } = await fetchWith(url);
      expect(calls).toHaveLength(1);
      expect(isFault(outcome, 'channel/rejected')).toBe(true);
    },
  );
});

describe('what Meta accepts', () => {
  it('is what its own examples look like', () => {
    const golden = readFileSync(path.join(import.meta.dirname, 'fixtures/rich-message.json'), 'utf8');
    const { parts } = connector.outbound.plan(richMessage, settings);
    expect(parts.map(messageOf)).toEqual(JSON.parse(golden));
  });
});

const richMessage: Content[] = [
  { type: 'text', text: 'Your order **1042** is on its way.' },
  { type: 'image', url: 'https://files.example/lamp.png', caption: 'Desk lamp' },
  choicesOf('What next?', ['Track it', 'Talk to a person']),
  {
    type: 'list',
    text: 'Recent orders',
    button: 'Show orders',
    sections: [
      { title: 'This week', options: [{ id: 'o1', label: 'Order 1042', description: 'Desk lamp' }] },
    ],
  },
  { type: 'location', latitude: 52.5, longitude: 13.4, name: 'Our shop' },
  { type: 'file', url: 'https://files.example/invoice.pdf', file_name: 'invoice.pdf' },
  { type: 'contact', name: 'Ann', phones: ['+4915112345678'], emails: [] },
];

function choicesOf(text: string, labels: readonly string[]): Content {
  return {
    type: 'choices',
    text,
    style: 'quick_replies',
    options: labels.map((label, n) => ({ id: `c${n}`, label })),
  };
}
