import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { fault } from '#libs/faults';
import { newId, type Scope, type WorkspaceId } from '#libs/model';
import { type Actor, ApiKeys, Keyring, type StoredApiKey, TimedCache } from '#libs/store';
import { hashSecret, isCurrentHash, isSecretOf, pepperPurpose, type Peppers } from './key-hash.js';
import { readKey, writeKey } from './key-text.js';
import type { Principal } from './principal.js';

/** How long a key is believed to be as it was: a revocation holds everywhere after this. */
const TTL_MS = 2_000;
/** Notes of use that this process skips; the database skips the rest. */
const TOUCH_EVERY_MS = 60_000;

/** Makes API keys, and says whose they are. */
@Injectable()
export class KeyService {
  readonly #peppers: Peppers;
  readonly #known = new TimedCache<StoredApiKey>({ ttlMs: TTL_MS, missTtlMs: TTL_MS, max: 5_000 });
  readonly #touched = new TimedCache<true>({ ttlMs: TOUCH_EVERY_MS, missTtlMs: 0, max: 5_000 });

  constructor(
    private readonly apiKeys: ApiKeys,
    keyring: Keyring,
  ) {
    this.#peppers = { current: keyring.current, byVersion: keyring.derive(pepperPurpose) };
  }

  /**
   * Makes a key for a workspace.
   *
   * @param input.expiresAt  null: it does not expire
   * @returns the whole key under `key`: it can be had now and never again
   */
  async create(
    workspaceId: WorkspaceId,
    input: { name: string; scopes: readonly Scope[]; expiresAt: Date | null; actor: Actor },
  ): Promise<{ key: string; apiKey: StoredApiKey }> {
    const { text, pieces } = writeKey(newId('apiKey'), randomBytes(32));
    const apiKey = await this.apiKeys.create(workspaceId, {
      ...input,
      apiKeyId: pieces.apiKeyId,
      secretHash: hashSecret(pieces.secret, this.#peppers),
    });
    return { key: text, apiKey };
  }

  /**
   * Says who sends a request.
   *
   * @param authorization  the header of that name: `Bearer <key>`
   * @throws Fault `access/missing-credentials` without the header; `access/invalid-api-key` for everything that is not
   *   a key which holds now, whatever is wrong with it; `store/unavailable`
   */
  async authenticate(authorization: string | undefined): Promise<Principal> {
    if (authorization === undefined || authorization.trim() === '') throw fault('access/missing-credentials');
    const [, text] = /^bearer +(\S+)$/i.exec(authorization.trim()) ?? [];
    const pieces = readKey(text ?? '');
    if (!pieces) throw fault('access/invalid-api-key');
    const stored = await this.#known.get(pieces.apiKeyId, () => this.apiKeys.find(pieces.apiKeyId));
    const isGenuine = isSecretOf(pieces.secret, stored?.secretHash ?? null, this.#peppers);
    if (!stored || !isGenuine || !isInForce(stored)) {
      throw fault('access/invalid-api-key', { facts: { apiKeyId: pieces.apiKeyId } });
    }
    this.#noteUse(stored, pieces.secret);
    return { workspaceId: stored.workspaceId, apiKeyId: stored.apiKeyId, scopes: stored.scopes };
  }

  /** After a revocation in this process: the next use of the key is looked up. */
  forget(apiKey: Pick<StoredApiKey, 'apiKeyId'>): void {
    this.#known.forget(apiKey.apiKeyId);
  }

  /** In the background: nobody waits for a note, and a request does not fail for one. */
  #noteUse({ workspaceId, apiKeyId, secretHash }: StoredApiKey, secret: string): void {
    const write = async (): Promise<true> => {
      await this.apiKeys.touch(workspaceId, apiKeyId);
      if (!isCurrentHash(secretHash, this.#peppers)) {
        await this.apiKeys.rehash(workspaceId, apiKeyId, secretHash, hashSecret(secret, this.#peppers));
      }
      return true;
    };
    this.#touched.get(apiKeyId, write).catch(() => undefined);
  }
}

function isInForce({ revokedAt, expiresAt }: StoredApiKey): boolean {
  return revokedAt === null && (expiresAt === null || expiresAt.getTime() > Date.now());
}
