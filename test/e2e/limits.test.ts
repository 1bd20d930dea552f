import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseGatewayConfig } from '#libs/config';
import { Logger, Metrics } from '#libs/observe';
import { createGateway } from '../../apps/gateway/src/app.js';
import { GatheredTakes } from '../../apps/gateway/src/limits/gathered-takes.js';
import {
  apiOf,
  boot,
  keyFor,
  makeWorkspace,
  queuesHere,
  type Api,
  type ApiAnswer,
  type Booted,
  type TestWorkspace,
} from '../support/boot.js';
import { openTestStore, type TestStore } from '../support/test-store.js';

const said = ({ status, body }: ApiAnswer): string => `${status} ${body?.code ?? ''}`.trim();

describe('an allowance', () => {
  let store: TestStore;
  beforeAll(async () => {
    store = await openTestStore();
  });
  afterAll(() => store.close());
  const HOUR = 3_600_000;

  it('lets through what it holds, to the last one, however many ask at once', async () => {
    const one = { key: 'a', burst: 50, refillMs: HOUR };
    const taken = await Promise.all(Array.from({ length: 120 }, () => store.allowances.take([one])));
    const states = taken.map(([state]) => state!);
    expect(states.filter(({ isAllowed }) => isAllowed)).toHaveLength(50);
    const left = states.filter(({ isAllowed }) => isAllowed).map(({ remaining }) => remaining);
    expect(left.sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, at) => at));
    const refused = states.find(({ isAllowed }) => !isAllowed)!;
    expect(refused.retryAfterMs).toBeGreaterThan(HOUR / 2);
    expect(refused.retryAfterMs).toBeLessThanOrEqual(HOUR);
    expect(refused.resetMs).toBeLessThanOrEqual(50 * HOUR);
  });

  it('takes from all that are asked, or from none', async () => {
    const wide = { key: 'wide', burst: 5, refillMs: HOUR };
    const narrow = { key: 'narrow', burst: 2, refillMs: HOUR };
    for (let i = 0; i < 4; i++) await store.allowances.take([narrow, wide]);
    const [left] = await store.allowances.take([wide]);
    expect(left).toMatchObject({ isAllowed: true, remaining: 2 });
  });

  it('comes back with time, never beyond its size, and takes back what was given', async () => {
    const quick = { key: 'quick', burst: 3, refillMs: HOUR };
    for (let i = 0; i < 3; i++) await store.allowances.take([quick]);
    await store.owner.query(
      "update allowance set rests_at = rests_at - interval '1 hour' where key = 'quick'",
    );
    expect((await store.allowances.take([quick]))[0]).toMatchObject({ isAllowed: true, remaining: 0 });
    expect((await store.allowances.take([quick]))[0]).toMatchObject({ isAllowed: false });
    await store.owner.query("update allowance set rests_at = now() - interval '9 hours' where key = 'quick'");
    expect((await store.allowances.take([quick]))[0]).toMatchObject({ isAllowed: true, remaining: 2 });
    await store.allowances.giveBack([quick], 5);
    expect((await store.allowances.take([quick]))[0]).toMatchObject({ remaining: 2 });
  });
});

describe('what gateways take ahead', () => {
  let store: TestStore;
  beforeAll(async () => {
    store = await openTestStore();
  });
  afterAll(() => store.close());

  it('is never more than the rate, in whatever span, and spares the database most of the questions', async () => {
    const key = { key: 'busy', burst: 2_000, refillMs: 5 };
    const workspace = { key: 'all', burst: 100_000, refillMs: 1 };
    let statements = 0;
    const gateways = [0, 1, 2].map(
      () =>
        new GatheredTakes((asked, cost, ahead) => {
          statements++;
          return store.allowances.lease(asked, cost, ahead);
        }),
    );
    // When each that passed had asked, and had its answer: it was let through in between.
    const passed: { from: number; to: number }[] = [];
    let refused = 0;
    const ask = async (gateway: GatheredTakes): Promise<void> => {
      const asked = [key, workspace];
      const from = performance.now();
      const states = gateway.held(asked) ?? (await gateway.one(asked));
      if (states.every(({ isAllowed }) => isAllowed)) passed.push({ from, to: performance.now() });
      else refused++;
    };
    // Six callers at each gateway, until a good many were refused.
    const callers = Array.from({ length: 18 }, (_, at) => gateways[at % 3]!);
    const until = Date.now() + 20_000;
    await Promise.all(
      callers.map(async (gateway) => {
        while (refused < 500 && Date.now() < until) {
          await ask(gateway);
          await new Promise((resolve) => void setImmediate(resolve));
        }
      }),
    );
    expect(refused).toBeGreaterThanOrEqual(500);
    expect(passed.length).toBeGreaterThanOrEqual(key.burst);
    expect(statements).toBeLessThan(passed.length);
    passed.sort((a, b) => a.to - b.to);
    // The rate as one instant: the earliest that an exact counter can have known, if each passed as late as it can have.
    let restsAt = 0;
    let worst = Infinity;
    for (const { to } of passed) {
      restsAt = Math.max(restsAt, to) + key.refillMs;
      worst = Math.min(worst, to + key.burst * key.refillMs - restsAt);
    }
    // What is left of the tolerance: an answer is on its way for as long as the slowest took.
    const slowest = Math.max(...passed.map(({ from, to }) => to - from));
    expect(worst).toBeGreaterThanOrEqual(-slowest);
  });
});

describe.each(queuesHere())('limits over %s', (queue) => {
  let booted: Booted;
  let home: TestWorkspace;
  let second: Awaited<ReturnType<typeof createGateway>>;
  let gateways: { url: string }[];

  beforeAll(async () => {
    const env = { PARLEY_LIMIT_KEY: '150/1h', PARLEY_LIMIT_WORKSPACE: '400/1h', PARLEY_LIMIT_DOOR: '3/1h' };
    booted = await boot({ queue, hasWorker: false, env });
    home = await makeWorkspace(booted, 'Home');
    second = await createGateway(parseGatewayConfig(booted.env), {
      logger: Logger.create({ app: 'gateway', level: 'silent' }),
      metrics: new Metrics('gateway'),
    });
    await second.listen(0, '127.0.0.1');
    gateways = [{ url: booted.url }, { url: await second.getUrl() }];
  });
  afterAll(async () => {
    await second?.close();
    await booted?.close();
  });

  const apis = (key: string): Api[] => gateways.map((gateway) => apiOf(gateway, key));
  /** Asks many times at once, at all gateways in turn. */
  const flood = (count: number, key: string, ask: (api: Api, at: number) => Promise<ApiAnswer>) => {
    const all = apis(key);
    return Promise.all(Array.from({ length: count }, (_, at) => ask(all[at % all.length]!, at)));
  };

  it('lets 100 messages of one session pass in a minute, and answers a flood with 429, the time to wait and what is left', async () => {
    const key = await keyFor(booted, home.workspaceId);
    const { id } = (await apiOf(booted, key)('POST', '/v1/sessions', {})).body;
    const say = (api: Api, at: number) =>
      api('POST', '/v1/messages', { session_id: id, text: `${at}`, respond: 'async' });
    const first = await flood(100, key, say);
    expect(first.map(({ status }) => status)).toEqual(Array(100).fill(202));
    const more = await flood(100, await keyFor(booted, home.workspaceId), say);
    const refused = more.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(0);
    for (const answer of refused) {
      expect(said(answer)).toBe('429 state/rate-limited');
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(answer.headers.get('ratelimit')).toMatch(/"session";r=0;t=\d+/);
      expect(answer.headers.get('ratelimit-policy')).toContain('"session";q=120;w=60');
    }
    const { rows } = await booted.owner.query<{ n: number }>('select count(*)::int as n from inbox_event');
    expect(rows[0]?.n).toBe(200 - refused.length);
  });

  it('counts a key once for all gateways, to the request', async () => {
    const key = await keyFor(booted, home.workspaceId);
    const answers = await flood(180, key, (api) => api('GET', '/v1/me'));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(150);
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused).toHaveLength(30);
    const policy = refused[0]!.headers.get('ratelimit-policy');
    expect(policy).toContain('"key";q=150;w=3600');
    expect(refused[0]!.body.detail).toContain('limit of the key');
  });

  it('counts a workspace for all its keys, and leaves other workspaces alone', async () => {
    const answers: ApiAnswer[] = [];
    for (let i = 0; i < 3; i++) {
      const key = await keyFor(booted, home.workspaceId);
      answers.push(...(await flood(140, key, (api) => api('GET', '/v1/me'))));
    }
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(0);
    expect(refused.at(-1)?.body.detail).toContain('limit of the workspace');
    const { rows } = await booted.owner.query("select key from allowance where key like 'workspace:%'");
    expect(rows).toHaveLength(1);
    const other = await makeWorkspace(booted, 'Other');
    const fine = await apiOf(booted, other.key)('GET', '/v1/me');
    expect(said(fine)).toBe('200');
    expect(fine.headers.get('ratelimit')).toMatch(/^"key";r=149;t=\d+, "workspace";r=399;t=\d+$/);
    expect(fine.headers.get('ratelimit-policy')).toBe('"key";q=150;w=3600, "workspace";q=400;w=3600');
  });

  it('counts the sessions that one address begins, and what visitors send', async () => {
    const other = await makeWorkspace(booted, 'Visited');
    const open = () => apiOf(booted, null)('POST', '/v1/widget/sessions', { channel_id: other.channelId });
    const opened = [await open(), await open(), await open()];
    expect(opened.map(({ status }) => status)).toEqual([201, 201, 201]);
    expect(said(await open())).toBe('429 state/rate-limited');
    const visitor = apiOf(booted, opened[0]!.body.client_token);
    const listed = await visitor('GET', '/v1/widget/messages');
    expect(listed.headers.get('ratelimit')).toMatch(/^"channel";r=\d+;t=\d+$/);
    const spoken = await visitor('POST', '/v1/widget/messages', { client_id: 'a', text: 'hi' });
    expect(spoken.headers.get('ratelimit')).toMatch(/"channel";r=\d+;t=\d+, "session";r=119;t=\d+$/);
  });
});

describe('a test key', () => {
  let booted: Booted;
  let home: TestWorkspace;
  let live: Api;
  let test: Api;
  beforeAll(async () => {
    booted = await boot({ hasWorker: false });
    home = await makeWorkspace(booted, 'Home');
    live = apiOf(booted, home.key);
    const { scopes } = (await live('GET', '/v1/me')).body;
    const made = await live('POST', '/v1/api-keys', { name: 'Try', scopes, is_test: true });
    expect(made.body).toMatchObject({ is_test: true, key: expect.stringMatching(/^parley_test_/) });
    test = apiOf(booted, made.body.key);
  });
  afterAll(() => booted?.close());

  it('says that it is one, and is one also after its secret has changed', async () => {
    expect((await test('GET', '/v1/me')).body).toMatchObject({ is_test: true });
    expect((await live('GET', '/v1/me')).body).toMatchObject({ is_test: false });
    const { id } = (await live('POST', '/v1/api-keys', { name: 'T', scopes: ['bots:read'], is_test: true }))
      .body;
    const { key } = (await live('POST', `/v1/api-keys/${id}/rotate`, {})).body;
    expect(key).toMatch(/^parley_test_/);
    expect((await apiOf(booted, key)('GET', '/v1/me')).body.is_test).toBe(true);
  });

  it('reads everything, and changes nothing, on whatever route', async () => {
    const { paths } = (await test('GET', '/openapi.json')).body as { paths: Record<string, object> };
    const opened = ['POST /v1/sessions', 'POST /v1/sessions/{id}/refresh', 'POST /v1/messages'];
    let refused = 0;
    for (const [path, methods] of Object.entries(paths)) {
      if (!path.startsWith('/v1/') || path.startsWith('/v1/widget/') || path.startsWith('/v1/auth/'))
        continue;
      for (const method of Object.keys(methods).map((name) => name.toUpperCase())) {
        if (method === 'GET' || opened.includes(`${method} ${path}`)) continue;
        const answer = await test(method, path.replace('{id}', home.channelId), {});
        // Whoever fires a trigger signs it: no key has part in it.
        if (path === '/v1/triggers/{id}' && method === 'POST') continue;
        expect(`${method} ${path} ${said(answer)}`).toBe(`${method} ${path} 403 access/test-key`);
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(40);
    for (const path of ['/v1/bots', '/v1/contacts', '/v1/channels']) {
      expect(said(await test('GET', path)), path).toBe('200');
    }
  });

  it('talks to the bot in sessions that it began, as people who are nobody else', async () => {
    const contact = { external_id: 'ada' };
    const real = (await live('POST', '/v1/sessions', { contact })).body;
    const tried = (await test('POST', '/v1/sessions', { contact })).body;
    expect(tried.contact_id).not.toBe(real.contact_id);
    expect(tried.conversation_id).not.toBe(real.conversation_id);
    const say = (at: object) => test('POST', '/v1/messages', { ...at, text: 'hi', respond: 'async' });
    expect(said(await say({ session_id: tried.id }))).toBe('202');
    expect(said(await say({ session_id: real.id }))).toBe('403 access/test-key');
    expect(said(await say({ conversation_id: real.conversation_id }))).toBe('403 access/test-key');
    expect(said(await say({ conversation_id: tried.conversation_id }))).toBe('403 access/test-key');
    const refresh = async (id: string) => said(await test('POST', `/v1/sessions/${id}/refresh`, {}));
    expect(await refresh(tried.id)).toBe('200');
    expect(await refresh(real.id)).toBe('403 access/test-key');
  });
});
