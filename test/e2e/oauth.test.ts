import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  apiOf,
  boot,
  keyFor,
  makeWorkspace,
  type Api,
  type ApiAnswer,
  type Booted,
} from '../support/boot.js';
import { until } from '../support/until.js';

let booted: Booted;
let api: Api;
let id: string;
let secret: string;

beforeAll(async () => {
  booted = await boot({ hasWorker: false });
  const home = await makeWorkspace(booted, 'Home');
  api = apiOf(booted, home.key);
  const made = await api('POST', '/v1/oauth-clients', {
    name: 'CRM',
    scopes: ['contacts:read', 'bots:read'],
  });
  ({ id, client_secret: secret } = made.body);
});
afterAll(() => booted?.close());

/** Posts a form. */
const post = (path: string, form: Record<string, string>, headers: Record<string, string> = {}) =>
  apiOf(booted, null)('POST', path, new URLSearchParams(form).toString(), {
    'content-type': 'application/x-www-form-urlencoded',
    ...headers,
  });
const basic = (user: string, password: string) => ({
  authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
});
const grant = { grant_type: 'client_credentials' };
const tokenFor = async (form: Record<string, string> = {}): Promise<string> =>
  (await post('/oauth/token', { ...grant, ...form }, basic(id, secret))).body.access_token;
const said = ({ status, body }: ApiAnswer): string => `${status} ${body?.error ?? body?.code ?? ''}`.trim();

describe('a client', () => {
  it('gets a token for an hour, with its id and secret in the header or in the form', async () => {
    const answer = await post('/oauth/token', grant, basic(id, secret));
    expect([answer.status, answer.body]).toEqual([
      200,
      {
        access_token: expect.stringMatching(/^parley_token_[0-9a-z]{26}_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}$/),
        token_type: 'Bearer',
        expires_in: 3_600,
        scope: 'contacts:read bots:read',
      },
    ]);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(said(await post('/oauth/token', { ...grant, client_id: id, client_secret: secret }))).toBe('200');
    const { body } = await apiOf(booted, answer.body.access_token)('GET', '/v1/me');
    expect(body).toMatchObject({
      oauth_client_id: id,
      api_key_id: null,
      scopes: ['contacts:read', 'bots:read'],
    });
    expect((await api('GET', `/v1/oauth-clients/${id}`)).body.last_used_at).not.toBeNull();
  });

  it('gets fewer scopes when it asks for fewer, and never more than it has', async () => {
    const token = apiOf(booted, await tokenFor({ scope: 'bots:read' }));
    expect(said(await token('GET', '/v1/bots'))).toBe('200');
    expect(said(await token('GET', '/v1/contacts'))).toBe('403 access/insufficient-scope');
    expect(
      said(await post('/oauth/token', { ...grant, scope: 'bots:read keys:write' }, basic(id, secret))),
    ).toBe('400 invalid_scope');
  });

  it('is told what is wrong in the words of the RFC', async () => {
    const answers: [ApiAnswer, string][] = [
      [await post('/oauth/token', {}, basic(id, secret)), '400 invalid_request'],
      [
        await post('/oauth/token', { grant_type: 'password' }, basic(id, secret)),
        '400 unsupported_grant_type',
      ],
      [await post('/oauth/token', grant), '401 invalid_client'],
      [await post('/oauth/token', grant, basic(id, `${secret}x`)), '401 invalid_client'],
      [await post('/oauth/token', grant, basic('client_nobody', secret)), '401 invalid_client'],
      [
        await post('/oauth/token', { ...grant, client_secret: secret }, basic(id, secret)),
        '401 invalid_client',
      ],
      [await apiOf(booted, null)('POST', '/oauth/token', grant), '400 invalid_request'],
      [await post('/oauth/revoke', {}, basic(id, secret)), '400 invalid_request'],
      [await post('/oauth/revoke', { token: 'x' }), '401 invalid_client'],
    ];
    for (const [answer, expected] of answers) {
      expect(said(answer)).toBe(expected);
      expect(answer.body.error_description).toMatch(/\.$/);
    }
    expect(answers[2]?.[0].headers.get('www-authenticate')).toMatch(/^Basic /);
    const twice = await apiOf(booted, null)('POST', '/oauth/token', 'grant_type=a&grant_type=b', {
      'content-type': 'application/x-www-form-urlencoded',
    });
    expect(said(twice)).toBe('400 invalid_request');
  });

  it('ends a token, and no token of another client', async () => {
    const other = (await api('POST', '/v1/oauth-clients', { name: 'Other', scopes: ['bots:read'] })).body;
    const token = await tokenFor();
    const works = async () => said(await apiOf(booted, token)('GET', '/v1/bots'));
    expect(said(await post('/oauth/revoke', { token }, basic(other.id, other.client_secret)))).toBe('200');
    expect(await works()).toBe('200');
    expect(said(await post('/oauth/revoke', { token }, basic(id, secret)))).toBe('200');
    expect(await works()).toBe('401 access/invalid-api-key');
    expect(said(await post('/oauth/revoke', { token }, basic(id, secret)))).toBe('200');
    expect(said(await post('/oauth/revoke', { token: 'nonsense' }, basic(id, secret)))).toBe('200');
  });

  it('says what a token is good for, to the client that it is of', async () => {
    const other = (await api('POST', '/v1/oauth-clients', { name: 'Curious', scopes: ['bots:read'] })).body;
    const token = await tokenFor();
    const told = await post('/oauth/introspect', { token }, basic(id, secret));
    expect(told.body).toMatchObject({ active: true, client_id: id, token_type: 'Bearer' });
    expect(told.body.scope.split(' ')).toContain('bots:read');
    expect(Math.abs(told.body.exp - Date.now() / 1_000 - 3_600)).toBeLessThan(120);
    expect(told.headers.get('cache-control')).toBe('no-store');
    const nothing = { active: false };
    const theirs = await post('/oauth/introspect', { token }, basic(other.id, other.client_secret));
    expect([theirs.status, theirs.body]).toEqual([200, nothing]);
    expect((await post('/oauth/introspect', { token: 'nonsense' }, basic(id, secret))).body).toEqual(nothing);
    await post('/oauth/revoke', { token }, basic(id, secret));
    expect((await post('/oauth/introspect', { token }, basic(id, secret))).body).toEqual(nothing);
    expect(said(await post('/oauth/introspect', { token }))).toBe('401 invalid_client');
    expect(said(await post('/oauth/introspect', {}, basic(id, secret)))).toBe('400 invalid_request');
  });

  it('has tokens that are over after their time, and are stored nowhere', async () => {
    const token = await tokenFor();
    const [, , , letters = ''] = token.split('_');
    for (const table of ['oauth_client', 'oauth_token', 'audit', 'idempotency']) {
      for (const hidden of [letters, secret.split('_')[3]]) {
        const { rows } = await booted.owner.query(`select 1 from ${table} t where t::text like $1`, [
          `%${hidden}%`,
        ]);
        expect(rows, table).toEqual([]);
      }
    }
    await booted.owner.query('update oauth_token set expires_at = now()');
    expect(said(await apiOf(booted, token)('GET', '/v1/bots'))).toBe('401 access/token-expired');
  });

  it('is made once by a repeated write, rotated without a gap, and removed with its tokens', async () => {
    const once = { 'idempotency-key': 'client-1' };
    const body = { name: 'Once', scopes: ['bots:read'] };
    const made = await Promise.all([1, 2, 3].map(() => api('POST', '/v1/oauth-clients', body, once)));
    expect(new Set(made.map((one) => one.body.client_secret)).size).toBe(1);
    const { id: own, client_secret: first } = made[0]!.body;
    const rotated = (await api('POST', `/v1/oauth-clients/${own}/rotate`, {})).body;
    for (const held of [first, rotated.client_secret]) {
      expect(said(await post('/oauth/token', grant, basic(own, held)))).toBe('200');
    }
    const next = (await api('POST', `/v1/oauth-clients/${own}/rotate`, { overlap_seconds: 0 })).body;
    expect(said(await post('/oauth/token', grant, basic(own, first)))).toBe('401 invalid_client');
    const { access_token: token } = (await post('/oauth/token', grant, basic(own, next.client_secret))).body;
    expect(said(await apiOf(booted, token)('GET', '/v1/bots'))).toBe('200');
    expect(said(await api('DELETE', `/v1/oauth-clients/${own}`))).toBe('204');
    expect(said(await post('/oauth/token', grant, basic(own, next.client_secret)))).toBe(
      '401 invalid_client',
    );
    await until('its tokens are over', async () =>
      said(await apiOf(booted, token)('GET', '/v1/bots')).startsWith('401'),
    );
  });

  it('is made by nobody who has less, and stands in the audit log with what it does', async () => {
    const { workspace_id: workspaceId } = (await api('GET', '/v1/me')).body;
    const weak = apiOf(booted, await keyFor(booted, workspaceId, ['keys:write', 'bots:read']));
    const more = await weak('POST', '/v1/oauth-clients', { name: 'x', scopes: ['bots:write'] });
    expect(said(more)).toBe('403 access/insufficient-scope');
    expect(said(await weak('POST', `/v1/oauth-clients/${id}/rotate`, {}))).toBe(
      '403 access/insufficient-scope',
    );
    const writer = (await api('POST', '/v1/oauth-clients', { name: 'W', scopes: ['contacts:write'] })).body;
    const { access_token: token } = (
      await post('/oauth/token', grant, basic(writer.id, writer.client_secret))
    ).body;
    const { id: contact } = (await apiOf(booted, token)('POST', '/v1/contacts', {})).body;
    expect((await api('GET', `/v1/audit-logs?target=${contact}`)).body.data).toMatchObject([
      { actor: `oauth_client:${writer.id}`, action: 'contact.create' },
    ]);
  });
});
