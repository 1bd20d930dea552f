import { describe, expect, expectTypeOf, it } from 'vitest';
import {
  ApiError,
  AuthenticationError,
  ConnectionError,
  errorCodes,
  type Fetch,
  InvalidRequestError,
  mockEvents,
  mockTransport,
  Parley,
  RateLimitError,
  type Shape,
  SignatureError,
  TimeoutError,
  webhooks,
} from './index.js';
import { apiErrorOf } from './errors.js';
import { SseParser } from './sse.js';

const parleyOf = (fetch: Fetch, more = {}): Parley =>
  new Parley({ baseUrl: 'http://mock/', apiKey: 'pk_test', fetch, ...more });
const problem = (code: string, status: number, headers: Record<string, string> = {}) => ({
  status,
  headers,
  body: { code, status, detail: 'No.', request_id: 'req_1' },
});

describe('a call', () => {
  it('carries the key, and asks for JSON', async () => {
    const { fetch, requests } = mockTransport({ 'GET /v1/me': () => ({ body: { workspace_name: 'A' } }) });
    expect((await parleyOf(fetch).me.get()).workspace_name).toBe('A');
    expect(requests[0]!.headers.get('authorization')).toBe('Bearer pk_test');
    expect(requests[0]!.headers.has('idempotency-key')).toBe(false);
  });

  it('writes under one key of its own at every attempt, and another one for each call', async () => {
    let count = 0;
    const { fetch, requests } = mockTransport({
      'POST /v1/sessions': () =>
        ++count === 1 ? problem('store/unavailable', 503, { 'retry-after': '0' }) : { status: 201, body: {} },
    });
    const parley = parleyOf(fetch);
    await parley.sessions.create();
    await parley.sessions.create();
    await parley.sessions.create({}, { idempotencyKey: 'mine' });
    const keys = requests.map(({ headers }) => headers.get('idempotency-key'));
    expect(keys[0]).toBe(keys[1]);
    expect(new Set(keys).size).toBe(3);
    expect(keys[3]).toBe('mine');
  });

  it('is repeated as often as asked and no more', async () => {
    const { fetch, requests } = mockTransport({
      'GET /v1/me': () => problem('state/rate-limited', 429, { 'retry-after': '0' }),
    });
    const refused = await parleyOf(fetch)
      .me.get({ maxRetries: 3 })
      .catch((error: unknown) => error);
    expect(requests).toHaveLength(4);
    expect(refused).toBeInstanceOf(RateLimitError);
    expect(refused).toMatchObject({
      code: 'state/rate-limited',
      status: 429,
      requestId: 'req_1',
      retryAfterMs: 0,
    });
  });

  it.each(['input/invalid', 'state/not-found', 'channel/outcome-unknown', 'access/invalid-api-key'] as const)(
    'is not repeated after %s',
    async (code) => {
      const { fetch, requests } = mockTransport({
        'GET /v1/me': () => problem(code, errorCodes[code].status),
      });
      await expect(parleyOf(fetch).me.get()).rejects.toMatchObject({ code });
      expect(requests).toHaveLength(1);
    },
  );

  it('fails at once when it is told to wait too long', async () => {
    const { fetch, requests } = mockTransport({
      'GET /v1/me': () => problem('state/rate-limited', 429, { 'retry-after': '3600' }),
    });
    await expect(parleyOf(fetch).me.get()).rejects.toMatchObject({ retryAfterMs: 3_600_000 });
    expect(requests).toHaveLength(1);
  });

  it('ends when its signal says so, with its reason', async () => {
    const { fetch } = mockTransport({
      'GET /v1/me': () => problem('state/rate-limited', 429, { 'retry-after': '60' }),
    });
    const stop = new AbortController();
    const call = parleyOf(fetch).me.get({ signal: stop.signal });
    stop.abort(new TypeError('enough'));
    await expect(call).rejects.toThrow('enough');
  });

  it('ends when no answer comes in time', async () => {
    const never: Fetch = (_, { signal }) =>
      new Promise((_resolve, reject) =>
        signal?.addEventListener('abort', () => reject(signal.reason as Error)),
      );
    const parley = parleyOf(never, { maxRetries: 0, timeoutMs: 10 });
    await expect(parley.me.get()).rejects.toBeInstanceOf(TimeoutError);
  });

  it('says where nobody answered', async () => {
    const closed: Fetch = () => Promise.reject(new TypeError('fetch failed'));
    const refused = await parleyOf(closed, { maxRetries: 0 })
      .me.get()
      .catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(ConnectionError);
    expect(refused).toMatchObject({
      message: 'No answer from http://mock.',
      cause: { message: 'fetch failed' },
    });
  });

  it('reads what is no problem document', async () => {
    const proxy: Fetch = () => Promise.resolve(new Response('<html>', { status: 404 }));
    await expect(parleyOf(proxy).me.get()).rejects.toMatchObject({ status: 404, code: null, problem: null });
  });

  it('writes identifiers so that they stay one segment of the path', async () => {
    const { fetch, requests } = mockTransport({});
    await parleyOf(fetch)
      .bots.get('../me?x')
      .catch(() => undefined);
    expect(requests[0]!.path).toBe('/v1/bots/..%2Fme%3Fx');
  });

  it('is typed by the description of the API', () => {
    const parley = parleyOf(fetch);
    expectTypeOf(parley.me.get).returns.resolves.toEqualTypeOf<Shape<'Me'>>();
    expectTypeOf(parley.bots.create).parameter(0).toEqualTypeOf<Shape<'CreateBot'>>();
    expectTypeOf(parley.http.GET).toBeCallableWith('/v1/me', {});
  });
});

describe('errors', () => {
  it('have a class for every status of the registry', () => {
    for (const [code, { status }] of Object.entries(errorCodes)) {
      const made = apiErrorOf({ status, headers: new Headers(), problem: null });
      expect(made, code).toBeInstanceOf(ApiError);
      if (status !== 405 && status !== 406) expect(made.name, code).not.toBe('ApiError');
    }
  });

  it('say which fields are wrong', () => {
    const errors = [{ pointer: '/text', code: 'custom', detail: 'x' }];
    const made = apiErrorOf({
      status: 422,
      headers: new Headers(),
      problem: { code: 'input/invalid', detail: 'x', errors } as unknown as Shape<'Problem'>,
    });
    expect(made).toBeInstanceOf(InvalidRequestError);
    expect(made.fields).toEqual(errors);
    expect(apiErrorOf({ status: 401, headers: new Headers(), problem: null })).toBeInstanceOf(
      AuthenticationError,
    );
  });
});

describe('a list', () => {
  const { fetch, requests } = mockTransport({
    'GET /v1/bots': ({ query }) => {
      const at = Number(query.get('cursor') ?? 0);
      return {
        body: {
          data: [{ id: at }, { id: at + 1 }],
          has_more: at < 4,
          next_cursor: at < 4 ? String(at + 2) : null,
        },
      };
    },
  });
  const ids = (items: unknown[]) => items.map((item) => (item as { id: number }).id);

  it('is gone through to its end, with what was asked for on every page', async () => {
    requests.length = 0;
    const all = [];
    for await (const bot of parleyOf(fetch).bots.list({ limit: 2 })) all.push(bot);
    expect(ids(all)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(requests.map(({ query }) => query.toString())).toEqual([
      'limit=2',
      'limit=2&cursor=2',
      'limit=2&cursor=4',
    ]);
  });

  it('gives its first page when it is awaited, and no more pages than are needed', async () => {
    requests.length = 0;
    expect((await parleyOf(fetch).bots.list()).next_cursor).toBe('2');
    expect(ids(await parleyOf(fetch).bots.list().take(3))).toEqual([0, 1, 2]);
    expect(requests).toHaveLength(3);
  });
});

describe('a stream', () => {
  const quick = 'retry: 1\n\n';
  const withRetry = async (response: Response): Promise<Response> =>
    new Response(quick + (await response.text()));

  it('goes on behind the last event when the line breaks', async () => {
    const lines = [
      mockEvents([
        { id: 1, type: 'message.created' },
        { type: 'typing.started' },
        { id: 2, type: 'message.status' },
      ]),
      mockEvents([{ id: 3, type: 'turn.completed' }]),
    ];
    const { fetch, requests } = mockTransport({
      'GET /v1/conversations/{id}/stream': () => withRetry(lines.shift()!),
    });
    const seen = [];
    for await (const event of parleyOf(fetch).conversations.follow('conv_1', { after: 0 })) {
      seen.push(event.type);
      if (event.type === 'turn.completed') break;
    }
    expect(seen).toEqual(['message.created', 'typing.started', 'message.status', 'turn.completed']);
    expect(requests.map(({ query }) => query.get('after'))).toEqual(['0', '2']);
  });

  it('of a turn is asked for again under the same key, and tells no message twice', async () => {
    const said = { message: { id: 'msg_1' } };
    const answer = { message: { id: 'msg_2' } };
    const lines = [
      mockEvents([{ id: 1, type: 'message.created', data: said }]),
      mockEvents([
        { type: 'message.created', data: said },
        { type: 'message.created', data: answer },
        { type: 'turn.completed' },
      ]),
    ];
    const { fetch, requests } = mockTransport({ 'POST /v1/messages': () => withRetry(lines.shift()!) });
    const seen = [];
    for await (const event of parleyOf(fetch).messages.stream({ session_id: 'sess_1', text: 'hi' }))
      seen.push(event);
    expect(seen.map(({ data }) => (data['message'] as { id?: string })?.id)).toEqual([
      'msg_1',
      'msg_2',
      undefined,
    ]);
    expect(new Set(requests.map(({ headers }) => headers.get('idempotency-key'))).size).toBe(1);
    expect(requests[0]!.body).toMatchObject({ respond: 'stream' });
  });

  it('comes back when the line is silent', async () => {
    let opened = 0;
    const fetch: Fetch = () => {
      opened++;
      const silent = new ReadableStream({
        start: (controller) => controller.enqueue(new TextEncoder().encode(quick)),
      });
      return Promise.resolve(
        opened === 1 ? new Response(silent) : mockEvents([{ id: 9, type: 'message.created' }]),
      );
    };
    for await (const event of parleyOf(fetch).conversations.follow('conv_1', { silenceMs: 20 })) {
      expect(event.seq).toBe(9);
      break;
    }
    expect(opened).toBe(2);
  });

  it('ends with what the server says no with', async () => {
    const { fetch } = mockTransport({});
    const events = parleyOf(fetch).conversations.follow('conv_1');
    await expect(events.next()).rejects.toMatchObject({ code: 'state/not-found' });
  });

  it('ends with the reason of its signal', async () => {
    const open: Fetch = () => Promise.resolve(new Response(new ReadableStream({})));
    const stop = new AbortController();
    const events = parleyOf(open).conversations.follow('conv_1', { signal: stop.signal });
    const next = events.next();
    stop.abort(new TypeError('enough'));
    await expect(next).rejects.toThrow('enough');
  });
});

describe('server-sent events', () => {
  const text =
    'retry: 2000\r\n\r\n: ping\n\nid: 3\nevent: a\ndata: {"x":1,\ndata:"y":2}\n\ndata: ü\r\n\r\nevent: none\n\n';
  const expected = [
    { retryMs: 2000 },
    { isAlive: true },
    { event: { id: '3', event: 'a', data: '{"x":1,\n"y":2}' } },
    { event: { id: null, event: 'message', data: 'ü' } },
  ];

  it('are read the same wherever they are cut', () => {
    for (let at = 0; at <= text.length; at++) {
      const parser = new SseParser();
      expect([...parser.feed(text.slice(0, at)), ...parser.feed(text.slice(at))]).toEqual(expected);
    }
  });
});

describe('webhooks', () => {
  const secret = `whsec_${btoa('a secret of 24 bytes, ok')}`;
  const body = JSON.stringify({
    type: 'message.created',
    timestamp: '2026-11-21T12:00:00Z',
    data: { seq: 1 },
  });

  it('are read when they are genuine, from whatever holds the headers', async () => {
    const signed = await webhooks.sign(body, secret);
    for (const headers of [
      signed,
      new Headers(signed),
      Object.entries(signed),
      { 'Webhook-Id': signed['webhook-id'], ...signed },
    ]) {
      expect((await webhooks.verify(body, headers, secret)).type).toBe('message.created');
    }
    expect(
      (await webhooks.verify(new TextEncoder().encode(body), signed, ['whsec_b2xk', secret])).data.seq,
    ).toBe(1);
  });

  it('are those that the reference library makes', async () => {
    const { Webhook } = await import('standardwebhooks');
    const now = new Date();
    const signature = new Webhook(secret).sign('whd_1', now, body);
    const headers = {
      'webhook-id': 'whd_1',
      'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
      'webhook-signature': `v1,bm90IGl0 v1a,eA== ${signature}`,
    };
    await expect(webhooks.verify(body, headers, secret)).resolves.toMatchObject({ type: 'message.created' });
  });

  it('are refused when a byte, the time, the id or the secret is another one', async () => {
    const now = Date.now();
    const headers = await webhooks.sign(body, secret, { now });
    const wrong: [string, object, string, number][] = [
      [`${body} `, headers, secret, now],
      [body, { ...headers, 'webhook-id': 'x' }, secret, now],
      [body, { ...headers, 'webhook-timestamp': '1' }, secret, now],
      [body, { ...headers, 'webhook-timestamp': 'soon' }, secret, now],
      [body, { ...headers, 'webhook-signature': 'v1,***' }, secret, now],
      [body, headers, `whsec_${btoa('another')}`, now],
      [body, headers, secret, now + 301_000],
      [body, headers, secret, now - 302_000],
      [body, {}, secret, now],
    ];
    for (const [text, given, key, at] of wrong) {
      await expect(webhooks.verify(text, given as Record<string, string>, key, at)).rejects.toBeInstanceOf(
        SignatureError,
      );
    }
  });
});
