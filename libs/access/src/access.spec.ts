import { createSecretKey, randomBytes } from 'node:crypto';
import { type ExecutionContext, Controller } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newId, type ApiKeyId } from '#libs/model';
import { type ApiKeys, Keyring, type StoredApiKey } from '#libs/store';
import { ApiKeyGuard, callerOf, Public, Scopes } from './api-key-guard.js';
import type { ClientService } from './client-service.js';
import { hashSecret, isSecretOf } from './key-hash.js';
import { KeyService } from './key-service.js';
import { readKey, writeKey } from './key-text.js';
import type { LogIn } from './log-in.js';
import { hashPassword, verifyPassword } from './passwords.js';
import { requireScope } from './principal.js';

const invalid = expect.objectContaining({ code: 'access/invalid-api-key' });
const workspaceId = newId('workspace');

/** Keeps keys in memory, as the repository keeps them in its table. */
class KeysInMemory {
  readonly kept = new Map<string, StoredApiKey>();
  finds = 0;
  touches = 0;
  readonly rehashed: string[] = [];

  async create(
    workspace: typeof workspaceId,
    input: Omit<StoredApiKey, 'workspaceId'>,
  ): Promise<StoredApiKey> {
    const key = {
      ...input,
      workspaceId: workspace,
      createdAt: new Date(),
      revokedAt: null,
      lastUsedAt: null,
      previousHash: null,
      previousUntil: null,
      allowedIps: input.allowedIps ?? [],
      isTest: input.isTest ?? false,
    };
    this.kept.set(key.apiKeyId, key);
    return key;
  }

  async find(apiKeyId: ApiKeyId): Promise<StoredApiKey | null> {
    this.finds++;
    return this.kept.get(apiKeyId) ?? null;
  }

  async touch(): Promise<void> {
    this.touches++;
  }

  async rehash(_: unknown, apiKeyId: string, from: string, to: string): Promise<void> {
    this.rehashed.push(apiKeyId, from, to);
  }
}

const installationKey = (version: number) => ({ version, key: createSecretKey(randomBytes(32)) });

function setUp(
  keys = { current: installationKey(1), old: [] as ReturnType<typeof installationKey>[] },
  store = new KeysInMemory(),
) {
  return { keys, store, service: new KeyService(store as unknown as ApiKeys, new Keyring(keys)) };
}
const input = { name: 'k', scopes: ['messages:read'] as const, expiresAt: null, actor: 'system' as const };

describe('the text of a key', () => {
  it('is read back whatever the secret, and is letters, digits and underscores', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (secret) => {
        const { text, pieces } = writeKey(newId('apiKey'), secret);
        expect(text).toMatch(/^parley_[0-9a-z]{26}_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}$/);
        expect(readKey(text)).toEqual(pieces);
      }),
    );
  });

  it('is no key any more when one character was changed', () => {
    const { text } = writeKey(newId('apiKey'), randomBytes(32));
    fc.assert(
      fc.property(fc.nat({ max: text.length - 1 }), fc.constantFrom(...'abcXYZ019_'), (at, letter) => {
        fc.pre(text[at] !== letter);
        expect(readKey(text.slice(0, at) + letter + text.slice(at + 1))).toBeNull();
      }),
    );
  });
});

describe('the hash of a secret', () => {
  const peppers = {
    current: 2,
    byVersion: new Keyring({ current: installationKey(2), old: [installationKey(1)] }).derive('p'),
  };

  it('belongs to this secret and this pepper alone', () => {
    const stored = hashSecret('secret', peppers);
    expect(stored).toMatch(/^v1\.2\.[\w-]{43}$/);
    expect(stored).not.toContain('secret');
    expect(isSecretOf('secret', stored, peppers)).toBe(true);
    expect(isSecretOf('Secret', stored, peppers)).toBe(false);
    expect(isSecretOf('secret', stored.replace('v1.2', 'v1.1'), peppers)).toBe(false);
    expect(isSecretOf('secret', stored.replace('v1.2', 'v1.9'), peppers)).toBe(false);
    expect(isSecretOf('secret', null, peppers)).toBe(false);
    expect(isSecretOf('secret', '', peppers)).toBe(false);
  });
});

describe('the key service', () => {
  it('knows the caller by a key it made, and stores no part of the secret', async () => {
    const { service, store } = setUp();
    const { key, apiKey } = await service.create(workspaceId, input);
    expect(await service.authenticate(`Bearer ${key}`)).toEqual({
      workspaceId,
      apiKeyId: apiKey.apiKeyId,
      scopes: ['messages:read'],
    });
    expect(JSON.stringify([...store.kept.values()])).not.toContain(readKey(key)?.secret);
  });

  it('asks for credentials when there are none', async () => {
    const { service } = setUp();
    for (const header of [undefined, '', '  ']) {
      await expect(service.authenticate(header)).rejects.toMatchObject({
        code: 'access/missing-credentials',
      });
    }
  });

  it('answers the same to every key that does not hold, whatever is wrong', async () => {
    const { service, store } = setUp();
    const { key, apiKey } = await service.create(workspaceId, input);
    const stranger = writeKey(newId('apiKey'), randomBytes(32)).text;
    const otherSecret = writeKey(apiKey.apiKeyId, randomBytes(32)).text;
    const expired = await service.create(workspaceId, { ...input, expiresAt: new Date(Date.now() - 1) });
    const revoked = await service.create(workspaceId, input);
    store.kept.set(revoked.apiKey.apiKeyId, { ...revoked.apiKey, revokedAt: new Date() });
    const wrong = [stranger, otherSecret, expired.key, revoked.key, `${key}x`, key.slice(1), 'x', ''];
    const answers = await Promise.all(
      wrong.map((text) =>
        service
          .authenticate(`Bearer ${text}`)
          .catch((error: { code: string; detail: string }) => `${error.code} ${error.detail}`),
      ),
    );
    expect(new Set(answers).size).toBe(1);
    await expect(service.authenticate(key)).rejects.toEqual(invalid);
    await expect(service.authenticate(`Basic ${key}`)).rejects.toEqual(invalid);
  });

  it('asks the database nothing about a key whose checksum is wrong, and once about one that is used often', async () => {
    const { service, store } = setUp();
    const { key } = await service.create(workspaceId, input);
    await Promise.all(Array.from({ length: 10 }, () => service.authenticate(`Bearer ${key}`)));
    await expect(service.authenticate(`Bearer ${key.slice(0, -1)}!`)).rejects.toEqual(invalid);
    expect([store.finds, store.touches]).toEqual([1, 1]);
  });

  it('takes keys of before a rotation of the installation key, and stores them anew', async () => {
    const before = setUp();
    const { key } = await before.service.create(workspaceId, input);
    const next = { current: installationKey(2), old: [before.keys.current] };
    const { service } = setUp(next, before.store);
    await service.authenticate(`Bearer ${key}`);
    await Promise.resolve();
    expect(before.store.rehashed[2]).toMatch(/^v1\.2\./);
    const without = setUp({ current: next.current, old: [] }, before.store);
    await expect(without.service.authenticate(`Bearer ${key}`)).rejects.toEqual(invalid);
  });
});

describe('the guard', () => {
  @Controller()
  @Scopes('messages:write')
  class Routes {
    write(): void {}
    @Scopes('messages:read')
    read(): void {}
    @Public()
    open(): void {}
  }
  const context = (handler: () => void, request: object) =>
    ({
      getHandler: () => handler,
      getClass: () => Routes,
      switchToHttp: () => ({ getRequest: () => request }),
    }) as unknown as ExecutionContext;

  it('lets in who has the scopes of the route, and remembers them on the request', async () => {
    const { service } = setUp();
    const clients = { isToken: () => false } as unknown as ClientService;
    const options = { idleMs: 1, publicUrl: 'https://parley.example' };
    const guard = new ApiKeyGuard(service, clients, {} as LogIn, options, new Reflector());
    const { key, apiKey } = await service.create(workspaceId, input);
    const request = { headers: { authorization: `Bearer ${key}` } };
    const { read, write, open } = Routes.prototype;
    expect(await guard.canActivate(context(read, request))).toBe(true);
    expect(callerOf(request)?.apiKeyId).toBe(apiKey.apiKeyId);
    await expect(guard.canActivate(context(write, request))).rejects.toMatchObject({
      code: 'access/insufficient-scope',
    });
    await expect(guard.canActivate(context(read, { headers: {} }))).rejects.toMatchObject({
      code: 'access/missing-credentials',
    });
    expect(await guard.canActivate(context(open, { headers: {} }))).toBe(true);
    expect(callerOf({ headers: {} })).toBeNull();
  });

  it('names the scopes that are missing', () => {
    const principal = { workspaceId, apiKeyId: newId('apiKey'), scopes: ['bots:read'] as const };
    requireScope(principal, 'bots:read');
    expect(() => requireScope(principal, 'bots:read', 'bots:write')).toThrow(/lacks the scope bots:write\./);
  });
});

describe('passwords', () => {
  it('are hashed with Argon2id and a salt of their own, and verified', async () => {
    const [one, two] = await Promise.all([hashPassword('correct horse'), hashPassword('correct horse')]);
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(one).not.toBe(two);
    expect(await verifyPassword('correct horse', one)).toBe(true);
    expect(await verifyPassword('Correct horse', one)).toBe(false);
    expect(await verifyPassword('x', 'no hash')).toBe(false);
  });
});
