import { base32 } from '@better-auth/utils/base32';
import { createOTP } from '@better-auth/utils/otp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hashToken, newToken } from '#libs/access';
import { newId, type WorkspaceId } from '#libs/model';
import { AuditLog, Logins, SetUps } from '#libs/store';
import { resetLogin } from '../../apps/launcher/src/reset-login.js';
import { apiOf, boot, makeWorkspace, type Booted, type TestWorkspace } from '../support/boot.js';
import { type Browser, browserOf } from '../support/signed-in.js';

let booted: Booted;
let home: TestWorkspace;
let workspaceId: WorkspaceId;
/** The owner, signed in. */
let ada: Browser;
const credentials = { email: 'ada@example.com', password: 'correct horse battery' };

beforeAll(async () => {
  booted = await boot({ hasWorker: false });
  home = await makeWorkspace(booted, 'Home');
  ({ workspaceId } = home);
});
afterAll(() => booted?.close());

const said = ({ status, body }: { status: number; body: { code?: string } }): string =>
  `${status} ${body?.code ?? ''}`.trim();
const signIn = async (password = credentials.password): Promise<Browser> => {
  const browser = browserOf(booted, workspaceId);
  await browser('POST', '/v1/auth/sign-in', { ...credentials, password });
  return browser;
};

describe('a fresh installation', () => {
  it('waits for whoever holds the link of its first start, and takes them once', async () => {
    ada = browserOf(booted, workspaceId);
    expect((await ada('GET', '/v1/auth/set-up')).body).toEqual({ is_needed: false });
    const token = newToken();
    await booted.gateway.get(SetUps).await(workspaceId, token.hash);
    expect((await ada('GET', '/v1/auth/set-up')).body).toEqual({ is_needed: true });
    const owner = { workspace_name: 'Lovelace', name: 'Ada', ...credentials };
    const wrong = await ada('POST', '/v1/auth/set-up', { ...owner, token: newToken().text });
    expect(said(wrong)).toBe('403 access/invalid-link');
    const short = await ada('POST', '/v1/auth/set-up', { ...owner, token: token.text, password: 'short' });
    expect(said(short)).toBe('422 input/invalid');
    const tries = await Promise.all(
      [1, 2].map(() => browserOf(booted)('POST', '/v1/auth/set-up', { ...owner, token: token.text })),
    );
    expect(tries.map(said).sort()).toEqual(['200', expect.stringMatching(/^40[39] /)]);
    expect((await ada('GET', '/v1/auth/set-up')).body).toEqual({ is_needed: false });
    ada = await signIn();
    const { body } = await ada('GET', '/v1/auth/session');
    expect(body).toMatchObject({
      member: { email: credentials.email, name: 'Ada', has_second_factor: false },
      workspaces: [{ id: workspaceId, name: 'Lovelace', role: 'owner' }],
    });
  });
});

describe('a session', () => {
  it('is a cookie that pages cannot read, of which only a hash is stored', async () => {
    const browser = browserOf(booted);
    const { status, body, headers } = await browser('POST', '/v1/auth/sign-in', credentials);
    expect([status, body]).toEqual([200, { status: 'signed-in' }]);
    const cookie = headers.getSetCookie()[0] ?? '';
    expect(cookie).toMatch(/^parley_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=2592000$/);
    expect(headers.get('cache-control')).toBe('no-store');
    const secure = await browser('POST', '/v1/auth/sign-in', credentials, { 'x-forwarded-proto': 'https' });
    expect(secure.headers.getSetCookie()[0]).toMatch(/; Secure$/);
    const token = cookie.slice('parley_session='.length, 58);
    const { rows } = await booted.owner.query('select * from login_session where token_hash = $1', [
      Buffer.from(hashToken(token)),
    ]);
    expect(rows).toHaveLength(1);
    for (const table of ['login', 'login_session', 'audit', 'member', 'allowance']) {
      const found = await booted.owner.query(`select 1 from ${table} t where t::text like $1`, [
        `%${token}%`,
      ]);
      expect(found.rows, table).toEqual([]);
    }
    expect(booted.log.join('')).not.toContain(token);
  });

  it('opens the API only together with the workspace, and only one that the person belongs to', async () => {
    expect(said(await ada('GET', '/v1/bots'))).toBe('200');
    expect((await ada('GET', '/v1/me')).body).toMatchObject({
      workspace_id: workspaceId,
      api_key_id: null,
      member_id: expect.stringMatching(/^mem_/),
    });
    const other = await makeWorkspace(booted, 'Other');
    const asked: Record<string, string>[] = [
      { 'parley-workspace': other.workspaceId },
      { 'parley-workspace': newId('workspace') },
      { 'parley-workspace': 'nonsense' },
    ];
    const answers = [];
    for (const headers of asked) answers.push(await ada('GET', '/v1/bots', undefined, headers));
    expect(answers.map(said)).toEqual(asked.map(() => '403 access/not-a-member'));
    expect(new Set(answers.map(({ body }) => body.detail)).size).toBe(1);
    ada.workspaceId = null;
    expect(said(await ada('GET', '/v1/bots'))).toBe('401 access/missing-credentials');
    ada.workspaceId = workspaceId;
  });

  it('is of no use to pages of other sites', async () => {
    const write = (headers: Record<string, string>) => ada('POST', '/v1/contacts', {}, headers);
    const evil = 'https://evil.example';
    expect(said(await write({ origin: evil }))).toBe('403 access/cross-site');
    expect(said(await write({ 'sec-fetch-site': 'cross-site' }))).toBe('403 access/cross-site');
    expect(said(await write({ 'sec-fetch-site': 'same-site' }))).toBe('403 access/cross-site');
    expect(said(await write({ 'sec-fetch-site': 'same-origin', origin: booted.url }))).toBe('201');
    expect(said(await write({ origin: booted.url }))).toBe('201');
    for (const path of ['sign-in', 'set-up', 'accept-invitation', 'second-factor', 'sign-out']) {
      const answer = await ada('POST', `/v1/auth/${path}`, {}, { origin: evil });
      expect(said(answer), path).toBe('403 access/cross-site');
    }
    const preflight = await ada('OPTIONS', '/v1/contacts', undefined, {
      origin: evil,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'parley-workspace',
    });
    expect(preflight.headers.get('access-control-allow-origin')).toBeNull();
    expect(preflight.headers.get('access-control-allow-credentials')).toBeNull();
  });

  it('ends when it is signed out, when the password changes, and when nobody uses it', async () => {
    const [one, two] = [await signIn(), await signIn()];
    const held = one.cookie;
    expect(said(await one('POST', '/v1/auth/sign-out'))).toBe('204');
    expect(one.cookie).toBe('');
    one.cookie = held;
    expect(said(await one('GET', '/v1/bots'))).toBe('401 access/invalid-session');
    expect(said(await two('GET', '/v1/bots'))).toBe('200');
    const changed = { current: credentials.password, new: 'another horse battery' };
    expect(said(await ada('PUT', '/v1/auth/password', { ...changed, current: 'wrong' }))).toBe(
      '401 access/wrong-credentials',
    );
    expect(said(await ada('PUT', '/v1/auth/password', changed))).toBe('204');
    expect(said(await two('GET', '/v1/auth/session'))).toBe('401 access/invalid-session');
    expect(said(await ada('GET', '/v1/bots'))).toBe('200');
    expect(said(await browserOf(booted)('POST', '/v1/auth/sign-in', credentials))).toBe(
      '401 access/wrong-credentials',
    );
    credentials.password = changed.new;
    const idle = await signIn();
    const hash = Buffer.from(hashToken(idle.cookie.split('=')[1] ?? ''));
    await booted.owner.query('update login_session set expires_at = now() where token_hash = $1', [hash]);
    expect(said(await idle('GET', '/v1/bots'))).toBe('401 access/invalid-session');
  });

  it('lives on by being used', async () => {
    const browser = await signIn();
    const hash = Buffer.from(hashToken(browser.cookie.split('=')[1] ?? ''));
    const aged = `update login_session set seen_at = now() - interval '1 hour', expires_at = now() + interval '1 hour'
      where token_hash = $1`;
    await booted.owner.query(aged, [hash]);
    await browser('GET', '/v1/bots');
    const { rows } = await booted.owner.query<{ days: number }>(
      'select extract(day from expires_at - now())::int as days from login_session where token_hash = $1',
      [hash],
    );
    expect(rows[0]?.days).toBe(29);
  });

  it('is listed, and each can be ended from another', async () => {
    const lost = await signIn();
    const { data } = (await lost('GET', '/v1/auth/sessions')).body;
    const own = data.find((one: { is_current: boolean }) => one.is_current);
    expect(own).toMatchObject({ ip: '127.0.0.1', user_agent: 'node' });
    expect(said(await ada('DELETE', `/v1/auth/sessions/${own.id}`))).toBe('204');
    expect(said(await lost('GET', '/v1/auth/session'))).toBe('401 access/invalid-session');
    expect(said(await ada('DELETE', `/v1/auth/sessions/${own.id}`))).toBe('404 state/not-found');
  });

  it('is not opened by an API key, and a key is not opened by a cookie', async () => {
    const byKey = apiOf(booted, home.key);
    expect(said(await byKey('GET', '/v1/auth/session'))).toBe('401 access/invalid-api-key');
    const both = await ada('GET', '/v1/me', undefined, { authorization: 'Bearer nonsense' });
    expect(said(both)).toBe('401 access/invalid-api-key');
  });
});

describe('guessing', () => {
  it('learns nothing from an unknown address, and is slowed down with the time to wait', async () => {
    const browser = browserOf(booted);
    const guess = (email: string) => browser('POST', '/v1/auth/sign-in', { email, password: 'guessed' });
    const unknown = await guess('nobody@example.com');
    const wrong = await guess('guessed@example.com');
    expect([said(unknown), unknown.body.detail]).toEqual([said(wrong), wrong.body.detail]);
    const answers = [];
    for (let i = 0; i < 12; i++) answers.push(await guess('Guessed@Example.com'));
    expect(answers.map(said).slice(0, 9)).toEqual(Array(9).fill('401 access/wrong-credentials'));
    const slow = answers.at(-1)!;
    expect(said(slow)).toBe('429 state/rate-limited');
    expect(Number(slow.headers.get('retry-after'))).toBeGreaterThan(0);
    // The right password waits as well; other people do not.
    expect(said(await guess('other@example.com'))).toBe('401 access/wrong-credentials');
    const { rows } = await booted.owner.query('select key from allowance');
    expect(JSON.stringify(rows)).not.toContain('example.com');
  });
});

describe('a second factor', () => {
  let secret: string;
  let recovery: string[];
  const codeAt = (offset = 0) => createOTP(secret).hotp(Math.floor(Date.now() / 30_000) + offset);

  it('counts from the first code of the app on, and is kept sealed', async () => {
    const begun = (await ada('POST', '/v1/auth/totp')).body;
    expect(begun.otpauth_uri).toContain(`secret=${begun.secret}`);
    expect(begun.otpauth_uri).toMatch(/^otpauth:\/\/totp\/Parley:ada%40example\.com\?/);
    secret = Buffer.from(base32.decode(begun.secret)).toString();
    expect((await ada('GET', '/v1/auth/session')).body.member.has_second_factor).toBe(false);
    expect(said(await ada('POST', '/v1/auth/totp/confirm', { code: '000000' }))).toBe(
      '401 access/wrong-code',
    );
    const confirmed = await ada('POST', '/v1/auth/totp/confirm', { code: await codeAt() });
    expect(confirmed.status).toBe(200);
    recovery = confirmed.body.recovery_codes;
    expect(recovery).toHaveLength(10);
    expect((await ada('GET', '/v1/auth/session')).body.member.has_second_factor).toBe(true);
    expect(said(await ada('POST', '/v1/auth/totp'))).toBe('409 state/conflict');
    const { rows } = await booted.owner.query('select l::text as row from login l');
    expect(JSON.stringify(rows)).not.toContain(secret);
  });

  it('stands between the password and everything else', async () => {
    const browser = await signIn();
    const answer = await browser('POST', '/v1/auth/sign-in', credentials);
    expect(answer.body).toEqual({ status: 'second-factor', methods: ['totp', 'recovery-code'] });
    for (const path of ['/v1/bots', '/v1/auth/session', '/v1/auth/sessions']) {
      expect(said(await browser('GET', path)), path).toBe('401 access/second-factor-needed');
    }
    const before = browser.cookie;
    const code = await codeAt(1);
    expect(said(await browser('POST', '/v1/auth/second-factor', { code }))).toBe('200');
    expect(browser.cookie).not.toBe(before);
    expect(said(await browser('GET', '/v1/bots'))).toBe('200');
    expect(said(await browser('POST', '/v1/auth/second-factor', { code }))).toBe('409 state/conflict');
    // The token of before opens nothing, and a code that somebody saw is spent.
    browser.cookie = before;
    expect(said(await browser('GET', '/v1/bots'))).toBe('401 access/invalid-session');
    const thief = await signIn();
    expect(said(await thief('POST', '/v1/auth/second-factor', { code }))).toBe('401 access/wrong-code');
  });

  it('has recovery codes that open once each, and goes with the password only', async () => {
    const code = recovery[0]!.toUpperCase().replaceAll('-', ' ');
    const tries = await Promise.all(
      [1, 2].map(async () => (await signIn())('POST', '/v1/auth/second-factor', { code })),
    );
    expect(tries.map(said).sort()).toEqual(['200', '401 access/wrong-code']);
    expect(said(await ada('DELETE', '/v1/auth/totp', { password: 'wrong' }))).toBe(
      '401 access/wrong-credentials',
    );
    const { password } = credentials;
    expect(said(await ada('DELETE', '/v1/auth/totp', { password }))).toBe('204');
    expect((await (await signIn())('GET', '/v1/auth/session')).body.member.has_second_factor).toBe(false);
  });

  it('is not guessed: after ten wrong codes there is a wait', async () => {
    const begun = (await ada('POST', '/v1/auth/totp')).body;
    secret = Buffer.from(base32.decode(begun.secret)).toString();
    const answers = [];
    for (let i = 0; i < 11; i++) answers.push(await ada('POST', '/v1/auth/totp/confirm', { code: '000000' }));
    expect(said(answers.at(-1)!)).toBe('429 state/rate-limited');
    expect(said(await ada('POST', '/v1/auth/totp/confirm', { code: await codeAt() }))).toBe(
      '429 state/rate-limited',
    );
  });
});

describe('a person who has lost everything', () => {
  it('gets a new password from whoever runs the installation, and every session ends', async () => {
    const { hasSecondFactor } = (await booted.gateway.get(Logins).findByEmail(credentials.email))!;
    expect(hasSecondFactor).toBe(false);
    const session = await signIn();
    credentials.password = await resetLogin(booted.databaseUrl, 'ADA@example.com');
    expect(said(await session('GET', '/v1/auth/session'))).toBe('401 access/invalid-session');
    ada = await signIn();
    expect(said(await ada('GET', '/v1/auth/session'))).toBe('200');
    await expect(resetLogin(booted.databaseUrl, 'nobody@example.com')).rejects.toMatchObject({
      code: 'state/not-found',
    });
  });
});

describe('the version of the API', () => {
  it('is said by every answer, and one that never was is refused', async () => {
    const fine = await ada('GET', '/v1/bots', undefined, { 'parley-version': '2026-11-21' });
    expect([said(fine), fine.headers.get('parley-version')]).toEqual(['200', '2026-11-21']);
    expect((await ada('GET', '/v1/bots')).headers.get('parley-version')).toBe('2026-11-21');
    const never = await ada('GET', '/v1/bots', undefined, { 'parley-version': '2020-01-01' });
    expect(said(never)).toBe('400 input/unsupported-version');
    expect(never.body.detail).toContain('2026-11-21');
  });
});

describe('the audit log', () => {
  it('tells who came and went, and what they changed of their login', async () => {
    const { data } = await booted.gateway.get(AuditLog).list(workspaceId, { limit: 100, order: 'asc' });
    const mine = data.filter(({ actor }) => actor.startsWith('member:'));
    for (const action of [
      'workspace.claim',
      'member.create',
      'member.sign-in',
      'member.sign-out',
      'member.change-password',
      'member.add-second-factor',
      'member.use-recovery-code',
      'member.remove-second-factor',
    ]) {
      expect(mine.map((line) => line.action)).toContain(action);
    }
  });
});
