import { Body, Controller, Delete, Get, Patch, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import {
  Caller,
  ClientService,
  type ClientWithSecret,
  type Principal,
  requireScope,
  Scopes,
} from '#libs/access';
import {
  CreateOauthClient,
  OauthClient,
  type OauthClientId,
  OauthClientList,
  OauthClientWithSecret,
  Page,
  RotateApiKey,
  UpdateOauthClient,
} from '#libs/model';
import { OauthClients, type OperationId, type PageOf, type StoredOauthClient } from '#libs/store';
import { actorOf } from '../http/actor.js';
import { Answers, Problems } from '../http/answers.js';
import { Id } from '../http/id-param.js';
import { IdempotencyHeader } from '../http/idempotency.interceptor.js';
import { Operation, Repeatable } from '../http/operation.js';

/** Programs that get their tokens by themselves. Nobody makes a stronger one, nor gets its secret. */
@ApiTags('Access')
@ApiBearerAuth()
@Problems()
@Controller('v1/oauth-clients')
@Scopes('keys:write')
export class OauthClientsController {
  constructor(
    private readonly clients: OauthClients,
    private readonly service: ClientService,
  ) {}

  /** Makes a client, with at most the scopes of whoever asks. */
  @Post()
  @IdempotencyHeader()
  @Repeatable()
  @Answers(201, OauthClientWithSecret, 'The client and its secret')
  async create(
    @Caller() caller: Principal,
    @Body({ schema: CreateOauthClient }) { name, scopes }: CreateOauthClient,
    @Operation() operationId: OperationId | undefined,
  ): Promise<OauthClientWithSecret> {
    requireScope(caller, ...scopes);
    const input = { name, scopes, actor: actorOf(caller) };
    return withSecret(await this.service.create(caller.workspaceId, input, operationId));
  }

  /** Lists clients. */
  @Get()
  @Scopes('keys:read')
  @Answers(200, OauthClientList, 'A page of clients')
  async list(
    @Caller() { workspaceId }: Principal,
    @Query({ schema: Page }) page: Page,
  ): Promise<PageOf<OauthClient>> {
    const found = await this.clients.list(workspaceId, page);
    return { ...found, data: found.data.map(shown) };
  }

  /** Reads one client, but for its secret. */
  @Get(':id')
  @Scopes('keys:read')
  @Answers(200, OauthClient, 'The client')
  async get(
    @Caller() { workspaceId }: Principal,
    @Id('oauthClient') clientId: OauthClientId,
  ): Promise<OauthClient> {
    return shown(await this.clients.get(workspaceId, clientId));
  }

  /** Gives a client another name. */
  @Patch(':id')
  @IdempotencyHeader()
  @Answers(200, OauthClient, 'The client as it is now')
  async update(
    @Caller() caller: Principal,
    @Id('oauthClient') clientId: OauthClientId,
    @Body({ schema: UpdateOauthClient }) { name }: UpdateOauthClient,
  ): Promise<OauthClient> {
    return shown(await this.clients.rename(caller.workspaceId, clientId, name, actorOf(caller)));
  }

  /** Gives a client a new secret; for a while the one before is good too. */
  @Post(':id/rotate')
  @IdempotencyHeader()
  @Repeatable()
  @Answers(200, OauthClientWithSecret, 'The client and its new secret')
  async rotate(
    @Caller() caller: Principal,
    @Id('oauthClient') clientId: OauthClientId,
    @Body({ schema: RotateApiKey }) { overlap_seconds: overlap }: RotateApiKey,
    @Operation() operationId: OperationId | undefined,
  ): Promise<OauthClientWithSecret> {
    requireScope(caller, ...(await this.clients.get(caller.workspaceId, clientId)).scopes);
    const input = { overlapMs: overlap * 1_000, actor: actorOf(caller) };
    return withSecret(await this.service.rotate(caller.workspaceId, clientId, input, operationId));
  }

  /** Ends a client and its tokens; everywhere after two seconds. */
  @Delete(':id')
  @IdempotencyHeader()
  @Answers(204, null, 'It opens nothing any more')
  async remove(@Caller() caller: Principal, @Id('oauthClient') clientId: OauthClientId): Promise<void> {
    await this.clients.remove(caller.workspaceId, clientId, actorOf(caller));
  }
}

function withSecret({ client, secret }: ClientWithSecret): OauthClientWithSecret {
  return { ...shown(client), client_secret: secret };
}

function shown({ clientId, name, scopes, ...client }: StoredOauthClient): OauthClient {
  const until =
    client.previousUntil && client.previousUntil.getTime() > Date.now() ? client.previousUntil : null;
  return {
    id: clientId,
    name,
    scopes,
    created_at: client.createdAt.toISOString(),
    last_used_at: client.lastUsedAt?.toISOString() ?? null,
    previous_secret_until: until?.toISOString() ?? null,
  };
}
