import { Body, Controller, Get, Headers, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { Caller, type Principal, Scopes } from '#libs/access';
import type { GatewayConfig } from '#libs/config';
import {
  Channel,
  ChannelCheck,
  type ChannelId,
  ChannelList,
  CreateChannel,
  Page,
  UpdateChannel,
} from '#libs/model';
import { Channels, idOfOperation, type OperationId, type PageOf, type StoredChannel } from '#libs/store';
import type { FastifyReply } from 'fastify';
import { Config } from '../config-token.js';
import { actorOf } from '../http/actor.js';
import { Answers, Problems } from '../http/answers.js';
import { Id } from '../http/id-param.js';
import { IdempotencyHeader } from '../http/idempotency.interceptor.js';
import { etagOf, IfMatchHeader, versionOf } from '../http/if-match.js';
import { Operation } from '../http/operation.js';
import { ChannelService } from './channel-service.js';
import { channelView } from './channel-view.js';

@ApiTags('Channels')
@ApiBearerAuth()
@Problems()
@Controller('v1/channels')
@Scopes('channels:write')
export class ChannelsController {
  constructor(
    private readonly service: ChannelService,
    private readonly channels: Channels,
    @Config() private readonly config: GatewayConfig,
  ) {}

  /** Registers a channel. */
  @Post()
  @IdempotencyHeader()
  @Answers(201, Channel, 'The channel; its secrets are never shown again')
  async create(
    @Caller() caller: Principal,
    @Body({ schema: CreateChannel }) body: CreateChannel,
    @Operation() operationId: OperationId | undefined,
  ): Promise<Channel> {
    const channelId = operationId && idOfOperation('channel', operationId);
    return this.#view(await this.service.create(caller.workspaceId, body, actorOf(caller), channelId));
  }

  /** Lists channels by creation. */
  @Get()
  @Scopes('channels:read')
  @Answers(200, ChannelList, 'A page of channels')
  async list(
    @Caller() { workspaceId }: Principal,
    @Query({ schema: Page }) page: Page,
  ): Promise<PageOf<Channel>> {
    const found = await this.channels.list(workspaceId, page);
    return { ...found, data: found.data.map((channel) => this.#view(channel)) };
  }

  /** Reads one channel; its `etag` is its version. */
  @Get(':id')
  @Scopes('channels:read')
  @Answers(200, Channel, 'The channel')
  async get(
    @Caller() { workspaceId }: Principal,
    @Id('channel') channelId: ChannelId,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Channel> {
    return this.#tagged(await this.channels.get(workspaceId, channelId), reply);
  }

  /** Changes a channel; with `if-match` only when nobody else has. A setting that is null is taken away. */
  @Patch(':id')
  @IfMatchHeader()
  @IdempotencyHeader()
  @Answers(200, Channel, 'The channel as it is now')
  async update(
    @Caller() caller: Principal,
    @Id('channel') channelId: ChannelId,
    @Body({ schema: UpdateChannel }) body: UpdateChannel,
    @Headers('if-match') ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Channel> {
    const { workspaceId } = caller;
    const version = versionOf(ifMatch);
    return this.#tagged(
      await this.service.update(workspaceId, channelId, body, version, actorOf(caller)),
      reply,
    );
  }

  /** Stops what goes out through a channel; what comes in is still kept. */
  @Post(':id/pause')
  @IdempotencyHeader()
  @Answers(200, Channel, 'The paused channel')
  async pause(@Caller() caller: Principal, @Id('channel') channelId: ChannelId): Promise<Channel> {
    return this.#view(await this.service.pause(caller.workspaceId, channelId, actorOf(caller)));
  }

  /** Lets a paused channel send again. */
  @Post(':id/resume')
  @IdempotencyHeader()
  @Answers(200, Channel, 'The active channel')
  async resume(@Caller() caller: Principal, @Id('channel') channelId: ChannelId): Promise<Channel> {
    return this.#view(await this.service.resume(caller.workspaceId, channelId, actorOf(caller)));
  }

  /** Looks whether a channel can work; sends nothing to anyone. */
  @Post(':id/check')
  @IdempotencyHeader()
  @Answers(200, ChannelCheck, 'What was found')
  async check(
    @Caller() { workspaceId }: Principal,
    @Id('channel') channelId: ChannelId,
  ): Promise<ChannelCheck> {
    const { found, channel } = await this.service.check(workspaceId, channelId);
    const { state, reason, fields = {} } = found;
    return { state, reason, fields, channel: this.#view(channel) };
  }

  #view(channel: StoredChannel): Channel {
    return channelView(channel, this.config.http.publicUrl);
  }

  #tagged(channel: StoredChannel, reply: FastifyReply): Channel {
    void reply.header('etag', etagOf(channel.version));
    return this.#view(channel);
  }
}
