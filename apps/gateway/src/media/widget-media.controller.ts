import { Controller, Post, Query, Req, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { Public } from '#libs/access';
import { StoredMedia } from '#libs/model';
import { idOfOperation, type OperationId } from '#libs/store';
import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { Answers, Problems } from '../http/answers.js';
import { IdempotencyHeader } from '../http/idempotency.interceptor.js';
import { Operation, Repeatable } from '../http/operation.js';
import { Visited, VisitorGuard } from '../widget/visitor-guard.js';
import type { Visit } from '../widget/widget-door.js';
import { FileName, TakesFile } from './media.controller.js';
import { MediaService } from './media-service.js';

@ApiTags('Widget')
@ApiBearerAuth()
@Problems()
@Controller('v1/widget/media')
@Public()
@UseGuards(VisitorGuard)
export class WidgetMediaController {
  constructor(private readonly service: MediaService) {}

  /** Takes a file of a visitor, to be named in the parts of what they say: the body is the file, or a form with one. */
  @Post()
  @Repeatable()
  @IdempotencyHeader()
  @TakesFile()
  @Answers(201, StoredMedia, 'The file; `url` is what a part names')
  take(
    @Visited() { session: { workspaceId, channelId, contactId } }: Visit,
    @Query({ schema: FileName }) { file_name }: z.infer<typeof FileName>,
    @Operation() operationId: OperationId | undefined,
    @Req() request: FastifyRequest,
  ): Promise<StoredMedia> {
    const mediaId = operationId && idOfOperation('media', operationId);
    return this.service.take(workspaceId, request, file_name, { channelId, contactId, mediaId });
  }
}
