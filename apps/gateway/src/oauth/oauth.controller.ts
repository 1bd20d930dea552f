import { Controller, Get, Header, Post, Query, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiExcludeEndpoint, ApiTags } from '@nestjs/swagger';
import { Caller, type Principal, Public, Scopes } from '#libs/access';
import { fault, toFault } from '#libs/faults';
import { type ChannelId, OauthLink } from '#libs/model';
import type { FastifyReply } from 'fastify';
import { Answers, Problems } from '../http/answers.js';
import { Id } from '../http/id-param.js';
import { IdempotencyHeader } from '../http/idempotency.interceptor.js';
import { escapeHtml, page } from '../pages/html.js';
import { OauthService } from './oauth-service.js';

/** Channels that are connected by granting access at the provider. */
@ApiTags('Channels')
@ApiBearerAuth()
@Problems()
@Controller()
export class OauthController {
  constructor(private readonly service: OauthService) {}

  /** Makes a link to the provider's page, on which a person lets Parley in. Register the redirect address there first. */
  @Post('v1/channels/:id/oauth')
  @Scopes('channels:write')
  @IdempotencyHeader()
  @Answers(201, OauthLink, 'The link, for a person to open')
  begin(@Caller() caller: Principal, @Id('channel') channelId: ChannelId): Promise<OauthLink> {
    return this.service.begin(caller, channelId);
  }

  /** Where the provider sends that person back to. */
  @Get('oauth/callback')
  @Public()
  @ApiExcludeEndpoint()
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('cache-control', 'no-store')
  @Header('referrer-policy', 'no-referrer')
  async finish(
    @Query('code') code: unknown,
    @Query('state') state: unknown,
    @Query('error') refusal: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    try {
      if (typeof code !== 'string' || typeof state !== 'string') throw refused(refusal);
      const { name, health } = await this.service.finish(code, state);
      return told('Connected', `${name}: ${health.reason} You can close this page.`);
    } catch (thrown) {
      const { http, title, detail } = toFault(thrown);
      void reply.status(http);
      return told(title, detail);
    }
  }
}

const refused = (refusal: unknown) =>
  fault('input/invalid', {
    detail:
      refusal === 'access_denied'
        ? 'Access was not granted. Nothing has changed; you can close this page.'
        : 'The provider sent no code and state.',
  });

const told = (title: string, words: string): string =>
  page(title, `<h1>${escapeHtml(title)}</h1>\n<p>${escapeHtml(words)}</p>`);
