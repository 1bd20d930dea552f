import { createReadStream } from 'node:fs';
import path from 'node:path';
import { Body, Controller, Delete, Get, Post, Query, StreamableFile } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { Caller, type Principal, Scopes } from '#libs/access';
import type { GatewayConfig } from '#libs/config';
import { fault } from '#libs/faults';
import { CreateExport, Export, type ExportId, ExportList, Page } from '#libs/model';
import { Exports, type OperationId, type PageOf } from '#libs/store';
import { Config } from '../config-token.js';
import { Produces } from '../http/accept.js';
import { actorOf } from '../http/actor.js';
import { Answers, AnswersFile, Problems } from '../http/answers.js';
import { Id } from '../http/id-param.js';
import { IdempotencyHeader } from '../http/idempotency.interceptor.js';
import { Operation } from '../http/operation.js';

/** Everything of a workspace as one archive. */
@ApiTags('Exports')
@ApiBearerAuth()
@Problems()
@Controller('v1/exports')
@Scopes('exports:write')
export class ExportsController {
  constructor(
    private readonly exports: Exports,
    @Config() private readonly config: GatewayConfig,
  ) {}

  /** Asks for an archive of everything; webhooks hear `export.ready`, and it is kept for seven days. */
  @Post()
  @IdempotencyHeader()
  @Answers(202, Export, 'The archive, which is being made')
  create(
    @Caller() caller: Principal,
    @Body({ schema: CreateExport }) body: CreateExport,
    @Operation() operationId: OperationId | undefined,
  ): Promise<Export> {
    const input = { hasMedia: body.include_media, actor: actorOf(caller), operationId };
    return this.exports.create(caller.workspaceId, input);
  }

  /** Lists archives by creation. */
  @Get()
  @Scopes('exports:read')
  @Answers(200, ExportList, 'A page of archives')
  list(@Caller() { workspaceId }: Principal, @Query({ schema: Page }) page: Page): Promise<PageOf<Export>> {
    return this.exports.list(workspaceId, page);
  }

  /** Reads how far an archive is, and what is in it. */
  @Get(':id')
  @Scopes('exports:read')
  @Answers(200, Export, 'The archive')
  get(@Caller() { workspaceId }: Principal, @Id('export') exportId: ExportId): Promise<Export> {
    return this.exports.get(workspaceId, exportId);
  }

  /** Gives out an archive: a gzipped tar of JSON lines, CSV and files. */
  @Get(':id/download')
  @Scopes('exports:read')
  @Produces('application/gzip')
  @AnswersFile('The archive; `sha256` of the export is its hash')
  async download(@Caller() caller: Principal, @Id('export') exportId: ExportId): Promise<StreamableFile> {
    const { state, size_bytes: length } = await this.exports.get(caller.workspaceId, exportId);
    if (state === 'expired') throw fault('state/gone', { detail: 'The archive is not kept any more.' });
    if (state !== 'ready' || length === null) {
      throw fault('state/conflict', { detail: `The archive is not ready: ${state}.` });
    }
    const file = path.join(this.config.data.dir, 'exports', caller.workspaceId, `${exportId}.tar.gz`);
    const body = await opened(file);
    await this.exports.noteDownload(caller.workspaceId, exportId, actorOf(caller));
    return new StreamableFile(body, {
      type: 'application/gzip',
      disposition: `attachment; filename="${exportId}.tar.gz"`,
      length,
    });
  }

  /** Takes an archive away before its time. */
  @Delete(':id')
  @IdempotencyHeader()
  @Answers(204, null, 'It is gone')
  remove(@Caller() caller: Principal, @Id('export') exportId: ExportId): Promise<void> {
    return this.exports.remove(caller.workspaceId, exportId, actorOf(caller));
  }
}

/** @throws Fault `state/gone` when the file is not on this machine's, or the shared, volume */
function opened(file: string): Promise<ReturnType<typeof createReadStream>> {
  const body = createReadStream(file);
  return new Promise((resolve, reject) => {
    body.once('open', () => resolve(body));
    body.once('error', (cause) =>
      reject(fault('state/gone', { detail: 'The archive is not kept here any more.', cause })),
    );
  });
}
