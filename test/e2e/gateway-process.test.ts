import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '#libs/store';
import { apiOf, boot, type Booted, makeWorkspace, type TestWorkspace } from '../support/boot.js';
import { readEvents } from '../support/read-events.js';
import { until } from '../support/until.js';

const script = path.resolve(import.meta.dirname, '../../dist/apps/gateway/src/main.js');

let booted: Booted;
let home: TestWorkspace;
const children: ChildProcess[] = [];

beforeAll(async () => {
  booted = await boot({ hasWorker: false });
  home = await makeWorkspace(booted);
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});
afterAll(() => booted?.close());

interface Started {
  url: string;
  child: ChildProcess;
  /** The lines of its log so far. */
  log: () => Record<string, unknown>[];
  /** Exit code, or the signal. */
  ended: Promise<number | string>;
}

/** The gateway as the launcher runs it: a process of its own with a channel to its parent. */
async function start(env: Record<string, string> = {}): Promise<Started> {
  const port = await freePort();
  const child = fork(script, {
    env: { PATH: process.env['PATH'], ...booted.env, PARLEY_PORT: String(port), ...env },
    // Not those of the test runner, which would make it look for sources.
    execArgv: [],
    stdio: ['ignore', 'pipe', 'ignore', 'ipc'],
  });
  children.push(child);
  let written = '';
  child.stdout!.on('data', (chunk: Buffer) => (written += String(chunk)));
  const log = () =>
    written
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  const ended = once(child, 'exit').then(([code, signal]) => (code ?? signal) as number | string);
  const first = await Promise.race([once(child, 'message').then(([said]) => said as string), ended]);
  expect(first).toBe('ready');
  return { url: `http://127.0.0.1:${port}`, child, log, ended };
}

describe('the gateway as a process', () => {
  it('is ready when it says so, and ends with 0 on SIGTERM', async () => {
    const { url, child, ended } = await start();
    expect((await apiOf({ url }, null)('GET', '/readyz')).body.status).toBe('ready');
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
  });

  it("says under its caller's trace and its own id what it logs of a request", async () => {
    const { url, log } = await start({ PARLEY_LOG_LEVEL: 'debug' });
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    const traceparent = `00-${traceId}-00f067aa0ba902b7-01`;
    const answer = await fetch(`${url}/v1/me`, { headers: { traceparent } });
    await fetch(`${url}/v1/me`, { headers: { traceparent: `00-${'0'.repeat(32)}-00f067aa0ba902b7-01` } });
    await until('both are logged', () => log().filter(({ route }) => route === '/v1/me').length === 2);
    const [traced, untraced] = log().filter(({ route }) => route === '/v1/me');
    expect(traced).toMatchObject({ traceId, requestId: answer.headers.get('request-id') });
    expect(untraced).not.toHaveProperty('traceId');
  });

  it('ends when its launcher is gone', async () => {
    const { child, ended } = await start();
    child.disconnect();
    expect(await ended).toBe(0);
  });

  it('lets requests end that have begun, ends streams, and takes no new ones', async () => {
    const { url, child, ended } = await start();
    const api = apiOf({ url }, home.key);
    const session = (await api('POST', '/v1/sessions', {})).body;
    const stream = await readEvents(`${url}/v1/conversations/${session.conversation_id}/stream`, {
      headers: { authorization: `Bearer ${home.key}` },
    });
    // Nobody answers: there is no worker. The request waits until the gateway stops, and then says what is so.
    const waiting = api('POST', '/v1/messages', { session_id: session.id, text: 'hello?' });
    await until('the message is stored', async () => {
      const { rows } = await booted.owner.query(`select count(*)::int as n from inbox_event`);
      return rows[0].n > 0;
    });
    child.kill('SIGTERM');
    const answer = await waiting;
    expect([answer.status, answer.body.status]).toEqual([202, 'pending']);
    await stream.ended;
    expect(await ended).toBe(0);
    await expect(api('GET', '/livez')).rejects.toThrow();
  });

  it('goes on taking requests for a while after it has said that it is not ready', async () => {
    const { url, child, ended } = await start({ PARLEY_DRAIN_WAIT: '2s' });
    const api = apiOf({ url }, home.key);
    child.kill('SIGTERM');
    await until('it is not ready', async () => (await api('GET', '/readyz')).status === 503);
    const answer = await api('GET', '/v1/me');
    expect([answer.status, answer.headers.get('connection')]).toEqual([200, 'close']);
    expect(await ended).toBe(0);
  });

  it('does not start with settings that it cannot read', async () => {
    const child = fork(script, {
      env: { PATH: process.env['PATH'], ...booted.env, PARLEY_PORT: 'many' },
      execArgv: [],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    children.push(child);
    let words = '';
    child.stderr?.on('data', (bytes: Buffer) => (words += bytes.toString()));
    const [code] = await once(child, 'close');
    expect(code).toBe(1);
    expect(words).toMatch(/PARLEY_PORT must be/);
    expect(words).not.toMatch(/\n {4}at /);
  });

  it('is ready, but degraded, while only the queue is away', async () => {
    const { url } = await start({ REDIS_URL: 'redis://127.0.0.1:1' });
    const api = apiOf({ url }, home.key);
    const ready = await api('GET', '/readyz');
    expect(ready.status).toBe(200);
    expect(ready.body).toMatchObject({
      status: 'degraded',
      database: 'up',
      queue: 'degraded',
      work_since: null,
    });
    expect(Date.now() - Date.parse(ready.body.queue_since)).toBeGreaterThanOrEqual(0);
    // It says when it was first seen, not when it was looked at.
    expect((await api('GET', '/readyz')).body.queue_since).toBe(ready.body.queue_since);
    const session = (await api('POST', '/v1/sessions', {})).body;
    const said = await api('POST', '/v1/messages', { session_id: session.id, text: 'hi', respond: 'async' });
    expect(said.status).toBe(202);
  });

  it('is not ready without its database, and lives on', async () => {
    const env = { DATABASE_URL: 'postgresql://nobody:x@127.0.0.1:1/none' };
    const { url } = await start(env);
    const api = apiOf({ url }, home.key);
    const ready = await api('GET', '/readyz');
    expect([ready.status, ready.body.code]).toEqual([503, 'store/unavailable']);
    expect(Number(ready.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await api('GET', '/livez')).status).toBe(200);
    const me = await api('GET', '/v1/me');
    expect([me.status, me.body.code]).toEqual([503, 'store/unavailable']);
  });
});
