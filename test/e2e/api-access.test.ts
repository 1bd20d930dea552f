import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { uuidOf } from '#libs/model';
import { verifyAudit } from '../../apps/launcher/src/verify-audit.js';
import {
  type Api,
  apiOf,
  boot,
  type Booted,
  keyFor,
  makeWorkspace,
  type TestWorkspace,
} from '../support/boot.js';
import { until } from '../support/until.js';

let booted: Booted;
let home: TestWorkspace;
let api: Api;

beforeAll(async () => {
  booted = await boot({ hasWorker: false, env: { PARLEY_TRUST_PROXY: 'none' } });
  home = await makeWorkspace(booted, 'Home');
  api = apiOf(booted, home.key);
});
afterAll(() => booted?.close());

const statusWith = async (key: string): Promise<string> => {
  const { status, body } = await apiOf(booted, key)('GET', '/v1/me');
  return `${status} ${body.code ?? ''}`.trim();
};

describe('an API key', () => {
  it('is made, used, listed without its secret, and ends when it is revoked', async () => {
    const made = await api('POST', '/v1/api-keys', { name: 'CI', scopes: ['messages:read'] });
    expect(made.status).toBe(201);
    const { id, key } = made.body;
    expect(await statusWith(key)).toBe('200');
    const noted = await until('its use is noted', async () => {
      const { body } = await api('GET', `/v1/api-keys/${id}`);
      return body.last_used_at === null ? null : body;
    });
    expect(noted).toMatchObject({ name: 'CI', scopes: ['messages:read'], revoked_at: null });
    expect(JSON.stringify((await api('GET', '/v1/api-keys?limit=100')).body)).not.toContain(
      key.slice(40, 60),
    );
    expect((await api('DELETE', `/v1/api-keys/${id}`)).status).toBe(204);
    expect(await statusWith(key)).toBe('401 access/invalid-api-key');
  });

  it('is the same one for every repetition of a write, and its secret is stored nowhere', async () => {
    const body = { name: 'Once', scopes: ['messages:read'] };
    const once = { 'idempotency-key': 'key-1' };
    const made = await Promise.all(Array.from({ length: 8 }, () => api('POST', '/v1/api-keys', body, once)));
    expect(new Set(made.map((one) => `${one.status} ${one.body.key}`)).size).toBe(1);
    const { id, key } = made[0]!.body;
    expect(await statusWith(key)).toBe('200');
    const secret = key.split('_')[2];
    for (const table of ['api_key', 'idempotency', 'audit']) {
      const { rows } = await booted.owner.query(`select 1 from ${table} t where t::text like $1`, [
        `%${secret}%`,
      ]);
      expect(rows, table).toEqual([]);
    }
    await api('POST', `/v1/api-keys/${id}/rotate`, {});
    const late = await api('POST', '/v1/api-keys', body, once);
    expect([late.status, late.body.code]).toEqual([410, 'state/gone']);
  });

  it('is rotated without a gap: both secrets are good until the overlap is over', async () => {
    const { id, key: old } = (await api('POST', '/v1/api-keys', { name: 'R', scopes: ['messages:read'] }))
      .body;
    const once = { 'idempotency-key': 'rotate-1' };
    const rotated = await Promise.all(
      [1, 2, 3].map(() => api('POST', `/v1/api-keys/${id}/rotate`, {}, once)),
    );
    expect(new Set(rotated.map((one) => one.body.key)).size).toBe(1);
    const { key: fresh, previous_secret_until: until_ } = rotated[0]!.body;
    expect(Date.parse(until_)).toBeGreaterThan(Date.now());
    expect(fresh).not.toBe(old);
    expect([await statusWith(old), await statusWith(fresh)]).toEqual(['200', '200']);
    await booted.owner.query(
      "update api_key set previous_until = now() - interval '1 second' where id = $1",
      [uuidOf(id)],
    );
    await until(
      'the old one has ended',
      async () => (await statusWith(old)) === '401 access/invalid-api-key',
    );
    expect(await statusWith(fresh)).toBe('200');
    const { key: next } = (await api('POST', `/v1/api-keys/${id}/rotate`, { overlap_seconds: 0 })).body;
    expect([await statusWith(fresh), await statusWith(next)]).toEqual(['401 access/invalid-api-key', '200']);
  });

  it('holds only from the networks that it names', async () => {
    const body = { name: 'IP', scopes: ['messages:read'], allowed_ips: ['192.0.2.0/24'] };
    const { id, key } = (await api('POST', '/v1/api-keys', body)).body;
    expect(await statusWith(key)).toBe('403 access/ip-not-allowed');
    // Who says that they are somewhere else is not believed: no proxy is trusted here.
    const spoofed = await apiOf(booted, key)('GET', '/v1/me', undefined, { 'x-forwarded-for': '192.0.2.1' });
    expect(spoofed.body.code).toBe('access/ip-not-allowed');
    await api('PATCH', `/v1/api-keys/${id}`, { allowed_ips: ['192.0.2.0/24', '127.0.0.1', '::1'] });
    expect(await statusWith(key)).toBe('200');
    const wrong = await api('PATCH', `/v1/api-keys/${id}`, { allowed_ips: ['192.0.2.0/33'] });
    expect(wrong.status).toBe(422);
  });

  it('makes none that may do more, and gets the secret of none that does', async () => {
    const weak = apiOf(booted, await keyFor(booted, home.workspaceId, ['keys:write', 'messages:read']));
    const more = await weak('POST', '/v1/api-keys', {
      name: 'x',
      scopes: ['messages:read', 'messages:write'],
    });
    expect([more.status, more.body.code]).toEqual([403, 'access/insufficient-scope']);
    expect((await weak('POST', '/v1/api-keys', { name: 'x', scopes: ['messages:read'] })).status).toBe(201);
    const { api_key_id: strong } = (await api('GET', '/v1/me')).body;
    expect((await weak('POST', `/v1/api-keys/${strong}/rotate`, {})).status).toBe(403);
    expect((await weak('PATCH', `/v1/api-keys/${strong}`, { allowed_ips: ['192.0.2.1'] })).status).toBe(403);
  });
});

describe('the audit log', () => {
  it('tells who did what, page by page, and finds what was done to one thing', async () => {
    const { id } = (await api('POST', '/v1/api-keys', { name: 'Seen', scopes: ['messages:read'] })).body;
    await api('DELETE', `/v1/api-keys/${id}`);
    const { api_key_id: actor } = (await api('GET', '/v1/me')).body;
    const { data } = (await api('GET', `/v1/audit-logs?target=${id}&order=asc`)).body;
    expect(data).toMatchObject([
      { actor: `api_key:${actor}`, action: 'api_key.create', target: id },
      { actor: `api_key:${actor}`, action: 'api_key.revoke', target: id },
    ]);
    const seen: number[] = [];
    for (let cursor = ''; ;) {
      const page = (await api('GET', `/v1/audit-logs?limit=3&order=asc${cursor}`)).body;
      seen.push(...page.data.map(({ seq }: { seq: number }) => seq));
      if (!page.has_more) break;
      cursor = `&cursor=${page.next_cursor}`;
    }
    expect(seen).toEqual(seen.map((_, at) => at + 1));
  });

  it('is proven by a command, which names a line that was altered, cut off, or written anew', async () => {
    const { owner } = booted;
    const check = (earlier?: string) => verifyAudit(booted.databaseUrl, earlier);
    const intact = await check();
    const lines = intact.map((one) => ('lines' in one ? one.lines : 0))[0] ?? 0;
    expect(lines).toBeGreaterThan(5);
    expect(intact).toEqual([
      { workspace: home.workspaceId, lines, head: expect.stringMatching(/^[0-9a-f]{64}$/) },
    ]);
    const printed = `Some words.\n${intact.map((one) => JSON.stringify(one)).join('\n')}\n`;
    await api('POST', '/v1/contacts', {});
    expect(await check(printed)).toMatchObject([{ lines: lines + 1 }]);

    const { rows } = await owner.query<{ action: string }>('select action from audit where seq = 3');
    await owner.query("update audit set action = 'nothing.happened' where seq = 3");
    expect(await check()).toMatchObject([{ broken_at: 3, reason: 'it was altered' }]);
    await owner.query('update audit set action = $1 where seq = 3', [rows[0]?.action]);
    expect(await check(printed)).toMatchObject([{ lines: lines + 1 }]);

    const anew = printed.replace(/"head":"[0-9a-f]{64}"/, `"head":"${'0'.repeat(64)}"`);
    expect(await check(anew)).toMatchObject([
      { broken_at: lines, reason: expect.stringContaining('earlier check') },
    ]);
    await owner.query('delete from audit where seq >= $1', [lines]);
    expect(await check()).toMatchObject([{ lines: lines - 1 }]);
    expect(await check(printed)).toMatchObject([
      { broken_at: lines, reason: expect.stringContaining('missing') },
    ]);
    await expect(check('{"nonsense":1}')).rejects.toMatchObject({ code: 'input/invalid' });
  });
});
