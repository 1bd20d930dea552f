import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HookRequest, Io } from '../connector.js';
import { parseSettings } from '../settings.js';
import { createEgress } from '../shared/egress.js';
import { SmsBody } from '../shared/sms/plan-sms.js';
import { conformance, startStubServer, type StubAnswer, type StubRequest } from '../testkit/index.js';
import { connector } from './connector.js';
import type { KannelSettings } from './manifest.js';
import { rawQuery } from './raw-query.js';

const SECRET = 'kannel-hook-secret-0123456789';
const KEY = 'dlv_01jd7z3q9ve8g8kq0w2m5n6p7r';
const raw = (url: string) => ({
  sendsms_url: `${url}/cgi-bin/sendsms`,
  username: 'parley',
  password: 'sendsms-password',
  from: '12345',
  hook_secret: SECRET,
});
const settings = (more: object = {}): KannelSettings =>
  parseSettings(connector, { ...raw('http://kannel.example'), ...more });
const proofOf = (key: string): string => createHmac('sha256', SECRET).update(`dlr:${key}`).digest('hex');

/** A request of Kannel with this query; one that is not a report has the secret. */
function sign(query: string, receivedAt = 0, { hook_secret } = settings()): HookRequest {
  const whole = query.includes('proof=') ? query : `secret=${hook_secret}&${query}`;
  return {
    method: 'GET',
    url: `https://parley.example/hooks/kannel/chan_1?${whole}`,
    query: Object.fromEntries(new URLSearchParams(whole)),
    headers: { 'user-agent': 'Kannel/1.4.5' },
    body: new Uint8Array(),
    receivedAt,
  };
}
const answer = (status: number, body = ''): StubAnswer => ({ kind: 'answer', status, body });
const paramsOf = ({ path }: StubRequest): URLSearchParams => new URLSearchParams(path.split('?')[1]);

conformance({
  connector,
  folder: import.meta.dirname,
  settings: raw,
  to: {
    thread: '+4915112345678',
    address: { kind: 'phone', value: '+4915112345678' },
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
    unknownKind: 'surprise=1',
    delivered: (key) => `key=${key}&proof=${proofOf(key)}&type=1&answer=`,
  },
  provider: {
    accepts: answer(202, '0: Accepted for delivery'),
    acceptedRef: KEY,
    destinationOf: (request) => paramsOf(request).get('to') ?? '',
    errors: [
      {
        what: 'Authorization failed',
        answer: answer(403, 'Authorization failed for sendsms'),
        code: 'channel/credentials',
      },
      {
        what: 'Missing receiver',
        answer: answer(400, 'Missing receiver number, rejected'),
        code: 'channel/rejected',
      },
      {
        what: 'Temporal failure',
        answer: answer(503, 'Temporal failure, try again later.'),
        code: 'channel/unreachable',
      },
      { what: 'no such page', answer: answer(404), code: 'channel/rejected' },
      { what: 'something else, with 200', answer: answer(200, '<html>'), code: 'channel/outcome-unknown' },
    ],
  },
});

describe('what Kannel calls', () => {
  const authenticate = (request: HookRequest): boolean =>
    connector.webhook!.authenticate(request, settings()).genuine;
  const decode = (query: string) => connector.webhook!.decode(sign(query), settings()).events[0]!;

  it('must know the secret, or a proof for this one send', () => {
    expect(authenticate(sign('id=1'))).toBe(true);
    expect(authenticate({ ...sign('id=1'), query: { secret: `${SECRET}x` } })).toBe(false);
    expect(authenticate({ ...sign('id=1'), method: 'POST' })).toBe(false);
    expect(authenticate(sign(`key=${KEY}&proof=${proofOf(KEY)}`))).toBe(true);
    expect(authenticate(sign(`key=dlv_other&proof=${proofOf(KEY)}`))).toBe(false);
  });

  it('with a proof is a report and never a message', () => {
    const forged = `key=${KEY}&proof=${proofOf(KEY)}&id=1&from=%2B4915112345678&text=hi`;
    expect(decode(forged).event).toMatchObject({ kind: 'ignored' });
  });

  it.each([
    ['text=a++b%0A+c+%2526%26x%3D1%2B2&coding=0&charset=UTF-8', 'a  b\n c %26&x=1+2'],
    ['text=%04%16%00%E9%D8%3D%DCK&coding=2&charset=UTF-16BE', 'Жé👋'],
    ['text=%F1&coding=0&charset=ISO-8859-1', 'ñ'],
    ['text=%D8%3D&coding=2&charset=UTF-16BE', '\ufffd'],
    ['text=100%&coding=0', '100%'],
  ])('says in %j: %j', (query, text) => {
    expect(decode(`id=1&from=%2B4915112345678&to=12345&time=1795258472&${query}`).event).toMatchObject({
      kind: 'message',
      event_key: '1',
      thread: '+4915112345678',
      sent_at: '2026-11-21T10:54:32.000Z',
      content: [{ type: 'text', text }],
      metadata: { to: '12345' },
    });
  });

  it('is kept without what opens the door', () => {
    const kept = Buffer.from(decode('id=1&from=%2B4915112345678&text=hi').raw).toString();
    expect(kept).not.toContain(SECRET);
    expect(JSON.parse(kept)).toMatchObject({ id: '1', text: 'aGk=' });
  });

  it('reports what the SMSC said', () => {
    const report = (more: string) => decode(`key=${KEY}&proof=${proofOf(KEY)}&${more}`).event;
    expect(report('type=8&answer=ACK%2F')).toMatchObject({ status: 'sent', provider_ref: KEY, key: KEY });
    expect(report('type=16&answer=NACK%2F0x0000000b%2FInvalid+Destination+Address')).toMatchObject({
      status: 'failed',
      error: { name: 'kannel', code: '0x0000000b', message: 'Invalid Destination Address' },
    });
    expect(report('type=2&answer=id%3A1+stat%3AUNDELIV+err%3A011+text%3A')).toMatchObject({
      error: { code: '011', message: 'UNDELIV' },
    });
    expect(report('type=32&answer=')).toMatchObject({ kind: 'ignored' });
  });

  it('is read whatever it is', () => {
    fc.assert(
      fc.property(fc.string(), (query) => {
        for (const value of rawQuery(`https://a.example/?${query}`).values())
          expect(Buffer.isBuffer(value)).toBe(true);
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const escaped = [...bytes].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
        expect([...rawQuery(`?x=${escaped}`).get('x')!]).toEqual([...bytes]);
      }),
    );
  });

  it('can be made up for a try-out', () => {
    const request = connector.simulate!({ from: '+4915112345678', text: 'hä & so 100%' }, settings(), 1);
    expect(authenticate(request)).toBe(true);
    expect(connector.webhook!.decode(request, settings()).events).toMatchObject([
      { event: { thread: '+4915112345678', content: [{ text: 'hä & so 100%' }] } },
    ]);
  });
});

describe('calls of Kannel', () => {
  async function withKannel<T>(
    reply: StubAnswer,
    work: (io: Io<KannelSettings>, requests: StubRequest[]) => Promise<T>,
  ): Promise<T> {
    const stub = await startStubServer();
    const egress = createEgress({ allowCidrs: ['127.0.0.0/8'] });
    stub.answerWith(reply);
    try {
      const io: Io<KannelSettings> = {
        settings: parseSettings(connector, { ...raw(stub.url), smsc: 'main' }),
        fetch: egress.fetch,
        signal: AbortSignal.timeout(5_000),
        now: Date.now,
        hookUrl: 'https://parley.example/hooks/kannel/chan_1',
        linkTo: () => Promise.reject(new TypeError('not needed')),
        readMedia: () => Promise.reject(new TypeError('not needed')),
      };
      return await work(io, stub.requests);
    } finally {
      await stub.close();
      await egress.close();
    }
  }

  it('choose the coding, and name where to report without a percent sign of ours', async () => {
    const to = {
      thread: '+4915112345678',
      address: null,
      conversationId: 'c',
      lastInboundAt: null,
      lastInboundRef: null,
    };
    await withKannel(answer(202, '3: Queued for later delivery'), async (io, requests) => {
      for (const text of ['ñ €', 'ç']) {
        const [part] = connector.outbound.plan([{ type: 'text', text }], io.settings).parts;
        expect(await connector.outbound.deliver(part!, to, KEY, io)).toEqual({ providerRef: KEY });
      }
      expect(Object.fromEntries(paramsOf(requests[0]!))).toEqual({
        username: 'parley',
        password: 'sendsms-password',
        from: '12345',
        to: '+4915112345678',
        charset: 'UTF-8',
        text: 'ñ €',
        coding: '0',
        smsc: 'main',
        'dlr-mask': '31',
        'dlr-url': `https://parley.example/hooks/kannel/chan_1?key=${KEY}&proof=${proofOf(KEY)}&type=%d&answer=%A`,
      });
      expect(paramsOf(requests[1]!).get('coding')).toBe('2');
    });
  });

  it.each([
    [answer(400, 'Missing receiver number, rejected'), 'healthy'],
    [answer(403, 'Authorization failed for sendsms'), 'down'],
    [answer(503), 'down'],
  ])('check: after %j it is %s', async (reply, state) => {
    await withKannel(reply, async (io, requests) => {
      expect(await connector.check!(io)).toMatchObject({ state });
      expect(paramsOf(requests[0]!).has('to')).toBe(false);
    });
  });
});
