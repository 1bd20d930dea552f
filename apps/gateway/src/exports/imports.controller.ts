import { Controller, Post, Req } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiConsumes, ApiTags } from '@nestjs/swagger';
import { Caller, type Principal, Scopes } from '#libs/access';
import { fault } from '#libs/faults';
import { ImportReport } from '#libs/model';
import type { FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import { actorOf } from '../http/actor.js';
import { Answers, Problems } from '../http/answers.js';
import { ARCHIVE_TYPE } from '../http/parse-bodies.js';
import { ImportService } from './import-service.js';

/** An archive into a workspace that is empty. */
@ApiTags('Exports')
@ApiBearerAuth()
@Problems()
@Controller('v1/imports')
@Scopes('exports:write')
export class ImportsController {
  constructor(private readonly service: ImportService) {}

  /** Takes an archive in: all of it, or nothing. Answers when it is done, which may take minutes. */
  @Post()
  @ApiConsumes(ARCHIVE_TYPE)
  @ApiBody({ schema: { type: 'string', format: 'binary' }, description: 'The archive, as it was downloaded' })
  @Answers(201, ImportReport, 'What was taken in')
  create(@Caller() caller: Principal, @Req() { body }: FastifyRequest): Promise<ImportReport> {
    if (!(body instanceof Readable)) {
      throw fault('input/unsupported-media-type', { detail: `Send the archive as ${ARCHIVE_TYPE}.` });
    }
    return this.service.take(caller.workspaceId, body, actorOf(caller));
  }
}
