import { createHmac } from 'node:crypto';
import { base32 } from '@better-auth/utils/base32';
import { describe, expect, it } from 'vitest';
import { newId, Role, Scope } from '#libs/model';
import { hashRecoveryCode, newRecoveryCodes } from './recovery-codes.js';
import { requireMayGive, scopesOf } from './roles.js';
import { requireSameSite, sessionTokenOf, writeSessionCookie } from './session-cookie.js';
import { hashToken, newToken } from './tokens.js';
import { describeTotp, newTotpSecret, stepOfCode } from './totp.js';

/** HOTP as RFC 4226 §5.3 says, made here from its words. */
function hotp(secret: string, counter: number): string {
  const moving = Buffer.alloc(8);
  moving.writeBigUInt64BE(BigInt(counter));
  const mac = createHmac('sha1', secret).update(moving).digest();
  const offset = mac[19]! & 15;
  return String((mac.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

describe('codes of an app', () => {
  it('are those of the RFC', async () => {
    const secret = '12345678901234567890';
    // RFC 6238 appendix B, the last six digits.
    for (const [seconds, code] of [
      [59, '287082'],
      [1_111_111_109, '081804'],
      [1_234_567_890, '005924'],
      [20_000_000_000, '353130'],
    ] as const) {
      expect(await stepOfCode(secret, code, seconds * 1_000)).toBe(Math.floor(seconds / 30));
    }
  });

  it('hold one step before and after, and no other; nothing else is a code', async () => {
    const secret = newTotpSecret();
    const step = 58_000_000;
    const now = step * 30_000 + 1;
    for (const near of [-1, 0, 1])
      expect(await stepOfCode(secret, hotp(secret, step + near), now)).toBe(step + near);
    for (const far of [-2, 2]) {
      const code = hotp(secret, step + far);
      const holds = [-1, 0, 1].some((near) => hotp(secret, step + near) === code);
      if (!holds) expect(await stepOfCode(secret, code, now)).toBeNull();
    }
    for (const odd of ['', '12345', '1234567', 'abcdef', '１２３４５６']) {
      expect(await stepOfCode(secret, odd, now)).toBeNull();
    }
  });

  it('come from a secret of its own for each login, which an app can read', () => {
    const secret = newTotpSecret();
    expect(newTotpSecret()).not.toBe(secret);
    const { secret: shown, uri } = describeTotp(secret, 'ada@example.com');
    expect(Buffer.from(base32.decode(shown)).toString()).toBe(secret);
    expect(new URL(uri).searchParams.get('secret')).toBe(shown);
  });
});

describe('recovery codes', () => {
  it('are ten, of 80 bits each, and found however they are typed', () => {
    const { codes, hashes } = newRecoveryCodes();
    expect(new Set(codes).size).toBe(10);
    for (const [at, code] of codes.entries()) {
      expect(code).toMatch(/^([a-z2-7]{4}-){3}[a-z2-7]{4}$/);
      expect(hashRecoveryCode(` ${code.toUpperCase().replaceAll('-', ' ')}`)).toEqual(hashes[at]);
    }
  });
});

describe('the cookie', () => {
  it('is read among others, and only in its own form', () => {
    const { text } = newToken();
    expect(sessionTokenOf({ cookie: `a=b; parley_session=${text}; c=d` })).toBe(text);
    for (const cookie of ['', 'parley_session=', `parley_session=${text}x`, `xparley_session=${text}`]) {
      expect(sessionTokenOf({ cookie }), cookie).toBeNull();
    }
    expect(sessionTokenOf({})).toBeNull();
    expect(hashToken(text)).toHaveLength(32);
  });

  it('is taken away by an empty one that is over', () => {
    expect(writeSessionCookie('', 1, true)).toBe(
      'parley_session=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0; Secure',
    );
  });

  it('is of no use to other sites, for whatever changes something', () => {
    const own = ['https://parley.example'];
    const refused = expect.objectContaining({ code: 'access/cross-site' });
    const ask = (method: string, headers: Record<string, string>) => () =>
      requireSameSite(method, headers, own);
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      expect(ask(method, { origin: 'https://evil.example' })).toThrow(refused);
      expect(ask(method, { origin: 'null' })).toThrow(refused);
      expect(ask(method, { 'sec-fetch-site': 'cross-site', origin: own[0]! })).toThrow(refused);
      expect(ask(method, { 'sec-fetch-site': 'none' })).toThrow(refused);
      expect(ask(method, { origin: own[0]! })).not.toThrow();
      expect(ask(method, {})).not.toThrow();
    }
    expect(ask('GET', { 'sec-fetch-site': 'cross-site' })).not.toThrow();
  });
});

describe('roles', () => {
  const giver = (role: Role, permissions: Scope[] = []) => ({
    workspaceId: newId('workspace'),
    memberId: newId('member'),
    role,
    scopes: scopesOf(role, permissions),
  });

  it('may do what they say: owners and admins all, viewers only read, and nothing that gives everything away', () => {
    expect(scopesOf('owner', [])).toEqual(Scope.options);
    expect(scopesOf('admin', [])).toEqual(Scope.options);
    const seen = scopesOf('viewer', []);
    expect(seen.every((scope) => scope.endsWith(':read'))).toBe(true);
    expect(seen).not.toContain('keys:read');
    for (const role of ['operator', 'bot-author', 'viewer'] as const) {
      const guarded = [
        'keys:write',
        'members:write',
        'audit:read',
        'exports:write',
        'channels:write',
      ] as const;
      for (const scope of guarded) expect(scopesOf(role, []), role).not.toContain(scope);
    }
    expect(scopesOf('custom', ['bots:read'])).toEqual(['bots:read']);
    expect(scopesOf('operator', ['keys:write'])).not.toContain('keys:write');
  });

  it('are given by those who have as much, and that of an owner by owners only', () => {
    const refused = expect.objectContaining({ code: 'access/insufficient-scope' });
    for (const role of Role.options) {
      expect(() => requireMayGive(giver('owner'), { role, permissions: ['keys:write'] })).not.toThrow();
    }
    expect(() => requireMayGive(giver('admin'), { role: 'owner' })).toThrow(refused);
    expect(() => requireMayGive(giver('admin'), { role: 'admin' })).not.toThrow();
    const weak = giver('custom', ['members:write', 'bots:read']);
    expect(() => requireMayGive(weak, { role: 'custom', permissions: ['bots:read'] })).not.toThrow();
    expect(() => requireMayGive(weak, { role: 'custom', permissions: ['bots:write'] })).toThrow(refused);
    for (const role of ['admin', 'operator', 'viewer'] as const) {
      expect(() => requireMayGive(weak, { role })).toThrow(refused);
    }
    // A key is nobody's owner, whatever its scopes.
    const key = { workspaceId: newId('workspace'), apiKeyId: newId('apiKey'), scopes: Scope.options };
    expect(() => requireMayGive(key, { role: 'owner' })).toThrow(refused);
  });
});
