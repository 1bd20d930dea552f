import { Controller, Get, Param, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Public } from '#libs/access';
import type { GatewayConfig } from '#libs/config';
import type { HookRequest } from '#libs/connectors';
import type { ChannelId } from '#libs/model';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Config } from '../config-token.js';
import { Id } from '../http/id-param.js';
import { HookService } from './hook-service.js';

/** Where providers hand in what happened on their channels. */
@ApiExcludeController()
@Controller('hooks/:connector/:channelId')
@Public()
export class HooksController {
  constructor(
    private readonly hooks: HookService,
    @Config() private readonly config: GatewayConfig,
  ) {}

  @Post()
  post(
    @Param('connector') connector: string,
    @Id('channel', 'channelId') channelId: ChannelId,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.#receive(connector, channelId, request, reply);
  }

  /** Some providers verify an address by a GET request before they post to it. */
  @Get()
  get(
    @Param('connector') connector: string,
    @Id('channel', 'channelId') channelId: ChannelId,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.#receive(connector, channelId, request, reply);
  }

  async #receive(
    connector: string,
    channelId: ChannelId,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    const answer = await this.hooks.receive(connector, channelId, this.#toHookRequest(request));
    void reply.status(answer.status).headers(answer.headers ?? {});
    await reply.send(answer.body ?? '');
  }

  #toHookRequest(request: FastifyRequest): HookRequest {
    return {
      method: request.method === 'GET' ? 'GET' : 'POST',
      url: `${this.config.http.publicUrl}${request.url}`,
      query: Object.fromEntries(new URLSearchParams(request.url.split('?').slice(1).join('?'))),
      headers: Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [name, [value ?? ''].flat().join(', ')]),
      ),
      body: Buffer.isBuffer(request.body) ? request.body : new Uint8Array(),
      receivedAt: Date.now(),
    };
  }
}
