import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId, uuidOf } from '#libs/model';
import { Database, RequestLog } from '#libs/store';
import { RequestRecorder } from '../../apps/gateway/src/requests/request-recorder.js';
import {
  type Api,
  apiOf,
  boot,
  type Booted,
  keyFor,
  makeWorkspace,
  type TestWorkspace,
} from '../support/boot.js';
import { memberOf } from '../support/signed-in.js';

let booted: Booted;
let home: TestWorkspace;
let api: Api;

beforeAll(async () => {
  booted = await boot({ hasWorker: false });
  home = await makeWorkspace(booted);
  api = apiOf(booted, home.key);
});
afterAll(() => booted?.close());

/** What the log holds by now, the newest first. */
async function logged(query = ''): Promise<Record<string, unknown>[]> {
  await booted.gateway.get(RequestRecorder).flush();
  return (await api('GET', `/v1/request-log${query}`)).body.data;
}

describe('the request log', () => {
  it('says who asked what, how it ended and how long it took, under the id of the answer', async () => {
    const answer = await api('GET', '/v1/channels?limit=5');
    const id = answer.headers.get('request-id');
    const [line] = await logged(`?request_id=${id}`);
    expect(line).toMatchObject({
      method: 'GET',
      path: '/v1/channels',
      status: 200,
      code: null,
      request_id: id,
    });
    expect(line!['actor']).toMatch(/^api_key:key_/);
    expect(line!['ms']).toBeGreaterThanOrEqual(0);
    expect(Math.abs(Date.parse(String(line!['at'])) - Date.now())).toBeLessThan(60_000);
  });

  it('says why something was refused, and finds what was refused', async () => {
    const weak = apiOf(booted, await keyFor(booted, home.workspaceId, ['bots:read']));
    await weak('GET', '/v1/bots');
    const wrong = await api('POST', '/v1/channels', { connector: 'nonsense', name: 'x' });
    const found = await logged('?min_status=400');
    expect(found[0]).toMatchObject({ status: wrong.status, code: wrong.body.code, method: 'POST' });
    expect(found.every(({ status }) => Number(status) >= 400)).toBe(true);
  });

  it('keeps no body, no query and no secret', async () => {
    await api('POST', '/v1/labels?token=hidden-in-the-query', { name: 'hidden-in-the-body' });
    await logged();
    const { rows } = await booted.owner.query('select to_jsonb(r)::text as row from request_log r');
    const all = rows.map(({ row }: { row: string }) => row).join();
    expect(all).toContain('/v1/labels');
    expect(all).not.toContain('hidden-in');
    expect(all).not.toContain(home.key.slice(-20));
  });

  it('notes what people change, and not what they look at', async () => {
    const ada = await memberOf(booted, home.workspaceId, 'owner', 'Ada');
    await ada('GET', '/v1/bots');
    await ada('POST', '/v1/labels', { name: 'Urgent' });
    const mine = await logged(`?actor=member:${ada.memberId}`);
    expect(mine.map(({ method, path }) => `${String(method)} ${String(path)}`)).toEqual(['POST /v1/labels']);
  });

  it('shows nothing of another workspace, and nothing to who may not read the audit log', async () => {
    const other = await makeWorkspace(booted, 'Other');
    const theirs = await apiOf(booted, other.key)('GET', '/v1/request-log');
    expect(theirs.body.data).toEqual([]);
    const viewer = apiOf(booted, await keyFor(booted, home.workspaceId, ['channels:read']));
    expect((await viewer('GET', '/v1/request-log')).status).toBe(403);
  });

  it('goes page by page without a gap', async () => {
    for (let index = 0; index < 5; index++) await api('GET', `/v1/bots?limit=${index + 1}`);
    const all = await logged('?limit=100');
    const first = (await api('GET', '/v1/request-log?limit=3')).body;
    const second = (await api('GET', `/v1/request-log?limit=3&cursor=${first.next_cursor}`)).body;
    const ids = [...first.data, ...second.data].map(({ id }: { id: string }) => id);
    expect(new Set(ids).size).toBe(6);
    expect(all.map(({ id }) => id)).toEqual(expect.arrayContaining(ids.slice(2)));
  });

  it('takes at most so many at a time: refusals before what went well', () => {
    const batches: number[] = [];
    const log = {
      write: (all: unknown[]) => Promise.resolve(void batches.push(all.length)),
    } as unknown as RequestLog;
    const recorder = new RequestRecorder(log, { fault: () => undefined } as never);
    const one = {
      workspaceId: home.workspaceId,
      at: new Date(),
      actor: 'system',
      method: 'GET',
      path: '/',
    } as const;
    const rest = { ms: 1, code: null, requestId: 'x' };
    for (let index = 0; index < 700; index++) recorder.note({ ...one, ...rest, status: 200 });
    for (let index = 0; index < 700; index++) recorder.note({ ...one, ...rest, status: 500 });
    void recorder.flush();
    expect(batches).toEqual([1_000]);
  });

  it('forgets what is old, and of each workspace what is beyond its newest', async () => {
    const log = new RequestLog(booted.gateway.get(Database));
    const { workspaceId } = await makeWorkspace(booted, 'Kept');
    const note = (at: Date) => ({
      workspaceId,
      at,
      actor: 'system' as const,
      method: 'GET',
      path: '/',
      status: 200,
      ms: 1,
      code: null,
      requestId: 'x',
    });
    const now = Date.now();
    await log.write([
      note(new Date(now - 20 * 86_400_000)),
      ...[5, 4, 3].map((ago) => note(new Date(now - ago))),
    ]);
    const count = async () =>
      Number(
        (
          await booted.owner.query('select count(*) from request_log where workspace_id = $1', [
            uuidOf(workspaceId),
          ])
        ).rows[0].count,
      );
    expect(await count()).toBe(4);
    await log.forget(new Date(now - 14 * 86_400_000), 100_000);
    expect(await count()).toBe(3);
    await log.forget(new Date(now - 14 * 86_400_000), 2);
    expect(await count()).toBe(2);
  });

  it('writes nothing of a workspace that is gone, and the rest all the same', async () => {
    const log = new RequestLog(booted.gateway.get(Database));
    const note = {
      at: new Date(),
      actor: 'system' as const,
      method: 'GET',
      path: '/gone',
      status: 200,
      ms: 1,
    };
    await log.write([
      { ...note, workspaceId: newId('workspace'), code: null, requestId: 'gone' },
      { ...note, workspaceId: home.workspaceId, code: null, requestId: 'stays' },
    ]);
    const { rows } = await booted.owner.query(`select request_id from request_log where path = '/gone'`);
    expect(rows).toEqual([{ request_id: 'stays' }]);
  });
});
