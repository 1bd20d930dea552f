import { createRequire } from 'node:module';
import type { InboundEvent } from '#libs/model';
import { describe, expect, it } from 'vitest';
import type { DecodedEvent, HookRequest, Io } from '../connector.js';
import { parseSettings } from '../settings.js';
import { createEgress } from '../shared/egress.js';
import { SmsBody } from '../shared/sms/plan-sms.js';
import { conformance, startStubServer, type StubAnswer, type StubRequest } from '../testkit/index.js';
import { connector } from './connector.js';
import type { TwilioSmsSettings } from './manifest.js';
import { spellingsOf } from './signature.js';

/** Twilio's own signer. Only this file is loaded: the whole SDK takes a second. */
const sdk = createRequire(import.meta.url)('twilio/lib/webhooks/webhooks') as {
  getExpectedTwilioSignature(token: string, url: string, params: Record<string, unknown>): string;
  getExpectedBodyHash(body: string): string;
  validateRequest(token: string, signature: string, url: string, params: Record<string, unknown>): boolean;
};

const TOKEN = '12345678901234567890123456789012';
const ACCOUNT = `AC${'0123456789abcdef'.repeat(2)}`;
const SID = 'SM00112233445566778899aabbccddeeff';
const HOOK = 'https://parley.example/hooks/twilio-sms/chan_1';
const raw = (url: string) => ({
  account_sid: ACCOUNT,
  auth_token: TOKEN,
  from: '+14155552345',
  base_url: url,
});
const settings = (more: object = {}): TwilioSmsSettings =>
  parseSettings(connector, { ...raw('https://api.twilio.com'), ...more });

function sign(body: string, receivedAt = 0, { auth_token } = settings(), url = HOOK): HookRequest {
  const params = Object.fromEntries(new URLSearchParams(body));
  return {
    method: 'POST',
    url,
    query: Object.fromEntries(new URL(url).searchParams),
    headers: { 'x-twilio-signature': sdk.getExpectedTwilioSignature(auth_token, url, params) },
    body: Buffer.from(body),
    receivedAt,
  };
}
const form = (fields: Record<string, string>): string =>
  new URLSearchParams({ AccountSid: ACCOUNT, ...fields }).toString();
const json = (status: number, body: object, headers: Record<string, string> = {}) =>
  ({ kind: 'answer', status, headers, body: JSON.stringify(body) }) satisfies StubAnswer;
const refused = (status: number, code: number, message = 'no') => json(status, { code, message, status });

for (const mms of [false, true]) {
  conformance({
    connector,
    folder: import.meta.dirname,
    settings: (url) => ({ ...raw(url), mms }),
    to: {
      thread: '+4915112345678',
      address: { kind: 'phone', value: '+4915112345678' },
      conversationId: 'conv_1',
      lastInboundAt: null,
      lastInboundRef: null,
    },
    plan: {
      limits: {
        segments: { max: () => 10, measure: ({ body }) => SmsBody.parse(body).segments },
        media: { max: () => 10, measure: ({ body }) => SmsBody.parse(body).media.length },
      },
      readText: ({ body }) => SmsBody.parse(body).text,
    },
    inbound: {
      sign,
      unknownKind: form({ EventType: 'com.twilio.surprise' }),
      delivered: (sid) => form({ MessageSid: sid, MessageStatus: 'delivered', To: '+4915112345678' }),
    },
    provider: {
      accepts: json(201, { sid: SID, status: 'queued' }),
      acceptedRef: SID,
      destinationOf: ({ body }) => new URLSearchParams(body).get('To') ?? '',
      errors: [
        { what: '20429 Too many requests', answer: refused(429, 20429), code: 'channel/throttled' },
        { what: '14107 rate limit', answer: refused(400, 14107), code: 'channel/throttled' },
        { what: '21611 queue full', answer: refused(400, 21611), code: 'channel/throttled' },
        { what: '20003 Authenticate', answer: refused(401, 20003), code: 'channel/credentials' },
        { what: '20404 no such account', answer: refused(404, 20404), code: 'channel/credentials' },
        { what: '21606 not your number', answer: refused(400, 21606), code: 'channel/credentials' },
        { what: '21610 opted out', answer: refused(400, 21610), code: 'channel/rejected' },
        { what: '21211 bad To', answer: refused(400, 21211), code: 'channel/rejected' },
        { what: '21614 not a mobile', answer: refused(400, 21614), code: 'channel/rejected' },
        { what: '20500', answer: refused(500, 20500), code: 'channel/unreachable' },
        { what: '503', answer: { kind: 'answer', status: 503 }, code: 'channel/unreachable' },
        { what: '504', answer: { kind: 'answer', status: 504 }, code: 'channel/outcome-unknown' },
        { what: 'yes, without an id', answer: json(201, {}), code: 'channel/outcome-unknown' },
      ],
    },
  });
}

describe('the signature of Twilio', () => {
  const genuine = (request: HookRequest, more: object = {}): boolean =>
    connector.webhook!.authenticate(request, settings(more)).genuine;

  it('is known as documented, over URL and sorted parameters', () => {
    const body =
      'CallSid=CA1234567890ABCDE&Caller=%2B12349013030&Digits=1234&From=%2B12349013030&To=%2B18005551212';
    const url = 'https://mycompany.com/myapp.php?foo=1&bar=2';
    const request = { ...sign(body), url, headers: { 'x-twilio-signature': '0/KCTR6DLpKmkAf8muzZqo1nDgQ=' } };
    expect(genuine(request, { auth_token: '12345' })).toBe(true);
    expect(genuine({ ...request, url: `${url}3` }, { auth_token: '12345' })).toBe(false);
  });

  it.each([
    ['https://a.example/x', 'https://a.example:443/x'],
    ['https://a.example:8443/x', 'https://a.example/x'],
    ['http://a.example/x?y=1', 'http://a.example:80/x?y=1'],
    ['https://u:p@a.example/x', 'https://u:p@a.example:443/x'],
    ['https://[::1]/x', 'https://[::1]:443/x'],
    ["https://a.example/x?y='1'", 'https://a.example/x?y=%271%27'],
  ])('is known for %s, also when it is over %s', (url, signed) => {
    expect(spellingsOf(url)).toContain(signed);
    const signature = sdk.getExpectedTwilioSignature(TOKEN, signed, { a: 'b' });
    expect(sdk.validateRequest(TOKEN, signature, url, { a: 'b' })).toBe(true);
    expect(genuine({ ...sign('a=b'), url, headers: { 'x-twilio-signature': signature } })).toBe(true);
  });

  it('counts a value that stands twice once, as the SDK does', () => {
    const headers = {
      'x-twilio-signature': sdk.getExpectedTwilioSignature(TOKEN, HOOK, { a: ['2', '1', '2'] }),
    };
    expect(genuine({ ...sign('a=2&a=1&a=2'), headers })).toBe(true);
  });

  it('holds for JSON by the hash of the body, and for nothing else in its place', () => {
    const body = '{"AccountSid":"AC1"}';
    const url = `${HOOK}?bodySHA256=${sdk.getExpectedBodyHash(body)}`;
    const request = {
      ...sign('', 0, settings(), url),
      headers: { 'x-twilio-signature': sdk.getExpectedTwilioSignature(TOKEN, url, {}) },
      body: Buffer.from(body),
    };
    expect(genuine(request)).toBe(true);
    expect(genuine({ ...request, body: Buffer.from(`${body} `) })).toBe(false);
    expect(genuine({ ...sign('', 0), body: Buffer.from(body) })).toBe(false);
  });

  it('is accepted by either token during a change, and under the address that Twilio knows', () => {
    const body = form({ MessageSid: SID });
    expect(genuine(sign(body), { auth_token: 'new', auth_token_secondary: TOKEN })).toBe(true);
    const behind = sign(body, 0, settings(), 'https://sms.example/in/hooks/twilio-sms/chan_1');
    expect(genuine({ ...behind, url: HOOK }, { public_url: 'https://sms.example/in/' })).toBe(true);
    expect(genuine({ ...behind, url: HOOK })).toBe(false);
  });

  it('holds for a number that is set to GET', () => {
    const url = `${HOOK}?${form({ MessageSid: SID, From: '+4915112345678', To: '+14155552345', Body: 'hi' })}`;
    const request: HookRequest = { ...sign('', 0, settings(), url), method: 'GET' };
    expect(genuine(request)).toBe(true);
    expect(connector.webhook!.decode(request, settings()).events).toMatchObject([
      { event: { kind: 'message', event_key: SID, content: [{ type: 'text', text: 'hi' }] } },
    ]);
  });
});

describe('what Twilio posts', () => {
  const eventOf = (fields: Record<string, string>, query = ''): InboundEvent =>
    connector.webhook!.decode(sign(form(fields), 0, settings(), HOOK + query), settings()).events[0]!.event;
  const message = { MessageSid: SID, From: '+4915112345678', To: '+14155552345', Body: 'x' };

  it('is an opt-out when Twilio says so, whatever the word', () => {
    expect(eventOf({ ...message, Body: 'ALTO', OptOutType: 'STOP' })).toMatchObject({ consent: 'opted-out' });
    expect(eventOf({ ...message, Body: 'Unstop' })).toMatchObject({ consent: 'opted-in' });
    expect(eventOf({ ...message, Body: 'HELP' })).toMatchObject({ metadata: { keyword: 'help' } });
  });

  it('names files by where the API has them, and nothing else as one', () => {
    const at = (host: string) =>
      `https://${host}/2010-04-01/Accounts/${ACCOUNT}/Messages/${SID}/Media/ME${'1'.repeat(32)}`;
    const fields = {
      ...message,
      Body: '',
      NumMedia: '2',
      MediaUrl0: at('api.twilio.com'),
      MediaUrl1: 'http://10.0.0.1/',
    };
    expect(eventOf({ ...fields, MediaContentType0: 'image/png' })).toMatchObject({
      content: [{ type: 'image', url: `media:${SID}/ME${'1'.repeat(32)}`, mime_type: 'image/png' }],
    });
  });

  it('settles a send by the key in the address, and keeps the words of an error', () => {
    const fields = {
      MessageSid: SID,
      MessageStatus: 'undelivered',
      To: '+4915112345678',
      ErrorCode: '30007',
    };
    expect(eventOf(fields, '?key=dlv_1')).toMatchObject({
      kind: 'receipt',
      key: 'dlv_1',
      status: 'failed',
      error: { code: '30007', message: expect.stringContaining('filter') },
    });
  });

  it('that says nothing is ignored', () =>
    expect(eventOf({ ...message, Body: '' })).toMatchObject({ kind: 'ignored' }));

  it('can be made up for a try-out', () => {
    const request = connector.simulate!({ from: '4915112345678', text: 'hä?' }, settings(), 1);
    expect(connector.webhook!.authenticate(request, settings())).toEqual({ genuine: true });
    expect(connector.webhook!.decode(request, settings()).events).toMatchObject([
      { event: { thread: '+4915112345678', content: [{ text: 'hä?' }] } },
    ]);
  });
});

describe('calls of Twilio', () => {
  async function withTwilio<T>(
    answer: (request: StubRequest) => StubAnswer,
    work: (io: Io<TwilioSmsSettings>, requests: StubRequest[]) => Promise<T>,
    more: object = {},
  ): Promise<T> {
    const stub = await startStubServer();
    const egress = createEgress({ allowCidrs: ['127.0.0.0/8'] });
    stub.answerWith(answer);
    try {
      return await work(
        {
          settings: settings({ base_url: stub.url, messaging_url: stub.url, ...more }),
          fetch: egress.fetch,
          signal: AbortSignal.timeout(5_000),
          now: Date.now,
          hookUrl: HOOK,
          linkTo: (url) => Promise.resolve(`https://parley.example/media/${url.slice(6)}`),
          readMedia: () => Promise.reject(new TypeError('not needed')),
        },
        stub.requests,
      );
    } finally {
      await stub.close();
      await egress.close();
    }
  }
  const to = {
    thread: '+4915112345678',
    address: null,
    conversationId: 'c',
    lastInboundAt: null,
    lastInboundRef: null,
  };

  it('send files by MMS under links of ours, from a service, and say where to report', async () => {
    const service = `MG${'a'.repeat(32)}`;
    await withTwilio(
      () => json(201, { sid: SID }),
      async (io, requests) => {
        const { parts } = connector.outbound.plan([{ type: 'image', url: 'media:med_1' }], io.settings);
        await connector.outbound.deliver(parts[0]!, to, 'dlv_1', io);
        expect(requests).toHaveLength(1);
        expect(requests[0]).toMatchObject({
          path: `/2010-04-01/Accounts/${ACCOUNT}/Messages.json`,
          headers: { authorization: `Basic ${Buffer.from(`${ACCOUNT}:${TOKEN}`).toString('base64')}` },
        });
        expect(Object.fromEntries(new URLSearchParams(requests[0]!.body))).toEqual({
          To: '+4915112345678',
          From: '+14155552345',
          MessagingServiceSid: service,
          MediaUrl: 'https://parley.example/media/med_1',
          StatusCallback: `${HOOK}?key=dlv_1`,
        });
      },
      { mms: true, messaging_service_sid: service },
    );
  });

  it('fetch a file with credentials, and from where they are sent on to without', async () => {
    const ref = `${SID}/ME${'1'.repeat(32)}`;
    const answer = ({ path }: StubRequest): StubAnswer =>
      path.startsWith('/2010')
        ? { kind: 'answer', status: 307, headers: { location: '/elsewhere' } }
        : { kind: 'answer', status: 200, headers: { 'content-type': 'image/png' }, body: 'PNG' };
    await withTwilio(answer, async (io, requests) => {
      const file = await connector.media!.fetch(ref, { ...io, raw: () => Promise.resolve(new Uint8Array()) });
      expect([Buffer.from(file.bytes).toString(), file.mimeType]).toEqual(['PNG', 'image/png']);
      expect(requests.map(({ headers }) => 'authorization' in headers)).toEqual([true, false]);
      const wrong = connector.media!.fetch('../Accounts', {
        ...io,
        raw: () => Promise.resolve(new Uint8Array()),
      });
      await expect(wrong).rejects.toMatchObject({ code: 'channel/rejected' });
    });
  });

  it('find what came in meanwhile, oldest first, under the keys of the webhook', async () => {
    const message = (n: number, more: object = {}) => ({
      sid: `SM${String(n).padStart(32, '0')}`,
      direction: 'inbound',
      from: '+4915112345678',
      to: '+14155552345',
      body: `m${n}`,
      num_media: '0',
      date_sent: new Date(Date.UTC(2026, 10, 21, 6, n)).toUTCString(),
      ...more,
    });
    const pages: Record<string, object> = {
      '1': {
        messages: [message(9), message(8, { direction: 'outbound-api' })],
        next_page_uri: '/2010-04-01/p?Page=2',
      },
      '2': { messages: [message(7, { num_media: '1' }), message(1)], next_page_uri: '/2010-04-01/p?Page=3' },
    };
    const answer = ({ path }: StubRequest): StubAnswer =>
      path.includes('/Media.json')
        ? json(200, { media_list: [{ sid: `ME${'1'.repeat(32)}`, content_type: 'image/png' }] })
        : json(200, pages[new URLSearchParams(path.split('?')[1]).get('Page') ?? '1']!);
    await withTwilio(answer, async (io, requests) => {
      const found: DecodedEvent[] = [];
      for await (const one of connector.gapFill!(Date.UTC(2026, 10, 21, 6, 5), io)) found.push(one);
      expect(found.map(({ event }) => event.event_key)).toEqual([message(7).sid, message(9).sid]);
      expect(found[0]!.event).toMatchObject({ content: [{ text: 'm7' }, { type: 'image' }] });
      expect(decodeURIComponent(requests[0]!.path)).toContain('DateSent>=2026-11-21&To=+14155552345');
      expect(requests).toHaveLength(3);
    });
  });

  it('set the webhook at the number, or at the service', async () => {
    const numbers = {
      incoming_phone_numbers: [{ sid: `PN${'1'.repeat(32)}`, phone_number: '+14155552345' }],
    };
    await withTwilio(
      () => json(200, numbers),
      async (io, requests) => {
        expect(await connector.install!(HOOK, io)).toContain(HOOK);
        expect(requests[1]!.path).toBe(
          `/2010-04-01/Accounts/${ACCOUNT}/IncomingPhoneNumbers/PN${'1'.repeat(32)}.json`,
        );
        expect(new URLSearchParams(requests[1]!.body).get('SmsUrl')).toBe(HOOK);
      },
    );
    const service = `MG${'a'.repeat(32)}`;
    await withTwilio(
      () => json(200, {}),
      async (io, requests) => {
        await connector.install!(HOOK, io);
        expect(requests[0]!.path).toBe(`/v1/Services/${service}`);
        expect(new URLSearchParams(requests[0]!.body).get('InboundRequestUrl')).toBe(HOOK);
      },
      { messaging_service_sid: service },
    );
  });

  it.each([
    [{ status: 'suspended' }, {}, 'down', 'account_sid'],
    [{ status: 'active' }, { incoming_phone_numbers: [] }, 'down', 'from'],
    [
      { status: 'active' },
      {
        incoming_phone_numbers: [
          { sid: 'PN1', phone_number: '+14155552345', sms_url: 'https://old.example' },
        ],
      },
      'degraded',
      'from',
    ],
    [
      { status: 'active' },
      { incoming_phone_numbers: [{ sid: 'PN1', phone_number: '+14155552345', sms_url: HOOK }] },
      'healthy',
      undefined,
    ],
  ] as const)('check: %j and %j are %s', async (account, numbers, state, field) => {
    const answer = ({ path }: StubRequest): StubAnswer =>
      json(200, path.includes('Incoming') ? numbers : account);
    await withTwilio(answer, async (io) => {
      const found = await connector.check!(io);
      expect(found.state).toBe(state);
      if (field) expect(found.fields).toHaveProperty(field);
    });
  });

  it('check names the token when it is wrong', async () => {
    await withTwilio(
      () => refused(401, 20003, 'Authenticate'),
      async (io) => {
        expect(await connector.check!(io)).toMatchObject({
          state: 'down',
          fields: { auth_token: expect.any(String) },
        });
      },
    );
  });
});
