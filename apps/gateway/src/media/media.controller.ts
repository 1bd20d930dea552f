import { Controller, Get, Headers, Post, Query, Req, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiConsumes, ApiTags } from '@nestjs/swagger';
import { Caller, type Principal, Public, Scopes } from '#libs/access';
import { MediaFiles } from '#libs/media';
import { type MediaId, StoredMedia } from '#libs/model';
import { idOfOperation, type OperationId } from '#libs/store';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Answers, AnswersFile, Problems } from '../http/answers.js';
import { Id } from '../http/id-param.js';
import { IdempotencyHeader } from '../http/idempotency.interceptor.js';
import { Operation, Repeatable } from '../http/operation.js';
import { MediaService } from './media-service.js';
import { dispositionOf, rangeOf } from './serving.js';

export const FileName = z.strictObject({
  file_name: z.string().min(1).max(255).optional().describe('Name of a file that is sent as the whole body'),
});
const Link = z.strictObject({ expires: z.string().regex(/^\d{1,12}$/), signature: z.string().max(64) });

/** What an upload looks like, for the OpenAPI document. */
export const TakesFile = (): MethodDecorator => (target, key, descriptor) => {
  ApiConsumes('application/octet-stream', 'multipart/form-data')(target, key, descriptor);
  ApiBody({ description: 'The file, or a form with one file', schema: { type: 'string', format: 'binary' } })(
    target,
    key,
    descriptor,
  );
};

/** Nothing in a file may run, call home or be framed, whatever it is. */
const SANDBOX = "sandbox; default-src 'none'; frame-ancestors 'none'";

@ApiTags('Media')
@Problems()
@Controller()
export class MediaController {
  constructor(
    private readonly service: MediaService,
    private readonly files: MediaFiles,
  ) {}

  /** Takes a file, to be named in the parts of a message: the body is the file, or a form with one. */
  @Post('v1/media')
  @ApiBearerAuth()
  @Scopes('messages:write')
  @Repeatable()
  @IdempotencyHeader()
  @TakesFile()
  @Answers(201, StoredMedia, 'The file; `url` is what a part names')
  take(
    @Caller() { workspaceId }: Principal,
    @Query({ schema: FileName }) { file_name }: z.infer<typeof FileName>,
    @Operation() operationId: OperationId | undefined,
    @Req() request: FastifyRequest,
  ): Promise<StoredMedia> {
    const mediaId = operationId && idOfOperation('media', operationId);
    return this.service.take(workspaceId, request, file_name, { mediaId });
  }

  /** Gives a file to whoever has a link to it; messages hold such links, which end after an hour or two. */
  @Get('media/:id')
  @Public()
  @AnswersFile('The file, or the part of it that `range` asks for')
  async give(
    @Id('media') mediaId: MediaId,
    @Query({ schema: Link }) link: z.infer<typeof Link>,
    @Headers('range') range: string | undefined,
    @Headers('if-none-match') known: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { file, holdsForMs } = await this.service.find(mediaId, link);
    const { sizeBytes, mimeType, sha256 } = file;
    const etag = `"${sha256.slice(0, 32)}"`;
    void reply
      .header('content-type', mimeType)
      .header('content-disposition', dispositionOf(mimeType, file.fileName))
      .header('content-security-policy', SANDBOX)
      .header('cache-control', `private, max-age=${Math.floor(holdsForMs / 1_000)}, immutable`)
      .header('accept-ranges', 'bytes')
      .header('etag', etag);
    if (known === etag) return void (await reply.status(304).send());
    const part = rangeOf(range, sizeBytes);
    if (part === null)
      return void (await reply.status(416).header('content-range', `bytes */${sizeBytes}`).send());
    const bytes = await this.files.stream(file.workspaceId, sha256, part);
    if (part) void reply.status(206).header('content-range', `bytes ${part.first}-${part.last}/${sizeBytes}`);
    void reply.header('content-length', part ? part.last - part.first + 1 : sizeBytes);
    await reply.send(bytes);
  }
}
