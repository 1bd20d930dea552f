import { Injectable } from '@nestjs/common';
import { fault } from '#libs/faults';
import { idOf, type OauthClientId, type OauthTokenId, Scope, uuidOf, type WorkspaceId } from '#libs/model';
import type { OauthClient as OauthClientRow } from '#prisma/client';
import { Database } from '../database.js';
import { type Actor, appendAudit } from './audit-log.js';
import { afterId, type PageOf, pageOf, type PageRequest } from './cursor.js';
import type { OperationId } from './idempotency.js';

/** A program that gets its tokens by itself. */
export interface StoredOauthClient {
  workspaceId: WorkspaceId;
  clientId: OauthClientId;
  name: string;
  secretHash: string;
  scopes: Scope[];
  /** Of the secret before, which is good until then; null: there is none. */
  previousHash: string | null;
  previousUntil: Date | null;
  createdAt: Date;
  /** When it last got a token. */
  lastUsedAt: Date | null;
}

/** A token, as it is stored: the text itself is nowhere. */
export interface StoredOauthToken {
  workspaceId: WorkspaceId;
  tokenId: OauthTokenId;
  clientId: OauthClientId;
  tokenHash: Uint8Array;
  scopes: Scope[];
  expiresAt: Date;
}

interface RawClient extends Record<string, unknown> {
  workspace_id: string;
  id: string;
  name: string;
  secret_hash: string;
  scopes: string[];
  previous_hash: string | null;
  previous_until: Date | null;
  created_at: Date;
  last_used_at: Date | null;
}

interface RawToken extends Record<string, unknown> {
  workspace_id: string;
  id: string;
  client_id: string;
  token_hash: Uint8Array;
  scopes: string[];
  expires_at: Date;
}

/** Programs that get their tokens by themselves (OAuth 2 client credentials), and the tokens. */
@Injectable()
export class OauthClients {
  constructor(private readonly database: Database) {}

  /** Keeps a client. @throws Fault `state/already-exists` when there is one with this id */
  async create(
    workspaceId: WorkspaceId,
    input: {
      clientId: OauthClientId;
      name: string;
      secretHash: string;
      scopes: readonly Scope[];
      actor: Actor;
    },
  ): Promise<StoredOauthClient> {
    const { clientId, actor, scopes, ...rest } = input;
    const key = { workspaceId: uuidOf(workspaceId), id: uuidOf(clientId) };
    const row = await this.database.withWorkspace(workspaceId, async (tx) => {
      const made = await tx.oauthClient.create({ data: { ...rest, ...key, scopes: [...scopes] } });
      const data = { name: made.name, scopes: [...scopes] };
      await appendAudit(tx, workspaceId, { actor, action: 'oauth_client.create', target: clientId, data });
      return made;
    });
    return clientOf(row);
  }

  /** @throws Fault `state/not-found` */
  async get(workspaceId: WorkspaceId, clientId: OauthClientId): Promise<StoredOauthClient> {
    const key = { workspaceId: uuidOf(workspaceId), id: uuidOf(clientId) };
    const row = await this.database.withWorkspace(workspaceId, (tx) =>
      tx.oauthClient.findUnique({ where: { workspaceId_id: key } }),
    );
    if (!row) throw fault('state/not-found', { facts: { clientId } });
    return clientOf(row);
  }

  /** Clients of a workspace, by their age. */
  async list(workspaceId: WorkspaceId, page: PageRequest): Promise<PageOf<StoredOauthClient>> {
    const after = afterId('oauth-clients', page);
    const rows = await this.database.withWorkspace(workspaceId, (tx) =>
      tx.oauthClient.findMany({
        where: { workspaceId: uuidOf(workspaceId), ...after },
        orderBy: { id: page.order },
        take: page.limit + 1,
      }),
    );
    return pageOf('oauth-clients', page, rows, (row) => row.id, clientOf);
  }

  /** @throws Fault `state/not-found` */
  async rename(
    workspaceId: WorkspaceId,
    clientId: OauthClientId,
    name: string,
    actor: Actor,
  ): Promise<StoredOauthClient> {
    await this.database.withWorkspace(workspaceId, async (tx) => {
      const { count } = await tx.oauthClient.updateMany({
        where: { workspaceId: uuidOf(workspaceId), id: uuidOf(clientId) },
        data: { name },
      });
      if (count === 0) throw fault('state/not-found', { facts: { clientId } });
      await appendAudit(tx, workspaceId, { actor, action: 'oauth_client.update', target: clientId });
    });
    return this.get(workspaceId, clientId);
  }

  /**
   * Gives a client a new secret; the one before is good for a while more.
   *
   * @param input.operationId  of a write that may be repeated: what it rotated stays as it is
   * @throws Fault `state/not-found`
   */
  async rotate(
    workspaceId: WorkspaceId,
    clientId: OauthClientId,
    input: { secretHash: string; overlapMs: number; operationId?: OperationId | undefined; actor: Actor },
  ): Promise<StoredOauthClient> {
    const key = { workspaceId: uuidOf(workspaceId), id: uuidOf(clientId) };
    const { secretHash, overlapMs, operationId = null, actor } = input;
    await this.database.withWorkspace(workspaceId, async (tx) => {
      await tx.$executeRaw`
        select 1 from oauth_client where workspace_id = ${key.workspaceId}::uuid and id = ${key.id}::uuid for update`;
      const before = await tx.oauthClient.findUnique({ where: { workspaceId_id: key } });
      if (!before) throw fault('state/not-found', { facts: { clientId } });
      if (operationId !== null && before.rotatedBy === operationId) return;
      const previous =
        overlapMs > 0
          ? { previousHash: before.secretHash, previousUntil: new Date(Date.now() + overlapMs) }
          : { previousHash: null, previousUntil: null };
      const data = { secretHash, ...previous, rotatedBy: operationId };
      await tx.oauthClient.update({ where: { workspaceId_id: key }, data });
      const line = { actor, action: 'oauth_client.rotate', target: clientId };
      await appendAudit(tx, workspaceId, { ...line, data: { overlapMs } });
    });
    return this.get(workspaceId, clientId);
  }

  /** Ends a client and all its tokens. @throws Fault `state/not-found` */
  async remove(workspaceId: WorkspaceId, clientId: OauthClientId, actor: Actor): Promise<void> {
    await this.database.withWorkspace(workspaceId, async (tx) => {
      const { count } = await tx.oauthClient.deleteMany({
        where: { workspaceId: uuidOf(workspaceId), id: uuidOf(clientId) },
      });
      if (count === 0) throw fault('state/not-found', { facts: { clientId } });
      await appendAudit(tx, workspaceId, { actor, action: 'oauth_client.remove', target: clientId });
    });
  }

  /** Finds a client of whatever workspace. */
  async find(clientId: OauthClientId): Promise<StoredOauthClient | null> {
    const [row] = await this.database.run<RawClient>(
      'load-oauth-client',
      'select * from load_oauth_client($1)',
      [uuidOf(clientId)],
    );
    return row
      ? clientOf({
          workspaceId: row.workspace_id,
          id: row.id,
          name: row.name,
          secretHash: row.secret_hash,
          scopes: row.scopes,
          previousHash: row.previous_hash,
          previousUntil: row.previous_until,
          rotatedBy: null,
          createdAt: row.created_at,
          lastUsedAt: row.last_used_at,
        })
      : null;
  }

  /** Keeps a token, and forgets those of its client that are over. */
  async issue({
    workspaceId,
    tokenId,
    clientId,
    tokenHash,
    scopes,
    expiresAt,
  }: StoredOauthToken): Promise<void> {
    const workspace = uuidOf(workspaceId);
    const client = uuidOf(clientId);
    await this.database.withWorkspace(workspaceId, async (tx) => {
      await tx.oauthToken.deleteMany({
        where: { workspaceId: workspace, clientId: client, expiresAt: { lt: new Date() } },
      });
      const key = { workspaceId: workspace, id: uuidOf(tokenId), clientId: client };
      const data = { ...key, tokenHash: Uint8Array.from(tokenHash), scopes, expiresAt };
      await tx.oauthToken.create({ data });
      await tx.oauthClient.updateMany({
        where: { workspaceId: workspace, id: client },
        data: { lastUsedAt: new Date() },
      });
    });
  }

  /** Finds a token of whatever workspace, expired ones included. */
  async findToken(tokenId: OauthTokenId): Promise<StoredOauthToken | null> {
    const [row] = await this.database.run<RawToken>(
      'load-oauth-token',
      'select * from load_oauth_token($1)',
      [uuidOf(tokenId)],
    );
    return row
      ? {
          workspaceId: idOf('workspace', row.workspace_id),
          tokenId: idOf('oauthToken', row.id),
          clientId: idOf('oauthClient', row.client_id),
          tokenHash: row.token_hash,
          scopes: knownScopes(row.scopes),
          expiresAt: row.expires_at,
        }
      : null;
  }

  /** Ends a token. */
  async revoke(workspaceId: WorkspaceId, tokenId: OauthTokenId): Promise<void> {
    await this.database.withWorkspace(workspaceId, (tx) =>
      tx.oauthToken.deleteMany({ where: { workspaceId: uuidOf(workspaceId), id: uuidOf(tokenId) } }),
    );
  }
}

/** A scope that a newer version wrote means nothing to this one. */
const knownScopes = (scopes: readonly string[]): Scope[] =>
  scopes.flatMap((scope) => Scope.safeParse(scope).data ?? []);

function clientOf({ workspaceId, id, scopes, rotatedBy: _, ...rest }: OauthClientRow): StoredOauthClient {
  return {
    ...rest,
    workspaceId: idOf('workspace', workspaceId),
    clientId: idOf('oauthClient', id),
    scopes: knownScopes(scopes),
  };
}
