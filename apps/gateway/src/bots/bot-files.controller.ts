import { Body, Controller, Get, Post, Query, Res, StreamableFile } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiConsumes, ApiTags } from '@nestjs/swagger';
import { Caller, type Principal, Scopes } from '#libs/access';
import { unzip, zipOf } from '#libs/bot';
import { Bot, BotExport, BotId, BotVersionRef, ImportBot } from '#libs/model';
import { idOfOperation, type OperationId } from '#libs/store';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { actorOf } from '../http/actor.js';
import { Answers, AnswersFile, Problems } from '../http/answers.js';
import { Id } from '../http/id-param.js';
import { IdempotencyHeader } from '../http/idempotency.interceptor.js';
import { Operation } from '../http/operation.js';
import { FilesService } from './files-service.js';

const Which = z.strictObject({ version: BotVersionRef.default('published') });
const Into = z.strictObject({
  bot_id: BotId.optional().describe(
    'Becomes the draft and the tests of this bot; without it a new one is made',
  ),
});

@ApiTags('Bots')
@ApiBearerAuth()
@Problems()
@Controller('v1/bots')
@Scopes('bots:write')
export class BotFilesController {
  constructor(private readonly service: FilesService) {}

  /** Gives a bot with its tests as files, in one document. The same bot gives the same bytes. */
  @Get(':id/export')
  @Scopes('bots:read')
  @Answers(200, BotExport, 'The files by their paths')
  export(
    @Caller() { workspaceId }: Principal,
    @Id('bot') botId: BotId,
    @Query({ schema: Which }) { version }: z.infer<typeof Which>,
  ): Promise<BotExport> {
    return this.service.export(workspaceId, botId, version);
  }

  /** Gives a bot with its tests as a zip archive of files. The same bot gives the same bytes. */
  @Get(':id/export.zip')
  @Scopes('bots:read')
  @AnswersFile('A zip archive')
  async archive(
    @Caller() { workspaceId }: Principal,
    @Id('bot') botId: BotId,
    @Query({ schema: Which }) { version }: z.infer<typeof Which>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile> {
    const { files } = await this.service.export(workspaceId, botId, version);
    void reply.header('content-disposition', `attachment; filename="${botId}.zip"`);
    return new StreamableFile(zipOf(files), { type: 'application/zip' });
  }

  /** Makes a bot of files, or the draft of one that is there. Each mistake is told with its file and its place. */
  @Post('import')
  @IdempotencyHeader()
  @Answers(201, Bot, 'The bot')
  import(
    @Caller() caller: Principal,
    @Body({ schema: ImportBot }) { files, bot_id: botId }: ImportBot,
    @Operation() operationId: OperationId | undefined,
  ): Promise<z.infer<typeof Bot>> {
    return this.#import(caller, files, botId, operationId);
  }

  /** Makes a bot of a zip archive of files, or the draft of one that is there. */
  @Post('import.zip')
  @IdempotencyHeader()
  @ApiConsumes('application/zip')
  @ApiBody({ description: 'The archive', schema: { type: 'string', format: 'binary' } })
  @Answers(201, Bot, 'The bot')
  importArchive(
    @Caller() caller: Principal,
    @Body() body: unknown,
    @Query({ schema: Into }) { bot_id: botId }: z.infer<typeof Into>,
    @Operation() operationId: OperationId | undefined,
  ): Promise<z.infer<typeof Bot>> {
    return this.#import(caller, unzip(Buffer.isBuffer(body) ? body : Buffer.alloc(0)), botId, operationId);
  }

  #import(
    caller: Principal,
    files: ImportBot['files'],
    botId: BotId | undefined,
    operationId: OperationId | undefined,
  ): Promise<z.infer<typeof Bot>> {
    const newId = operationId && idOfOperation('bot', operationId);
    return this.service.import(caller.workspaceId, files, { botId, newId, actor: actorOf(caller) });
  }
}
