import { Body, Controller, Delete, Get, Patch, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { Caller, KeyService, type Principal, requireScope, Scopes } from '#libs/access';
import {
  ApiKey,
  type ApiKeyId,
  ApiKeyList,
  ApiKeyWithSecret,
  CreateApiKey,
  Page,
  RotateApiKey,
  UpdateApiKey,
} from '#libs/model';
import { ApiKeys, type OperationId, type PageOf, type StoredApiKey } from '#libs/store';
import { actorOf } from '../http/actor.js';
import { Answers, Problems } from '../http/answers.js';
import { Id } from '../http/id-param.js';
import { IdempotencyHeader } from '../http/idempotency.interceptor.js';
import { Operation, Repeatable } from '../http/operation.js';

/** No key makes a stronger one, nor gets its secret. */
@ApiTags('Access')
@ApiBearerAuth()
@Problems()
@Controller('v1/api-keys')
@Scopes('keys:write')
export class ApiKeysController {
  constructor(
    private readonly apiKeys: ApiKeys,
    private readonly service: KeyService,
  ) {}

  /** Makes a key, with at most the scopes of the one that asks. */
  @Post()
  @IdempotencyHeader()
  @Repeatable()
  @Answers(201, ApiKeyWithSecret, 'The key')
  async create(
    @Caller() caller: Principal,
    @Body({ schema: CreateApiKey }) body: CreateApiKey,
    @Operation() operationId: OperationId | undefined,
  ): Promise<ApiKeyWithSecret> {
    requireScope(caller, ...body.scopes);
    const { name, scopes, allowed_ips: allowedIps, is_test: isTest } = body;
    const input = {
      name,
      scopes,
      allowedIps,
      isTest,
      expiresAt: dateOf(body.expires_at),
      actor: actorOf(caller),
    };
    const { apiKey, key } = await this.service.create(caller.workspaceId, input, operationId);
    return { ...shown(apiKey), key };
  }

  /** Lists keys by creation, revoked ones included. */
  @Get()
  @Scopes('keys:read')
  @Answers(200, ApiKeyList, 'A page of keys')
  async list(
    @Caller() { workspaceId }: Principal,
    @Query({ schema: Page }) page: Page,
  ): Promise<PageOf<ApiKey>> {
    const found = await this.apiKeys.list(workspaceId, page);
    return { ...found, data: found.data.map(shown) };
  }

  /** Reads one key, but for its secret. */
  @Get(':id')
  @Scopes('keys:read')
  @Answers(200, ApiKey, 'The key')
  async get(@Caller() { workspaceId }: Principal, @Id('apiKey') apiKeyId: ApiKeyId): Promise<ApiKey> {
    return shown(await this.apiKeys.get(workspaceId, apiKeyId));
  }

  /** Changes a key's name, its end, or from where it holds; in force everywhere after two seconds. */
  @Patch(':id')
  @IdempotencyHeader()
  @Answers(200, ApiKey, 'The key as it is now')
  async update(
    @Caller() caller: Principal,
    @Id('apiKey') apiKeyId: ApiKeyId,
    @Body({ schema: UpdateApiKey }) { name, allowed_ips: allowedIps, expires_at: end }: UpdateApiKey,
  ): Promise<ApiKey> {
    const expiresAt = end === undefined ? undefined : dateOf(end);
    const before = await this.apiKeys.get(caller.workspaceId, apiKeyId);
    requireScope(caller, ...before.scopes);
    const changes = { name, allowedIps, expiresAt };
    const changed = await this.apiKeys.update(caller.workspaceId, apiKeyId, changes, actorOf(caller));
    this.service.forget(changed);
    return shown(changed);
  }

  /** Gives a key a new secret; for a while the one before is good too. */
  @Post(':id/rotate')
  @IdempotencyHeader()
  @Repeatable()
  @Answers(200, ApiKeyWithSecret, 'The key and its new secret')
  async rotate(
    @Caller() caller: Principal,
    @Id('apiKey') apiKeyId: ApiKeyId,
    @Body({ schema: RotateApiKey }) { overlap_seconds: overlap }: RotateApiKey,
    @Operation() operationId: OperationId | undefined,
  ): Promise<ApiKeyWithSecret> {
    const before = await this.apiKeys.get(caller.workspaceId, apiKeyId);
    requireScope(caller, ...before.scopes);
    const input = { overlapMs: overlap * 1_000, actor: actorOf(caller) };
    const { apiKey, key } = await this.service.rotate(caller.workspaceId, apiKeyId, input, operationId);
    return { ...shown(apiKey), key };
  }

  /** Ends a key for ever; everywhere after two seconds. */
  @Delete(':id')
  @IdempotencyHeader()
  @Answers(204, null, 'It opens nothing any more')
  async revoke(@Caller() caller: Principal, @Id('apiKey') apiKeyId: ApiKeyId): Promise<void> {
    this.service.forget(await this.apiKeys.revoke(caller.workspaceId, apiKeyId, actorOf(caller)));
  }
}

function dateOf(instant: string | null): Date | null {
  return instant === null ? null : new Date(instant);
}

function shown(key: StoredApiKey): ApiKey {
  const isOverlapping = key.previousUntil !== null && key.previousUntil.getTime() > Date.now();
  return {
    id: key.apiKeyId,
    name: key.name,
    scopes: key.scopes,
    allowed_ips: key.allowedIps,
    is_test: key.isTest,
    created_at: key.createdAt.toISOString(),
    expires_at: key.expiresAt?.toISOString() ?? null,
    revoked_at: key.revokedAt?.toISOString() ?? null,
    last_used_at: key.lastUsedAt?.toISOString() ?? null,
    previous_secret_until: isOverlapping ? (key.previousUntil?.toISOString() ?? null) : null,
  };
}
