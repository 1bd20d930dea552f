import { randomBytes } from 'node:crypto';
import { Body, Controller, Delete, Get, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { Caller, type Principal, publicKeyOf, Scopes } from '#libs/access';
import {
  type ChannelId,
  CreateVisitorKey,
  newId,
  type VisitorKey,
  type VisitorKeyId,
  VisitorKeyList,
  VisitorKeyWithSecret,
} from '#libs/model';
import { idOfOperation, type OperationId, type ShownVisitorKey, VisitorKeys } from '#libs/store';
import { actorOf } from '../http/actor.js';
import { Answers, Problems } from '../http/answers.js';
import { Id } from '../http/id-param.js';
import { IdempotencyHeader } from '../http/idempotency.interceptor.js';
import { Operation, Repeatable } from '../http/operation.js';

/** The keys with which a customer's server says who the visitors of a channel are. */
@ApiTags('Channels')
@ApiBearerAuth()
@Problems()
@Controller('v1')
@Scopes('channels:write')
export class VisitorKeysController {
  constructor(private readonly keys: VisitorKeys) {}

  /** Adds a key; several hold at once, so that one can be exchanged without a gap. */
  @Post('channels/:id/visitor-keys')
  @IdempotencyHeader()
  @Repeatable()
  @Answers(201, VisitorKeyWithSecret, 'The key; of HS256 with its secret')
  async create(
    @Caller() caller: Principal,
    @Id('channel') channelId: ChannelId,
    @Body({ schema: CreateVisitorKey }) { algorithm, public_key: publicKey }: CreateVisitorKey,
    @Operation() operationId: OperationId | undefined,
  ): Promise<VisitorKeyWithSecret> {
    const visitorKeyId = operationId ? idOfOperation('visitorKey', operationId) : newId('visitorKey');
    const isShared = algorithm === 'HS256';
    const material = isShared
      ? randomBytes(32).toString('base64url')
      : publicKeyOf(algorithm, publicKey ?? '');
    const input = { visitorKeyId, channelId, algorithm, material, actor: actorOf(caller) };
    const made = view(await this.keys.create(caller.workspaceId, input));
    if (!isShared) return { ...made, secret: null };
    // A repeated write made another secret than the one that is kept.
    const kept = await this.keys.materialOf(caller.workspaceId, channelId);
    return { ...made, secret: kept.find((key) => key.visitorKeyId === visitorKeyId)?.material ?? null };
  }

  /** Lists the keys of a channel, without their secrets. */
  @Get('channels/:id/visitor-keys')
  @Scopes('channels:read')
  @Answers(200, VisitorKeyList, 'All of them')
  async list(
    @Caller() { workspaceId }: Principal,
    @Id('channel') channelId: ChannelId,
  ): Promise<VisitorKeyList> {
    return { data: (await this.keys.list(workspaceId, channelId)).map(view) };
  }

  /** Ends a key: what it signed vouches for nobody any more. */
  @Delete('visitor-keys/:id')
  @IdempotencyHeader()
  @Answers(204, null, 'It is gone')
  remove(@Caller() caller: Principal, @Id('visitorKey') visitorKeyId: VisitorKeyId): Promise<void> {
    return this.keys.remove(caller.workspaceId, visitorKeyId, actorOf(caller));
  }
}

function view({ visitorKeyId, channelId, algorithm, publicKey, createdAt }: ShownVisitorKey): VisitorKey {
  return {
    id: visitorKeyId,
    channel_id: channelId,
    algorithm,
    public_key: publicKey,
    created_at: createdAt.toISOString(),
  };
}
