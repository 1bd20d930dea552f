import { createHash, createHmac } from 'node:crypto';
import type { InboundEvent } from '#libs/model';
import { describe, expect, it } from 'vitest';
import type { HookRequest, Io } from '../connector.js';
import { parseSettings } from '../settings.js';
import { createEgress } from '../shared/egress.js';
import { SmsBody } from '../shared/sms/plan-sms.js';
import { conformance, startStubServer, type StubAnswer, type StubRequest } from '../testkit/index.js';
import { connector } from './connector.js';
import type { VonageSmsSettings } from './manifest.js';
import { signatureOf } from './signature.js';

const NOW = Date.parse('2026-11-21T06:00:00Z');
const raw = (url: string) => ({
  api_key: 'abcd1234',
  api_secret: 'my-api-secret',
  signature_secret: 'my-signature-secret',
  from: '+447700900000',
  base_url: url,
});
const settings = (more: object = {}): VonageSmsSettings =>
  parseSettings(connector, { ...raw('https://rest.nexmo.com'), ...more });

/** Signs a form as it stands: what is no form gets no signature, as at Vonage. */
function sign(body: string, receivedAt: number, made: VonageSmsSettings): HookRequest {
  const fields = Object.fromEntries(new URLSearchParams(body));
  const timed = { ...fields, timestamp: String(Math.floor(receivedAt / 1_000)) };
  return {
    method: 'POST',
    url: 'https://parley.example/hooks/vonage-sms/chan_1',
    query: {},
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: Buffer.from(new URLSearchParams({ ...timed, sig: signatureOf(timed, made) }).toString()),
    receivedAt,
  };
}
const form = (fields: Record<string, string>): string => new URLSearchParams(fields).toString();
const json = (status: number, body: object) =>
  ({ kind: 'answer', status, body: JSON.stringify(body) }) satisfies StubAnswer;
const said = (...statuses: string[]): StubAnswer =>
  json(200, {
    'message-count': String(statuses.length),
    messages: statuses.map((status, index) =>
      status === '0'
        ? { status, 'message-id': `ID${index + 1}` }
        : { status, 'error-text': `error ${status}` },
    ),
  });

conformance({
  connector,
  folder: import.meta.dirname,
  settings: raw,
  to: {
    thread: '4915112345678',
    address: { kind: 'phone', value: '4915112345678' },
    conversationId: 'conv_1',
    lastInboundAt: null,
    lastInboundRef: null,
  },
  plan: {
    limits: { segments: { max: () => 10, measure: ({ body }) => SmsBody.parse(body).segments } },
    readText: ({ body }) => SmsBody.parse(body).text,
  },
  inbound: {
    sign,
    unknownKind: form({ 'api-key': 'abcd1234', surprise: '1' }),
    delivered: (messageId) =>
      form({ messageId, msisdn: '4915112345678', status: 'delivered', 'err-code': '0' }),
  },
  provider: {
    accepts: said('0'),
    acceptedRef: 'ID1',
    destinationOf: ({ body }) => new URLSearchParams(body).get('to') ?? '',
    errors: [
      { what: '1 throttled', answer: said('1'), code: 'channel/throttled' },
      { what: '429', answer: json(429, {}), code: 'channel/throttled' },
      { what: '2 missing parameter', answer: said('2'), code: 'channel/rejected' },
      { what: '4 invalid credentials', answer: said('4'), code: 'channel/credentials' },
      { what: '401', answer: json(401, {}), code: 'channel/credentials' },
      { what: '5 internal error', answer: said('5'), code: 'channel/unreachable' },
      { what: '7 number barred', answer: said('7'), code: 'channel/rejected' },
      { what: '9 no funds', answer: said('9'), code: 'channel/credentials' },
      { what: '15 sender', answer: said('15'), code: 'channel/credentials' },
      { what: '29 not on the list', answer: said('29'), code: 'channel/rejected' },
      { what: 'yes to one segment, no to another', answer: said('0', '1'), code: 'channel/outcome-unknown' },
      { what: '500', answer: json(500, {}), code: 'channel/unreachable' },
      { what: '504', answer: json(504, {}), code: 'channel/outcome-unknown' },
      {
        what: 'yes, without an id',
        answer: json(200, { messages: [{ status: '0' }] }),
        code: 'channel/outcome-unknown',
      },
      {
        what: 'yes, in prose',
        answer: { kind: 'answer', status: 200, body: 'OK' },
        code: 'channel/outcome-unknown',
      },
    ],
  },
});

describe('the signature of Vonage', () => {
  const fields = { b: '1&2=3', a: 'x', sig: 'ignored' };
  const signed = '&a=x&b=1_2_3';

  it('is over sorted fields, by each method', () => {
    expect(signatureOf(fields, settings({ signature_method: 'md5hash' }))).toBe(
      createHash('md5').update(`${signed}my-signature-secret`).digest('hex'),
    );
    for (const signature_method of ['md5', 'sha1', 'sha256', 'sha512'] as const) {
      expect(signatureOf(fields, settings({ signature_method }))).toBe(
        createHmac(signature_method, 'my-signature-secret').update(signed).digest('hex'),
      );
    }
  });

  it('holds for JSON, in capitals too, for values that are numbers', () => {
    const made = settings({ signature_method: 'sha512' });
    const body = {
      messageId: 'm',
      msisdn: '4915112345678',
      text: 'hi',
      'concat-part': 1,
      timestamp: String(NOW / 1_000),
    };
    const sig = signatureOf({ ...body, 'concat-part': '1' }, made).toUpperCase();
    const request = {
      ...sign('', NOW, made),
      headers: { 'content-type': 'application/json' },
      body: Buffer.from(JSON.stringify({ ...body, sig })),
    };
    expect(connector.webhook!.authenticate(request, made)).toEqual({ genuine: true });
    const altered = Buffer.from(JSON.stringify({ ...body, text: 'ho', sig }));
    expect(connector.webhook!.authenticate({ ...request, body: altered }, made).genuine).toBe(false);
  });

  it('must be there, once', () => {
    const request = sign(form({ messageId: 'm' }), NOW, settings());
    const without = Buffer.from(
      Buffer.from(request.body)
        .toString()
        .replace(/&sig=.*/, ''),
    );
    expect(connector.webhook!.authenticate({ ...request, body: without }, settings()).genuine).toBe(false);
    const other = Buffer.concat([request.body, Buffer.from('&text=more')]);
    expect(connector.webhook!.authenticate({ ...request, body: other }, settings()).genuine).toBe(false);
  });

  it('holds for the day in which Vonage sends again, and no longer', () => {
    const at = (later: number): boolean => {
      const request = { ...sign(form({ messageId: 'm' }), NOW, settings()), receivedAt: NOW + later };
      return connector.webhook!.authenticate(request, settings()).genuine;
    };
    const hour = 3_600_000;
    expect([0, 24 * hour, 25 * hour, -hour].map(at)).toEqual([true, true, false, false]);
  });
});

describe('what Vonage sends', () => {
  const eventOf = (fields: Record<string, string>): InboundEvent =>
    connector.webhook!.decode(sign(form(fields), NOW, settings()), settings()).events[0]!.event;
  const message = {
    'api-key': 'abcd1234',
    messageId: 'M1',
    msisdn: '4915112345678',
    to: '447700900000',
    text: 'x',
  };

  it('is one part of a long message, whatever the order', () => {
    const concat = { concat: 'true', 'concat-ref': '54', 'concat-total': '3', 'concat-part': '2' };
    expect(eventOf({ ...message, ...concat })).toMatchObject({
      event_key: 'M1:2',
      join: { of: '54/3', part: 2, total: 3 },
    });
    expect(eventOf({ ...message, ...concat, 'concat-part': '9' })).not.toHaveProperty('join');
  });

  it("has the sender's number as E.164, the time and the words of opting out", () => {
    expect(eventOf({ ...message, text: 'STOP', 'message-timestamp': '2020-01-01 12:00:00' })).toMatchObject({
      from: { kind: 'phone', value: '+4915112345678' },
      sent_at: '2020-01-01T12:00:00.000Z',
      consent: 'opted-out',
    });
  });

  it('of another account is not taken', () => {
    expect(eventOf({ ...message, 'api-key': 'other' })).toMatchObject({ kind: 'ignored' });
  });

  it.each([
    ['delivered', { status: 'delivered', key: 'dlv_1' }],
    ['buffered', { status: 'sent' }],
    ['rejected', { status: 'failed', error: { code: '6', message: expect.stringContaining('filter') } }],
    ['unknown', { kind: 'ignored' }],
  ])('as receipt %s is %j', (status, event) => {
    const receipt = {
      messageId: 'M1',
      msisdn: '4915112345678',
      status,
      'err-code': '6',
      'client-ref': 'dlv_1',
    };
    expect(eventOf(receipt)).toMatchObject(event);
  });

  it('can be made up for a try-out', () => {
    const request = connector.simulate!({ from: '+4915112345678', text: 'hä & so=?' }, settings(), NOW);
    expect(connector.webhook!.authenticate(request, settings())).toEqual({ genuine: true });
    expect(connector.webhook!.decode(request, settings()).events).toMatchObject([
      { event: { thread: '+4915112345678', content: [{ text: 'hä & so=?' }] } },
    ]);
  });
});

describe('calls of Vonage', () => {
  async function withVonage<T>(
    answer: (request: StubRequest) => StubAnswer,
    work: (io: Io<VonageSmsSettings>, requests: StubRequest[]) => Promise<T>,
  ): Promise<T> {
    const stub = await startStubServer();
    const egress = createEgress({ allowCidrs: ['127.0.0.0/8'] });
    stub.answerWith(answer);
    try {
      return await work(
        {
          settings: settings({ base_url: stub.url }),
          fetch: egress.fetch,
          signal: AbortSignal.timeout(5_000),
          now: () => NOW,
          hookUrl: 'https://parley.example/hooks/vonage-sms/chan_1',
          linkTo: () => Promise.reject(new TypeError('not needed')),
          readMedia: () => Promise.reject(new TypeError('not needed')),
        },
        stub.requests,
      );
    } finally {
      await stub.close();
      await egress.close();
    }
  }

  it('say whether it is Unicode, and where to report', async () => {
    const to = {
      thread: '+4915112345678',
      address: null,
      conversationId: 'c',
      lastInboundAt: null,
      lastInboundRef: null,
    };
    await withVonage(
      () => said('0', '0'),
      async (io, requests) => {
        for (const text of ['ñ €', 'Ж']) {
          const [part] = connector.outbound.plan([{ type: 'text', text }], io.settings).parts;
          expect(await connector.outbound.deliver(part!, to, 'dlv_1', io)).toEqual({ providerRef: 'ID2' });
        }
        const [plain, unicode] = requests.map(({ body }) => Object.fromEntries(new URLSearchParams(body)));
        expect(plain).toEqual({
          api_key: 'abcd1234',
          api_secret: 'my-api-secret',
          from: '447700900000',
          to: '4915112345678',
          text: 'ñ €',
          type: 'text',
          'client-ref': 'dlv_1',
          'status-report-req': 'true',
          callback: 'https://parley.example/hooks/vonage-sms/chan_1',
        });
        expect(unicode).toMatchObject({ text: 'Ж', type: 'unicode' });
      },
    );
  });

  it('set the webhook of the number', async () => {
    const answer = ({ method }: StubRequest): StubAnswer =>
      json(200, method === 'GET' ? { count: 1, numbers: [{ country: 'GB', msisdn: '447700900000' }] } : {});
    await withVonage(answer, async (io, requests) => {
      await connector.install!('https://parley.example/hooks/x', io);
      expect(requests[1]).toMatchObject({ path: '/number/update' });
      expect(requests[1]!.headers['authorization']).toMatch(/^Basic /);
      expect(new URLSearchParams(requests[1]!.body).get('moHttpUrl')).toBe('https://parley.example/hooks/x');
    });
  });

  it.each([
    [json(200, { value: 10.2, autoReload: false }), 'healthy'],
    [json(200, { value: 0 }), 'down'],
    [json(401, {}), 'down'],
    [json(429, {}), 'degraded'],
  ])('check: after %j it is %s', async (answer, state) => {
    await withVonage(
      () => answer,
      async (io) => expect(await connector.check!(io)).toMatchObject({ state }),
    );
  });
});
