import { Injectable } from '@nestjs/common';
import { fault } from '#libs/faults';
import { type ApiKeyId, idOf, Scope, uuidOf, type WorkspaceId } from '#libs/model';
import type { ApiKey as ApiKeyRow } from '#prisma/client';
import { Database } from '../database.js';
import { type Actor, appendAudit } from './audit-log.js';
import { afterId, type PageOf, pageOf, type PageRequest } from './cursor.js';
import type { OperationId } from './idempotency.js';

/** A key of the API, as it is stored: the secret itself is nowhere. */
export interface StoredApiKey {
  workspaceId: WorkspaceId;
  apiKeyId: ApiKeyId;
  name: string;
  secretHash: string;
  scopes: Scope[];
  createdAt: Date;
  expiresAt: Date | null;
  revokedAt: Date | null;
  /** To the minute. */
  lastUsedAt: Date | null;
  /** Of the secret before, which is good until then; null: there is none. */
  previousHash: string | null;
  previousUntil: Date | null;
  /** Networks (CIDR) from which the key holds; empty: from everywhere. */
  allowedIps: string[];
  /** Reads, and talks to the bot in sessions of its own; changes nothing and reaches nobody. */
  isTest: boolean;
}

/** The raw row, as the look-up function returns it. */
interface RawKey extends Record<string, unknown> {
  workspace_id: string;
  id: string;
  name: string;
  secret_hash: string;
  scopes: string[];
  created_at: Date;
  expires_at: Date | null;
  revoked_at: Date | null;
  last_used_at: Date | null;
  previous_hash: string | null;
  previous_until: Date | null;
  allowed_ips: string[];
  is_test: boolean;
}

/** The keys of the API. `libs/access` mints and verifies them; here they are kept. */
@Injectable()
export class ApiKeys {
  constructor(private readonly database: Database) {}

  /** Keeps a key that was minted with this id. @throws Fault `state/already-exists` when there is one with it */
  async create(
    workspaceId: WorkspaceId,
    input: {
      apiKeyId: ApiKeyId;
      name: string;
      secretHash: string;
      scopes: readonly Scope[];
      expiresAt: Date | null;
      allowedIps?: readonly string[] | undefined;
      isTest?: boolean | undefined;
      actor: Actor;
    },
  ): Promise<StoredApiKey> {
    const { apiKeyId, actor, scopes, allowedIps = [], isTest = false, ...rest } = input;
    const row = await this.database.withWorkspace(workspaceId, async (tx) => {
      const made = await tx.apiKey.create({
        data: {
          ...rest,
          workspaceId: uuidOf(workspaceId),
          id: uuidOf(apiKeyId),
          scopes: [...scopes],
          allowedIps: [...allowedIps],
          isTest,
        },
      });
      const data = { name: made.name, scopes: [...scopes] };
      await appendAudit(tx, workspaceId, { actor, action: 'api_key.create', target: apiKeyId, data });
      return made;
    });
    return apiKeyOf(row);
  }

  /** Finds a key of whatever workspace, revoked and expired ones included. */
  async find(apiKeyId: ApiKeyId): Promise<StoredApiKey | null> {
    const [row] = await this.database.run<RawKey>('load-api-key', 'select * from load_api_key($1)', [
      uuidOf(apiKeyId),
    ]);
    return row
      ? apiKeyOf({
          workspaceId: row.workspace_id,
          id: row.id,
          name: row.name,
          secretHash: row.secret_hash,
          scopes: row.scopes,
          createdAt: row.created_at,
          expiresAt: row.expires_at,
          revokedAt: row.revoked_at,
          lastUsedAt: row.last_used_at,
          previousHash: row.previous_hash,
          previousUntil: row.previous_until,
          rotatedBy: null,
          allowedIps: row.allowed_ips,
          isTest: row.is_test,
        })
      : null;
  }

  /** Notes that a key was used; writes at most once a minute and key. */
  async touch(workspaceId: WorkspaceId, apiKeyId: ApiKeyId): Promise<void> {
    await this.database.withWorkspace(
      workspaceId,
      (tx) => tx.$executeRaw`
        update api_key set last_used_at = now()
         where workspace_id = ${uuidOf(workspaceId)}::uuid and id = ${uuidOf(apiKeyId)}::uuid
           and (last_used_at is null or last_used_at < now() - interval '1 minute')`,
    );
  }

  /** Replaces the stored hash by one of a newer pepper; nothing when it has changed in the meantime. */
  async rehash(workspaceId: WorkspaceId, apiKeyId: ApiKeyId, from: string, to: string): Promise<void> {
    await this.database.withWorkspace(workspaceId, (tx) =>
      tx.apiKey.updateMany({
        where: { workspaceId: uuidOf(workspaceId), id: uuidOf(apiKeyId), secretHash: from },
        data: { secretHash: to },
      }),
    );
  }

  /**
   * Ends a key for ever; ending it twice changes nothing.
   *
   * @throws Fault `state/not-found`
   */
  async revoke(workspaceId: WorkspaceId, apiKeyId: ApiKeyId, actor: Actor): Promise<StoredApiKey> {
    const key = { workspaceId: uuidOf(workspaceId), id: uuidOf(apiKeyId) };
    const row = await this.database.withWorkspace(workspaceId, async (tx) => {
      const { count } = await tx.apiKey.updateMany({
        where: { ...key, revokedAt: null },
        data: { revokedAt: new Date() },
      });
      if (count > 0)
        await appendAudit(tx, workspaceId, { actor, action: 'api_key.revoke', target: apiKeyId });
      return tx.apiKey.findUnique({ where: { workspaceId_id: key } });
    });
    if (!row) throw fault('state/not-found', { facts: { apiKeyId } });
    return apiKeyOf(row);
  }

  /** @throws Fault `state/not-found` */
  async get(workspaceId: WorkspaceId, apiKeyId: ApiKeyId): Promise<StoredApiKey> {
    const key = { workspaceId: uuidOf(workspaceId), id: uuidOf(apiKeyId) };
    const row = await this.database.withWorkspace(workspaceId, (tx) =>
      tx.apiKey.findUnique({ where: { workspaceId_id: key } }),
    );
    if (!row) throw fault('state/not-found', { facts: { apiKeyId } });
    return apiKeyOf(row);
  }

  /** Changes what is given. @throws Fault `state/not-found` */
  async update(
    workspaceId: WorkspaceId,
    apiKeyId: ApiKeyId,
    changes: {
      name?: string | undefined;
      allowedIps?: string[] | undefined;
      expiresAt?: Date | null | undefined;
    },
    actor: Actor,
  ): Promise<StoredApiKey> {
    const key = { workspaceId: uuidOf(workspaceId), id: uuidOf(apiKeyId) };
    const { name, allowedIps, expiresAt } = changes;
    const data = {
      ...(name !== undefined && { name }),
      ...(allowedIps && { allowedIps }),
      ...(expiresAt !== undefined && { expiresAt }),
    };
    await this.database.withWorkspace(workspaceId, async (tx) => {
      const { count } = await tx.apiKey.updateMany({ where: key, data });
      if (count === 0) throw fault('state/not-found', { facts: { apiKeyId } });
      const fields = Object.keys(data);
      await appendAudit(tx, workspaceId, {
        actor,
        action: 'api_key.update',
        target: apiKeyId,
        data: { fields },
      });
    });
    return this.get(workspaceId, apiKeyId);
  }

  /**
   * Gives a key a new secret; the one before is good for a while more.
   *
   * @param input.operationId  of a write that may be repeated: what it rotated stays as it is
   * @throws Fault `state/not-found`, `state/conflict` for a key that was revoked
   */
  async rotate(
    workspaceId: WorkspaceId,
    apiKeyId: ApiKeyId,
    input: { secretHash: string; overlapMs: number; operationId?: OperationId | undefined; actor: Actor },
  ): Promise<StoredApiKey> {
    const key = { workspaceId: uuidOf(workspaceId), id: uuidOf(apiKeyId) };
    const { secretHash, overlapMs, operationId = null, actor } = input;
    await this.database.withWorkspace(workspaceId, async (tx) => {
      await tx.$executeRaw`
        select 1 from api_key where workspace_id = ${key.workspaceId}::uuid and id = ${key.id}::uuid for update`;
      const before = await tx.apiKey.findUnique({ where: { workspaceId_id: key } });
      if (!before) throw fault('state/not-found', { facts: { apiKeyId } });
      if (operationId !== null && before.rotatedBy === operationId) return;
      if (before.revokedAt !== null) throw fault('state/conflict', { detail: 'The key was revoked.' });
      const isKept = overlapMs > 0;
      await tx.apiKey.update({
        where: { workspaceId_id: key },
        data: {
          secretHash,
          previousHash: isKept ? before.secretHash : null,
          previousUntil: isKept ? new Date(Date.now() + overlapMs) : null,
          rotatedBy: operationId,
        },
      });
      const data = { overlapMs };
      await appendAudit(tx, workspaceId, { actor, action: 'api_key.rotate', target: apiKeyId, data });
    });
    return this.get(workspaceId, apiKeyId);
  }

  /** Keys of a workspace by creation, revoked ones included. */
  async list(workspaceId: WorkspaceId, page: PageRequest): Promise<PageOf<StoredApiKey>> {
    const after = afterId('api-keys', page);
    const rows = await this.database.withWorkspace(workspaceId, (tx) =>
      tx.apiKey.findMany({
        where: { workspaceId: uuidOf(workspaceId), ...after },
        orderBy: { id: page.order },
        take: page.limit + 1,
      }),
    );
    return pageOf('api-keys', page, rows, (row) => row.id, apiKeyOf);
  }
}

function apiKeyOf({ workspaceId, id, scopes, rotatedBy: _, ...rest }: ApiKeyRow): StoredApiKey {
  return {
    ...rest,
    workspaceId: idOf('workspace', workspaceId),
    apiKeyId: idOf('apiKey', id),
    // A scope that a newer version wrote means nothing to this one.
    scopes: scopes.flatMap((scope) => Scope.safeParse(scope).data ?? []),
  };
}
