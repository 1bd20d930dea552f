import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AuditLog } from '#libs/store';
import { verifyAudit } from '../../apps/launcher/src/verify-audit.js';
import {
  apiOf,
  boot,
  keyFor,
  makeWorkspace,
  type Api,
  type Booted,
  type TestWorkspace,
} from '../support/boot.js';
import { type Browser, browserOf, memberOf } from '../support/signed-in.js';

let booted: Booted;
let home: TestWorkspace;
let api: Api;
let owner: Browser;
let admin: Browser;

beforeAll(async () => {
  booted = await boot({ hasWorker: false });
  home = await makeWorkspace(booted, 'Home');
  api = apiOf(booted, home.key);
  owner = await memberOf(booted, home.workspaceId, 'owner', 'olga');
  admin = await memberOf(booted, home.workspaceId, 'admin', 'adam');
});
afterAll(() => booted?.close());

const said = ({ status, body }: { status: number; body: { code?: string } }): string =>
  `${status} ${body?.code ?? ''}`.trim();
const idOf = async (browser: Browser): Promise<string> =>
  (await browser('GET', '/v1/auth/session')).body.member.id;
const password = 'correct horse battery';

describe('a member', () => {
  it('does what the role says, and is told which permission is missing', async () => {
    const viewer = await memberOf(booted, home.workspaceId, 'viewer', 'vera');
    expect(said(await viewer('GET', '/v1/bots'))).toBe('200');
    const refused = await viewer('POST', '/v1/contacts', {});
    expect(said(refused)).toBe('403 access/insufficient-scope');
    expect(refused.body.detail).toContain('contacts:write');
    const custom = await memberOf(booted, home.workspaceId, 'custom', 'cora', ['contacts:write']);
    expect(said(await custom('POST', '/v1/contacts', {}))).toBe('201');
    expect(said(await custom('GET', '/v1/contacts'))).toBe('403 access/insufficient-scope');
  });

  it('stands in the audit log with what they do', async () => {
    const id = await idOf(admin);
    const { id: contact } = (await admin('POST', '/v1/contacts', {})).body;
    const { data } = (await api('GET', `/v1/audit-logs?target=${contact}`)).body;
    expect(data).toMatchObject([{ actor: `member:${id}`, action: 'contact.create' }]);
  });

  it('has idempotency keys of their own', async () => {
    const write = (browser: Browser) => browser('POST', '/v1/contacts', {}, { 'idempotency-key': 'same' });
    const [one, again, other] = [await write(admin), await write(admin), await write(owner)];
    expect(again.body.id).toBe(one.body.id);
    expect(other.body.id).not.toBe(one.body.id);
  });

  it('gets another role, and is signed out by it', async () => {
    const bob = await memberOf(booted, home.workspaceId, 'viewer', 'bob');
    const id = await idOf(bob);
    const changed = await admin('PATCH', `/v1/members/${id}`, { role: 'operator' });
    expect(changed.body).toMatchObject({ id, role: 'operator', email: 'bob@example.com' });
    expect(changed.body.permissions).toContain('messages:write');
    expect(said(await bob('GET', '/v1/bots'))).toBe('401 access/invalid-session');
    await bob('POST', '/v1/auth/sign-in', { email: 'bob@example.com', password });
    expect(said(await bob('POST', '/v1/contacts', {}))).toBe('201');
    expect(said(await admin('POST', `/v1/members/${id}/sign-out`))).toBe('204');
    expect(said(await bob('GET', '/v1/bots'))).toBe('401 access/invalid-session');
    expect(said(await admin('DELETE', `/v1/members/${id}`))).toBe('204');
    const back = await bob('POST', '/v1/auth/sign-in', { email: 'bob@example.com', password });
    expect(said(back)).toBe('401 access/wrong-credentials');
    const { rows } = await booted.owner.query("select 1 from login where email = 'bob@example.com'");
    expect(rows).toEqual([]);
  });

  it('gives nobody more than they have', async () => {
    const scopes = ['members:write', 'members:read', 'bots:read'] as const;
    const chief = await memberOf(booted, home.workspaceId, 'custom', 'carl', scopes);
    const adamId = await idOf(admin);
    const give = (role: string, permissions?: string[]) =>
      chief('POST', '/v1/invitations', {
        email: `${role}@example.com`,
        role,
        ...(permissions && { permissions }),
      });
    expect(said(await give('custom', ['bots:read']))).toBe('201');
    for (const role of ['owner', 'admin', 'operator', 'viewer']) {
      expect(said(await give(role)), role).toBe('403 access/insufficient-scope');
    }
    expect(said(await give('custom', ['bots:write']))).toBe('403 access/insufficient-scope');
    expect(said(await give('custom'))).toBe('422 input/invalid');
    expect(said(await give('operator', ['bots:read']))).toBe('422 input/invalid');
    const own = await idOf(chief);
    for (const id of [own, adamId]) {
      expect(said(await chief('PATCH', `/v1/members/${id}`, { role: 'admin' }))).toBe(
        '403 access/insufficient-scope',
      );
    }
    expect(said(await chief('DELETE', `/v1/members/${adamId}`))).toBe('403 access/insufficient-scope');
    expect(said(await chief('POST', `/v1/members/${adamId}/sign-out`))).toBe('403 access/insufficient-scope');
    // Nor does a key that may manage members, or an admin, make an owner.
    const invite = { email: 'new@example.com', role: 'owner' };
    expect(said(await api('POST', '/v1/invitations', invite))).toBe('403 access/insufficient-scope');
    expect(said(await admin('POST', '/v1/invitations', invite))).toBe('403 access/insufficient-scope');
    const weak = apiOf(booted, await keyFor(booted, home.workspaceId, ['members:write']));
    expect(said(await weak('POST', '/v1/invitations', { ...invite, role: 'admin' }))).toBe(
      '403 access/insufficient-scope',
    );
  });

  it('is not the last owner that a workspace loses, also when two leave at once', async () => {
    const second = await memberOf(booted, home.workspaceId, 'owner', 'otto');
    const [one, two] = [await idOf(owner), await idOf(second)];
    expect(said(await admin('DELETE', `/v1/members/${two}`))).toBe('403 access/insufficient-scope');
    const leave = await Promise.all([
      owner('DELETE', `/v1/members/${two}`),
      second('PATCH', `/v1/members/${one}`, { role: 'viewer' }),
    ]);
    const answers = leave.map(said);
    expect(answers.filter((answer) => answer === '204' || answer === '200')).toHaveLength(1);
    const { rows } = await booted.owner.query<{ email: string }>(
      "select email from member where role = 'owner'",
    );
    expect(rows).toHaveLength(1);
    const [name = ''] = rows[0]!.email.split('@');
    await owner('POST', '/v1/auth/sign-in', { email: `${name}@example.com`, password });
    const own = await idOf(owner);
    expect(said(await owner('DELETE', `/v1/members/${own}`))).toBe('409 state/conflict');
    expect(said(await owner('PATCH', `/v1/members/${own}`, { role: 'admin' }))).toBe('409 state/conflict');
  });

  it('is made with a first password, unless there is a login with that address', async () => {
    const dora = { email: 'Dora@Example.com', name: 'Dora', password: 'first password', role: 'viewer' };
    const once = { 'idempotency-key': 'dora' };
    const made = await Promise.all([1, 2, 3].map(() => admin('POST', '/v1/members', dora, once)));
    expect(new Set(made.map(({ status, body }) => `${status} ${body.id}`)).size).toBe(1);
    expect(said(await admin('POST', '/v1/members', dora))).toBe('409 state/already-exists');
    const browser = browserOf(booted, home.workspaceId);
    await browser('POST', '/v1/auth/sign-in', { email: 'dora@example.com', password: dora.password });
    expect(said(await browser('GET', '/v1/bots'))).toBe('200');
  });
});

describe('an invitation', () => {
  const invite = async (email: string, role = 'operator') => {
    const { body } = await admin('POST', '/v1/invitations', { email, role });
    return { id: body.id as string, token: String(body.link).split('#token=')[1] ?? '' };
  };
  const accept = (token: string, secret = password) =>
    browserOf(booted, home.workspaceId)('POST', '/v1/auth/accept-invitation', {
      token,
      name: 'Eve',
      password: secret,
    });

  it('lets whoever holds its link in, once, with a password of their own', async () => {
    const { id, token } = await invite('eve@example.com');
    expect((await admin('GET', '/v1/invitations?limit=100')).body.data).toContainEqual(
      expect.objectContaining({ id, email: 'eve@example.com', role: 'operator' }),
    );
    expect(said(await accept(token, 'short'))).toBe('422 input/invalid');
    const tries = await Promise.all([accept(token), accept(token)]);
    const [first, second] = tries.map(({ status }) => status).sort((a, b) => a - b);
    expect(first).toBe(200);
    expect([403, 409, 410]).toContain(second);
    expect(said(await accept(token))).toBe('403 access/invalid-link');
    const eve = browserOf(booted, home.workspaceId);
    await eve('POST', '/v1/auth/sign-in', { email: 'eve@example.com', password });
    expect((await eve('GET', '/v1/auth/session')).body.workspaces).toMatchObject([{ role: 'operator' }]);
    const again = await admin('POST', '/v1/invitations', { email: 'EVE@example.com', role: 'viewer' });
    expect(said(again)).toBe('409 state/already-exists');
  });

  it('is the same for every repetition of a write, and its link is stored nowhere', async () => {
    const body = { email: 'once@example.com', role: 'viewer' };
    const once = { 'idempotency-key': 'invite-once' };
    const made = await Promise.all([1, 2, 3].map(() => admin('POST', '/v1/invitations', body, once)));
    expect(new Set(made.map((one) => one.body.link)).size).toBe(1);
    const token = made[0]!.body.link.split('#token=')[1];
    for (const table of ['invitation', 'idempotency', 'audit']) {
      const { rows } = await booted.owner.query(`select 1 from ${table} t where t::text like $1`, [
        `%${token}%`,
      ]);
      expect(rows, table).toEqual([]);
    }
  });

  it('ends when it is taken back, replaced, or a week old', async () => {
    const { id, token } = await invite('fay@example.com');
    expect(said(await admin('DELETE', `/v1/invitations/${id}`))).toBe('204');
    const { token: old } = await invite('gus@example.com');
    const { token: fresh } = await invite('gus@example.com');
    const { token: late } = await invite('hal@example.com');
    await booted.owner.query("update invitation set expires_at = now() where email = 'hal@example.com'");
    for (const dead of [token, old, late]) expect(said(await accept(dead))).toBe('403 access/invalid-link');
    expect(said(await accept(fresh))).toBe('200');
  });

  it('adds a workspace to a login that there is, for its password only', async () => {
    const abroad = await makeWorkspace(booted, 'Abroad');
    const ida = await memberOf(booted, abroad.workspaceId, 'owner', 'ida');
    const { token } = await invite('ida@example.com');
    expect(said(await accept(token, 'another password'))).toBe('401 access/wrong-credentials');
    expect(said(await accept(token))).toBe('200');
    const { workspaces, member } = (await ida('GET', '/v1/auth/session')).body;
    expect(workspaces.map((one: { role: string }) => one.role).sort()).toEqual(['operator', 'owner']);
    expect(said(await ida('GET', '/v1/api-keys', undefined, { 'parley-workspace': home.workspaceId }))).toBe(
      '403 access/insufficient-scope',
    );
    expect(said(await ida('GET', '/v1/api-keys'))).toBe('200');
    // Leaving one workspace leaves the other.
    expect(said(await admin('DELETE', `/v1/members/${member.id}`))).toBe('204');
    await ida('POST', '/v1/auth/sign-in', { email: 'ida@example.com', password });
    expect((await ida('GET', '/v1/auth/session')).body.workspaces).toHaveLength(1);
  });
});

describe('the audit log', () => {
  it('has a line for every read of what people said, by whom and of what', async () => {
    const session = (await api('POST', '/v1/sessions', {})).body;
    const at = `/v1/conversations/${session.conversation_id}`;
    const { data } = (await admin('GET', `${at}/messages`)).body;
    const read = [
      `${at}/messages?limit=1`,
      `/v1/messages/${data[0].id}`,
      `/v1/messages/${data[0].id}/timeline`,
      '/v1/events',
    ];
    for (const path of read) expect(said(await admin('GET', path)), path).toBe('200');
    for (const path of [`${at}/stream`, '/v1/stream']) {
      const aborted = new AbortController();
      const headers = { cookie: admin.cookie, 'parley-workspace': home.workspaceId };
      await fetch(`${booted.url}${path}`, { headers, signal: aborted.signal });
      aborted.abort();
    }
    const actor = `member:${await idOf(admin)}`;
    const lines = (
      await booted.gateway.get(AuditLog).list(home.workspaceId, { limit: 100, order: 'desc' }, { actor })
    ).data
      .filter(({ action }) => action.endsWith('.read'))
      .map(({ action, target }) => `${action} ${target}`)
      .toReversed();
    const conversation = `conversation.read ${session.conversation_id}`;
    const message = `message.read ${data[0].id}`;
    const events = `event.read ${home.workspaceId}`;
    expect(lines).toEqual([conversation, conversation, message, message, events, conversation, events]);
    // A read that fails shows nothing, and a list of conversations holds none of their words.
    await admin('GET', '/v1/conversations');
    expect(said(await admin('GET', `/v1/messages/${session.id.replace('sess', 'msg')}`))).toBe(
      '404 state/not-found',
    );
    expect((await admin('GET', `/v1/audit-logs?actor=${actor}&action=message.read`)).body.data).toHaveLength(
      2,
    );
  });

  it('tells of members and invitations what was done to them, and the chain holds', async () => {
    const { data } = await booted.gateway.get(AuditLog).list(home.workspaceId, { limit: 100, order: 'desc' });
    const actions = new Set(data.map(({ action }) => action));
    const told = ['member.create', 'member.update', 'member.remove', 'member.join', 'member.end-sessions'];
    for (const action of [...told, 'invitation.create', 'invitation.remove'])
      expect(actions).toContain(action);
    for (const found of await verifyAudit(booted.databaseUrl)) expect(found).not.toHaveProperty('broken_at');
  });
});
