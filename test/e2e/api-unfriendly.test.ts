import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Api, apiOf, boot, type Booted, makeWorkspace, type TestWorkspace } from '../support/boot.js';

const SHOP = 'https://shop.example';
const CONTACT = 'mailto:security@shop.example';

// Descriptions and pages are made on the first request: on a busy machine that takes its time.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let booted: Booted;
let home: TestWorkspace;
let api: Api;
let session: { id: string; conversation_id: string };

beforeAll(async () => {
  booted = await boot({
    hasWorker: false,
    env: { PARLEY_CORS_ORIGINS: SHOP, PARLEY_SECURITY_CONTACT: CONTACT },
  });
  home = await makeWorkspace(booted);
  api = apiOf(booted, home.key);
  session = (await api('POST', '/v1/sessions', {})).body;
});
afterAll(() => booted?.close());

const codeOf = ({ status, body }: { status: number; body: { code?: string } }): string =>
  `${status} ${body?.code ?? ''}`.trim();

describe('a body that means no good', () => {
  it('is refused when it is nested without end, with and without an Idempotency-Key', async () => {
    const deep = `{"name":"x","attributes":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}}`;
    expect(codeOf(await api('POST', '/v1/contacts', deep))).toBe('400 input/malformed-json');
    const again = await api('POST', '/v1/contacts', deep, { 'idempotency-key': 'deep' });
    expect(codeOf(again)).toBe('400 input/malformed-json');
  });

  it('may hold half a character, wherever text is taken', async () => {
    const half = String.raw`x\ud800`;
    const bodies: [string, string][] = [
      ['/v1/contacts', `{"name":"${half}","attributes":{"${half}":"${half}"}}`],
      ['/v1/sessions', `{"metadata":{"a":"${half}"}}`],
      ['/v1/labels', `{"name":"${half}"}`],
      ['/v1/knowledge-bases', `{"name":"${half}"}`],
      ['/v1/messages', `{"session_id":"${session.id}","text":"${half}","respond":"async"}`],
    ];
    for (const [path, body] of bodies) expect((await api('POST', path, body)).status, path).toBeLessThan(300);
    const { data } = (await api('GET', `/v1/contacts?q=${encodeURIComponent('x\ufffd')}`)).body;
    expect(data[0].attributes).toEqual({ 'x\ufffd': 'x\ufffd' });
  });
});

describe('numbers and times that nothing can keep', () => {
  const conversation = () => `/v1/conversations/${session.conversation_id}`;
  const send = (time: string) => ({
    address: { kind: 'email', value: 'a@b.example' },
    text: 'x',
    channels: [{ channel_id: home.channelId }],
    send_at: time,
  });
  const requests: [string, string, () => string, (time: string) => object | undefined][] = [
    [
      'the end of a key',
      'POST',
      () => '/v1/api-keys',
      (time) => ({ name: 'x', scopes: [], expires_at: time }),
    ],
    ['the time of a send', 'POST', () => '/v1/sends', send],
    ['the end of a snooze', 'PATCH', conversation, (time) => ({ state: 'snoozed', snoozed_until: time })],
    [
      'dead letters before',
      'POST',
      () => '/v1/dead-letters/replay',
      (time) => ({ kind: 'delivery', before: time }),
    ],
  ];
  it.each(requests)('are refused: %s', async (_, method, path, body) => {
    for (const time of ['0000-01-01T00:00:00Z', '9999-12-31T23:59:59Z']) {
      expect(codeOf(await api(method, path(), body(time))), time).toBe('422 input/invalid');
    }
  });

  it.each(['2147483648', '9007199254740991', '99999999999999999999'])('are refused: %s', async (number) => {
    const bot = `/v1/bots/${home.botId}`;
    for (const path of [
      `${bot}/export?version=${number}`,
      `${bot}/diff?from=${number}`,
      `${bot}/versions/${number}`,
    ])
      expect((await api('GET', path)).status, path).toBe(422);
    const read = await api('POST', `${conversation()}/read`, `{"seq":${number}}`);
    expect(codeOf(read)).toBe('422 input/invalid');
  });
});

describe('a connection', () => {
  it('is not held for ever by a request that never arrives', () => {
    const { requestTimeout, headersTimeout } = booted.gateway.getHttpServer();
    expect([requestTimeout > 0, headersTimeout > 0]).toEqual([true, true]);
  });
});

describe('a path that tries to leave its folder', () => {
  it('is one that does not exist', async () => {
    for (const path of ['/docs/..%2f..%2fpackage.json', '/docs/nothing.js', '/widget/..%5c..%5cpackage.json'])
      expect(codeOf(await api('GET', path)), path).toBe('404 state/not-found');
  });
});

describe('who found a weakness', () => {
  it('learns whom to tell', async () => {
    const { status, headers, body } = await api('GET', '/.well-known/security.txt');
    expect([status, headers.get('content-type')]).toEqual([200, 'text/plain; charset=utf-8']);
    const fields = Object.fromEntries(
      String(body)
        .trim()
        .split('\n')
        .map((line) => line.split(/: (.*)/s)),
    );
    expect(fields['Contact']).toBe(CONTACT);
    const days = (Date.parse(fields['Expires']) - Date.now()) / 86_400_000;
    expect([days > 100, days < 365]).toEqual([true, true]);
  });
});

describe('a HEAD request', () => {
  it('is answered where monitors and providers ask so, with no body', async () => {
    for (const path of ['/livez', '/readyz', '/openapi.json', '/errors']) {
      const [head, get] = await Promise.all([api('HEAD', path), api('GET', path)]);
      expect([head.status, head.body], path).toEqual([200, '']);
      expect(head.headers.get('content-type'), path).toBe(get.headers.get('content-type'));
    }
  });

  it('is refused in the API, where it would hold a stream open for nobody', async () => {
    for (const path of ['/v1/me', '/v1/stream', `/v1/conversations/${session.conversation_id}/messages`]) {
      const { status, headers } = await api('HEAD', path);
      expect([status, headers.get('allow')?.includes('HEAD')], path).toEqual([405, false]);
    }
  });
});

describe('a page of an origin that may use the API', () => {
  it('may send every method and header that the API knows, and read every header that it answers', async () => {
    const ask = (method: string, headers: string) =>
      api('OPTIONS', '/v1/me', undefined, {
        origin: SHOP,
        'access-control-request-method': method,
        'access-control-request-headers': headers,
      });
    const document = (await api('GET', '/openapi.json')).body;
    const methods = new Set(Object.values(document.paths).flatMap((item) => Object.keys(item as object)));
    const preflight = await ask('GET', 'authorization');
    expect(preflight.status).toBe(204);
    const listed = (name: string) => (preflight.headers.get(name) ?? '').toLowerCase().split(', ');
    for (const method of methods) expect(listed('access-control-allow-methods')).toContain(method);
    for (const header of [
      'if-match',
      'idempotency-key',
      'last-event-id',
      'parley-version',
      'parley-workspace',
    ])
      expect(listed('access-control-allow-headers')).toContain(header);
    const answer = await api('GET', `/v1/bots/${home.botId}`, undefined, { origin: SHOP });
    const exposed = (answer.headers.get('access-control-expose-headers') ?? '').split(', ');
    for (const header of ['etag', 'request-id', 'retry-after', 'ratelimit', 'deprecation', 'sunset', 'link'])
      expect(exposed).toContain(header);
  });
});
