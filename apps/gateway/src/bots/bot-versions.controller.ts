import { Body, Controller, Get, Headers, Param, Post, Put, Query, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { Caller, type Principal, Scopes } from '#libs/access';
import {
  Bot,
  BotDiff,
  BotDraft,
  type BotId,
  BotVersionList,
  BotVersionWhole,
  type BotVersion,
  DiffBot,
  Page,
  PublishDraft,
  PutBotDraft,
  RollBackBot,
} from '#libs/model';
import { BotDrafts, BotVersions, type PageOf, type StoredDraft } from '#libs/store';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { actorOf } from '../http/actor.js';
import { Answers, Problems } from '../http/answers.js';
import { Id } from '../http/id-param.js';
import { IdempotencyHeader } from '../http/idempotency.interceptor.js';
import { etagOf, IfMatchHeader, versionOf } from '../http/if-match.js';
import { draftView, VersionService } from './version-service.js';

const VersionNumber = z.coerce.number().int().positive().max(2_147_483_647);

@ApiTags('Bots')
@ApiBearerAuth()
@Problems()
@Controller('v1/bots/:id')
@Scopes('bots:write')
export class BotVersionsController {
  constructor(
    private readonly drafts: BotDrafts,
    private readonly versions: BotVersions,
    private readonly service: VersionService,
  ) {}

  /** Reads what an author is at work on; as published where there is nothing. */
  @Get('draft')
  @Scopes('bots:read')
  @Answers(200, BotDraft, 'The draft')
  async draft(
    @Caller() { workspaceId }: Principal,
    @Id('bot') botId: BotId,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<BotDraft> {
    return tagged(botId, await this.drafts.get(workspaceId, botId), reply);
  }

  /** Writes the draft, which answers nobody; with `if-match` only when nobody else has. */
  @Put('draft')
  @IfMatchHeader()
  @Answers(200, BotDraft, 'The draft as it is now')
  async putDraft(
    @Caller() caller: Principal,
    @Id('bot') botId: BotId,
    @Body({ schema: PutBotDraft }) { definition }: PutBotDraft,
    @Headers('if-match') ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<BotDraft> {
    const input = { definition, revision: versionOf(ifMatch), actor: actorOf(caller) };
    return tagged(botId, await this.drafts.put(caller.workspaceId, botId, input), reply);
  }

  /** Publishes the draft, after its tests where asked; a draft without changes changes nothing. */
  @Post('publish')
  @IfMatchHeader()
  @IdempotencyHeader()
  @Answers(200, Bot, 'The bot with its new version')
  publish(
    @Caller() caller: Principal,
    @Id('bot') botId: BotId,
    @Body({ schema: PublishDraft }) body: PublishDraft,
    @Headers('if-match') ifMatch: string | undefined,
  ): Promise<z.infer<typeof Bot>> {
    const by = { revision: versionOf(ifMatch), actor: actorOf(caller) };
    return this.service.publish(caller.workspaceId, botId, body, by);
  }

  /** Publishes what an earlier version said, as a new version. */
  @Post('rollback')
  @IdempotencyHeader()
  @Answers(200, Bot, 'The bot with its new version')
  rollBack(
    @Caller() caller: Principal,
    @Id('bot') botId: BotId,
    @Body({ schema: RollBackBot }) body: RollBackBot,
  ): Promise<z.infer<typeof Bot>> {
    return this.service.rollBack(caller.workspaceId, botId, body, actorOf(caller));
  }

  /** Lists versions by their numbers, without their content. */
  @Get('versions')
  @Scopes('bots:read')
  @Answers(200, BotVersionList, 'A page of versions')
  list(
    @Caller() { workspaceId }: Principal,
    @Id('bot') botId: BotId,
    @Query({ schema: Page }) page: Page,
  ): Promise<PageOf<BotVersion>> {
    return this.versions.list(workspaceId, botId, page);
  }

  /** Reads one version with its content. */
  @Get('versions/:version')
  @Scopes('bots:read')
  @Answers(200, BotVersionWhole, 'The version')
  get(
    @Caller() { workspaceId }: Principal,
    @Id('bot') botId: BotId,
    @Param('version', { schema: VersionNumber }) version: number,
  ): Promise<BotVersionWhole> {
    return this.versions.get(workspaceId, botId, version);
  }

  /** Says what is different between two versions: by default what the draft would change. */
  @Get('diff')
  @Scopes('bots:read')
  @Answers(200, BotDiff, 'The differences')
  diff(
    @Caller() { workspaceId }: Principal,
    @Id('bot') botId: BotId,
    @Query({ schema: DiffBot }) query: DiffBot,
  ): Promise<BotDiff> {
    return this.service.diff(workspaceId, botId, query);
  }
}

function tagged(botId: BotId, draft: StoredDraft, reply: FastifyReply): BotDraft {
  void reply.header('etag', etagOf(draft.revision));
  return draftView(botId, draft);
}
