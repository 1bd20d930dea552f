import { All, Body, Controller, Req, Res } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { ApiExcludeController } from '@nestjs/swagger';
import { type NodeIncomingMessageLike, toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler } from '@modelcontextprotocol/server';
import { Caller, type Principal } from '#libs/access';
import { createMcpServer } from '#libs/mcp';
import { Parley } from '#libs/sdk';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { callWithin } from './call-within.js';

/** The Model Context Protocol. Tools call the API as whoever asks, so that every rule of the API holds here too. */
@ApiExcludeController()
@Controller('mcp')
export class McpController {
  constructor(private readonly host: HttpAdapterHost) {}

  /** Answers one request of the protocol; keeps nothing between requests. */
  @All()
  async serve(
    @Caller() caller: Principal,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Body() body: unknown,
  ): Promise<void> {
    const server = this.host.httpAdapter.getInstance<FastifyInstance>();
    const parley = new Parley({
      baseUrl: 'http://parley',
      fetch: callWithin(server, request),
      maxRetries: 0,
    });
    const handler = createMcpHandler(() => createMcpServer(parley, [...caller.scopes]));
    // From here on the protocol writes; what hooks have set goes out with it.
    for (const [name, value] of Object.entries(reply.getHeaders()))
      if (value) reply.raw.setHeader(name, value);
    reply.hijack();
    // Node's request has `undefined` where the adapter's type has nothing.
    await toNodeHandler(handler)(request.raw as NodeIncomingMessageLike, reply.raw, body);
  }
}
