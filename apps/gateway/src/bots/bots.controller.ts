import { isDeepStrictEqual } from 'node:util';
import { Body, Controller, Get, Patch, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { Caller, type Principal, Scopes } from '#libs/access';
import { Bot, type BotId, CreateBot, listOf, Page, PublishBot, UpdateBot } from '#libs/model';
import { Bots, idOfOperation, type OperationId, type PageOf } from '#libs/store';
import type { z } from 'zod';
import { actorOf } from '../http/actor.js';
import { Answers, Problems } from '../http/answers.js';
import { Id } from '../http/id-param.js';
import { IdempotencyHeader } from '../http/idempotency.interceptor.js';
import { Operation } from '../http/operation.js';
import { soundDefinition } from './sound-definition.js';

const BotList = listOf(Bot, 'BotList');
type BotView = z.infer<typeof Bot>;

@ApiTags('Bots')
@ApiBearerAuth()
@Problems()
@Controller('v1/bots')
@Scopes('bots:write')
export class BotsController {
  constructor(private readonly bots: Bots) {}

  /** Makes a bot; its first version answers at once. */
  @Post()
  @IdempotencyHeader()
  @Answers(201, Bot, 'The bot')
  create(
    @Caller() caller: Principal,
    @Body({ schema: CreateBot }) { name, definition: written }: CreateBot,
    @Operation() operationId: OperationId | undefined,
  ): Promise<BotView> {
    const botId = operationId && idOfOperation('bot', operationId);
    const definition = soundDefinition(written);
    return this.bots.create(caller.workspaceId, { name, definition, actor: actorOf(caller), botId });
  }

  /** Lists bots by creation. */
  @Get()
  @Scopes('bots:read')
  @Answers(200, BotList, 'A page of bots')
  list(@Caller() { workspaceId }: Principal, @Query({ schema: Page }) page: Page): Promise<PageOf<BotView>> {
    return this.bots.list(workspaceId, page);
  }

  /** Reads one bot with its published definition. */
  @Get(':id')
  @Scopes('bots:read')
  @Answers(200, Bot, 'The bot')
  get(@Caller() { workspaceId }: Principal, @Id('bot') botId: BotId): Promise<BotView> {
    return this.bots.get(workspaceId, botId);
  }

  /** Changes what is no part of any version: the name, and what happens to conversations under way. */
  @Patch(':id')
  @IdempotencyHeader()
  @Answers(200, Bot, 'The bot as it is now')
  update(
    @Caller() caller: Principal,
    @Id('bot') botId: BotId,
    @Body({ schema: UpdateBot }) { name, running_conversations: runningConversations }: UpdateBot,
  ): Promise<BotView> {
    const change = { name, runningConversations, actor: actorOf(caller) };
    return this.bots.update(caller.workspaceId, botId, change);
  }

  /** Publishes a new version; one that is equal to the published one changes nothing. */
  @Post(':id/versions')
  @IdempotencyHeader()
  @Answers(201, Bot, 'The bot with its new version')
  async publish(
    @Caller() caller: Principal,
    @Id('bot') botId: BotId,
    @Body({ schema: PublishBot }) { definition: written }: PublishBot,
  ): Promise<BotView> {
    const present = await this.bots.get(caller.workspaceId, botId);
    const definition = soundDefinition(written);
    if (isDeepStrictEqual(present.definition, definition)) return present;
    await this.bots.publish(caller.workspaceId, botId, { definition, actor: actorOf(caller) });
    return this.bots.get(caller.workspaceId, botId);
  }
}
