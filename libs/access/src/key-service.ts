import { createHmac, type KeyObject, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { fault, isFault } from '#libs/faults';
import { type ApiKeyId, newId, type Scope, type WorkspaceId } from '#libs/model';
import { isAllowedFrom } from './allowed-ips.js';
import {
  type Actor,
  ApiKeys,
  idOfOperation,
  Keyring,
  type OperationId,
  type StoredApiKey,
  TimedCache,
} from '#libs/store';
import { hashSecret, isCurrentHash, isSecretOf, pepperPurpose, type Peppers } from './key-hash.js';
import { readKey, writeKey } from './key-text.js';
import type { Principal } from './principal.js';

/** How long a key is believed to be as it was: a revocation holds everywhere after this. */
const TTL_MS = 2_000;
/** Notes of use that this process skips; the database skips the rest. */
const TOUCH_EVERY_MS = 60_000;
/** What secrets of writes that may be repeated are derived for: the same write has the same one. */
const mintPurpose = 'parley minted api keys v1';

/** Makes API keys, and says whose they are. */
@Injectable()
export class KeyService {
  readonly #peppers: Peppers;
  readonly #mint: KeyObject | undefined;
  readonly #known = new TimedCache<StoredApiKey>({ ttlMs: TTL_MS, missTtlMs: TTL_MS, max: 5_000 });
  readonly #touched = new TimedCache<true>({ ttlMs: TOUCH_EVERY_MS, missTtlMs: 0, max: 5_000 });

  constructor(
    private readonly apiKeys: ApiKeys,
    keyring: Keyring,
  ) {
    this.#peppers = { current: keyring.current, byVersion: keyring.derive(pepperPurpose) };
    this.#mint = keyring.derive(mintPurpose).get(keyring.current);
  }

  /**
   * Makes a key for a workspace.
   *
   * @param input.expiresAt  null: it does not expire
   * @param operationId  of a write that may be repeated: it gets the same key again
   * @returns the whole key under `key`: it can be had now and never again
   * @throws Fault `state/gone` to a repetition after the key was rotated
   */
  async create(
    workspaceId: WorkspaceId,
    input: {
      name: string;
      scopes: readonly Scope[];
      expiresAt: Date | null;
      allowedIps?: readonly string[] | undefined;
      isTest?: boolean | undefined;
      actor: Actor;
    },
    operationId?: OperationId,
  ): Promise<{ key: string; apiKey: StoredApiKey }> {
    const apiKeyId = operationId ? idOfOperation('apiKey', operationId) : newId('apiKey');
    const { text, pieces } = writeKey(apiKeyId, this.#secretFor(apiKeyId, operationId), input.isTest);
    const secretHash = hashSecret(pieces.secret, this.#peppers);
    try {
      return {
        key: text,
        apiKey: await this.apiKeys.create(workspaceId, { ...input, apiKeyId, secretHash }),
      };
    } catch (error) {
      if (!operationId || !isFault(error, 'state/already-exists')) throw error;
      return {
        key: text,
        apiKey: this.#sameSecret(await this.apiKeys.get(workspaceId, apiKeyId), pieces.secret),
      };
    }
  }

  /**
   * Gives a key a new secret; the one before is good for `overlapMs` more.
   *
   * @param operationId  of a write that may be repeated: it gets the same secret again
   * @throws Fault `state/not-found`, `state/conflict` for a revoked key, `state/gone` to a repetition after the next rotation
   */
  async rotate(
    workspaceId: WorkspaceId,
    apiKeyId: ApiKeyId,
    input: { overlapMs: number; actor: Actor },
    operationId?: OperationId,
  ): Promise<{ key: string; apiKey: StoredApiKey }> {
    const { isTest } = await this.apiKeys.get(workspaceId, apiKeyId);
    const { text, pieces } = writeKey(apiKeyId, this.#secretFor(apiKeyId, operationId), isTest);
    const secretHash = hashSecret(pieces.secret, this.#peppers);
    const apiKey = await this.apiKeys.rotate(workspaceId, apiKeyId, { ...input, secretHash, operationId });
    this.forget(apiKey);
    return { key: text, apiKey: this.#sameSecret(apiKey, pieces.secret) };
  }

  /**
   * Says who sends a request.
   *
   * @param authorization  the header of that name: `Bearer <key>`
   * @param ip  where the request comes from; a key that holds from some networks only holds from nowhere without it
   * @throws Fault `access/ip-not-allowed` for a good key from another network; `access/missing-credentials` without the header; `access/invalid-api-key` for everything that is not
   *   a key which holds now, whatever is wrong with it; `store/unavailable`
   */
  async authenticate(authorization: string | undefined, ip?: string): Promise<Principal> {
    if (authorization === undefined || authorization.trim() === '') throw fault('access/missing-credentials');
    const [, text] = /^bearer +(\S+)$/i.exec(authorization.trim()) ?? [];
    const pieces = readKey(text ?? '');
    if (!pieces) throw fault('access/invalid-api-key');
    const stored = await this.#known.get(pieces.apiKeyId, () => this.apiKeys.find(pieces.apiKeyId));
    const isCurrent = isSecretOf(pieces.secret, stored?.secretHash ?? null, this.#peppers);
    const isPrevious = isSecretOf(pieces.secret, stored ? previousOf(stored) : null, this.#peppers);
    const isOfKind = stored?.isTest === pieces.isTest;
    if (!stored || !(isCurrent || isPrevious) || !isOfKind || !isInForce(stored)) {
      throw fault('access/invalid-api-key', { facts: { apiKeyId: pieces.apiKeyId } });
    }
    if (!isAllowedFrom(ip, stored.allowedIps)) {
      throw fault('access/ip-not-allowed', { facts: { apiKeyId: pieces.apiKeyId } });
    }
    this.#noteUse(stored, isCurrent ? pieces.secret : null);
    const { workspaceId, apiKeyId, scopes } = stored;
    return { workspaceId, apiKeyId, scopes, ...(stored.isTest && { isTest: true }) };
  }

  /** After a revocation in this process: the next use of the key is looked up. */
  forget(apiKey: Pick<StoredApiKey, 'apiKeyId'>): void {
    this.#known.forget(apiKey.apiKeyId);
  }

  /** 32 bytes: random ones, or those of a write that may be repeated. */
  #secretFor(apiKeyId: ApiKeyId, operationId: OperationId | undefined): Uint8Array {
    if (!operationId || !this.#mint) return randomBytes(32);
    return createHmac('sha256', this.#mint).update(`${apiKeyId}|${operationId}`).digest();
  }

  #sameSecret(apiKey: StoredApiKey, secret: string): StoredApiKey {
    if (isSecretOf(secret, apiKey.secretHash, this.#peppers)) return apiKey;
    throw fault('state/gone', {
      detail: 'The key has another secret by now, and none is shown twice: rotate it.',
    });
  }

  /** In the background: nobody waits for a note, and a request does not fail for one. */
  #noteUse({ workspaceId, apiKeyId, secretHash }: StoredApiKey, secret: string | null): void {
    const write = async (): Promise<true> => {
      await this.apiKeys.touch(workspaceId, apiKeyId);
      if (secret !== null && !isCurrentHash(secretHash, this.#peppers)) {
        await this.apiKeys.rehash(workspaceId, apiKeyId, secretHash, hashSecret(secret, this.#peppers));
      }
      return true;
    };
    this.#touched.get(apiKeyId, write).catch(() => undefined);
  }
}

/** The hash of the secret before, while it is good. */
function previousOf({ previousHash, previousUntil }: StoredApiKey): string | null {
  return previousUntil && previousUntil.getTime() > Date.now() ? previousHash : null;
}

function isInForce({ revokedAt, expiresAt }: StoredApiKey): boolean {
  return revokedAt === null && (expiresAt === null || expiresAt.getTime() > Date.now());
}
