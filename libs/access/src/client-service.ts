import { createHmac, type KeyObject, randomBytes, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { fault, isFault } from '#libs/faults';
import { isId, newId, type OauthClientId, Scope, type WorkspaceId } from '#libs/model';
import {
  type Actor,
  idOfOperation,
  Keyring,
  OauthClients,
  type OperationId,
  type StoredOauthClient,
  type StoredOauthToken,
  TimedCache,
} from '#libs/store';
import { hashSecret, isSecretOf, type Peppers } from './key-hash.js';
import type { Principal } from './principal.js';
import { readSecret, writeSecret } from './secret-text.js';
import { hashToken } from './tokens.js';

/** How long a token opens the API, in seconds. */
export const TOKEN_SECONDS = 3_600;
/** How long a token is believed to be as it was: a revocation holds everywhere after this. */
const TTL_MS = 2_000;
const pepperPurpose = 'parley oauth clients v1';
const mintPurpose = 'parley minted oauth clients v1';

/** A client with the secret that it was just given. */
export interface ClientWithSecret {
  secret: string;
  client: StoredOauthClient;
}

/** A token that a client was given. */
export interface IssuedToken {
  token: string;
  scopes: Scope[];
}

/** Programs that get their tokens by themselves: OAuth 2 client credentials. */
@Injectable()
export class ClientService {
  readonly #peppers: Peppers;
  readonly #mint: KeyObject | undefined;
  readonly #known = new TimedCache<StoredOauthToken>({ ttlMs: TTL_MS, missTtlMs: TTL_MS, max: 5_000 });

  constructor(
    private readonly clients: OauthClients,
    keyring: Keyring,
  ) {
    this.#peppers = { current: keyring.current, byVersion: keyring.derive(pepperPurpose) };
    this.#mint = keyring.derive(mintPurpose).get(keyring.current);
  }

  /**
   * Makes a client.
   *
   * @param operationId  of a write that may be repeated: it gets the same client again
   * @throws Fault `state/gone` to a repetition after the secret was rotated
   */
  async create(
    workspaceId: WorkspaceId,
    input: { name: string; scopes: readonly Scope[]; actor: Actor },
    operationId?: OperationId,
  ): Promise<ClientWithSecret> {
    const clientId = operationId ? idOfOperation('oauthClient', operationId) : newId('oauthClient');
    const { text, secret } = this.#newSecret(clientId, operationId);
    const secretHash = hashSecret(secret, this.#peppers);
    try {
      return {
        secret: text,
        client: await this.clients.create(workspaceId, { ...input, clientId, secretHash }),
      };
    } catch (error) {
      if (!operationId || !isFault(error, 'state/already-exists')) throw error;
      const client = await this.clients.get(workspaceId, clientId);
      return { secret: text, client: this.#same(client, secret) };
    }
  }

  /**
   * Gives a client a new secret; the one before is good for `overlapMs` more.
   *
   * @throws Fault `state/not-found`, `state/gone` to a repetition after the next rotation
   */
  async rotate(
    workspaceId: WorkspaceId,
    clientId: OauthClientId,
    input: { overlapMs: number; actor: Actor },
    operationId?: OperationId,
  ): Promise<ClientWithSecret> {
    const { text, secret } = this.#newSecret(clientId, operationId);
    const secretHash = hashSecret(secret, this.#peppers);
    const client = await this.clients.rotate(workspaceId, clientId, { ...input, secretHash, operationId });
    return { secret: text, client: this.#same(client, secret) };
  }

  /** The client of an id and a secret; null when they do not belong together, whatever is wrong. */
  async authenticate(clientId: string, secret: string): Promise<StoredOauthClient | null> {
    const pieces = readSecret(secret);
    const isForm = pieces?.label === 'client' && isId('oauthClient', clientId);
    const client = isForm ? await this.clients.find(clientId) : null;
    const given = pieces?.secret ?? '';
    const isCurrent = isSecretOf(given, client?.secretHash ?? null, this.#peppers);
    const isPrevious = isSecretOf(given, client ? previousOf(client) : null, this.#peppers);
    return client && (isCurrent || isPrevious) && clientId.endsWith(pieces?.suffix ?? '?') ? client : null;
  }

  /** Gives a client a token for an hour. @param asked  scopes; null: all that it has. @returns null when it lacks one */
  async issue(client: StoredOauthClient, asked: readonly string[] | null): Promise<IssuedToken | null> {
    const scopes = asked === null ? client.scopes : client.scopes.filter((scope) => asked.includes(scope));
    if (scopes.length < new Set(asked ?? []).size) return null;
    const tokenId = newId('oauthToken');
    const { text } = writeSecret('token', tokenId, randomBytes(32));
    const { workspaceId, clientId } = client;
    const expiresAt = new Date(Date.now() + TOKEN_SECONDS * 1_000);
    const stored = { workspaceId, clientId, tokenId, tokenHash: hashToken(text), scopes, expiresAt };
    await this.clients.issue(stored);
    return { token: text, scopes };
  }

  /** Ends a token of this client; one that is none, or of another client, changes nothing. */
  async revoke({ workspaceId, clientId }: StoredOauthClient, token: string): Promise<void> {
    const found = await this.#find(token);
    if (found?.clientId !== clientId) return;
    await this.clients.revoke(workspaceId, found.tokenId);
    this.#known.forget(found.tokenId);
  }

  /** What a token of this client is good for now; null for one that is none, has ended, or is of another client. */
  async look({ clientId }: StoredOauthClient, token: string): Promise<StoredOauthToken | null> {
    const found = await this.#find(token);
    return found?.clientId === clientId && found.expiresAt.getTime() > Date.now() ? found : null;
  }

  /** Whether a text says of itself that it is a token. */
  isToken(text: string): boolean {
    return text.startsWith('parley_token_');
  }

  /** Who asks with a token. @throws Fault `access/invalid-api-key`, `access/token-expired` */
  async principalOf(token: string): Promise<Principal> {
    const found = await this.#find(token);
    if (!found) throw fault('access/invalid-api-key');
    if (found.expiresAt.getTime() <= Date.now()) throw fault('access/token-expired');
    const { workspaceId, clientId, scopes } = found;
    return { workspaceId, oauthClientId: clientId, scopes };
  }

  async #find(token: string): Promise<StoredOauthToken | null> {
    const pieces = readSecret(token);
    const tokenId = `token_${pieces?.suffix ?? ''}`;
    if (pieces?.label !== 'token' || !isId('oauthToken', tokenId)) return null;
    const found = await this.#known.get(tokenId, () => this.clients.findToken(tokenId));
    return found && timingSafeEqual(found.tokenHash, hashToken(token)) ? found : null;
  }

  #newSecret(clientId: OauthClientId, operationId?: OperationId): { text: string; secret: string } {
    const bytes =
      operationId && this.#mint
        ? createHmac('sha256', this.#mint).update(`${clientId}|${operationId}`).digest()
        : randomBytes(32);
    return writeSecret('client', clientId, bytes);
  }

  #same(client: StoredOauthClient, secret: string): StoredOauthClient {
    if (isSecretOf(secret, client.secretHash, this.#peppers)) return client;
    throw fault('state/gone', {
      detail: 'The client has another secret by now, and none is shown twice: rotate it.',
    });
  }
}

/** The hash of the secret before, while it is good. */
function previousOf({ previousHash, previousUntil }: StoredOauthClient): string | null {
  return previousUntil && previousUntil.getTime() > Date.now() ? previousHash : null;
}
