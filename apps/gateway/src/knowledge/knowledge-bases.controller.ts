import { Body, Controller, Delete, Get, Patch, Post, Query, Req } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { Caller, type Principal, Scopes } from '#libs/access';
import {
  CreateKnowledgeBase,
  CreateKnowledgeSource,
  KnowledgeBase,
  type KnowledgeBaseId,
  KnowledgeBaseList,
  KnowledgeResult,
  KnowledgeSource,
  KnowledgeSourceList,
  Page,
  SearchKnowledge,
  UpdateKnowledgeBase,
} from '#libs/model';
import { idOfOperation, KnowledgeBases, KnowledgeSources, type OperationId, type PageOf } from '#libs/store';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { actorOf } from '../http/actor.js';
import { Answers, Problems } from '../http/answers.js';
import { Id } from '../http/id-param.js';
import { IdempotencyHeader } from '../http/idempotency.interceptor.js';
import { Operation } from '../http/operation.js';
import { TakesFile } from '../media/media.controller.js';
import { uploadedIn } from '../media/uploaded.js';
import { KnowledgeService } from './knowledge-service.js';

const FileQuery = z.strictObject({
  file_name: z.string().min(1).max(255).optional().describe('Name of a file that is sent as the whole body'),
  title: z.string().trim().min(1).max(300).optional().describe('Default: the name of the file'),
  url: z
    .url({ protocol: /^https?$/ })
    .max(2_000)
    .optional()
    .describe('Where a person can read it'),
  language: z
    .string()
    .regex(/^[a-z]{2}$/)
    .optional()
    .describe('ISO 639-1; found out from the text when absent'),
});

@ApiTags('Knowledge')
@ApiBearerAuth()
@Problems()
@Controller('v1/knowledge-bases')
@Scopes('knowledge:write')
export class KnowledgeBasesController {
  constructor(
    private readonly bases: KnowledgeBases,
    private readonly sources: KnowledgeSources,
    private readonly service: KnowledgeService,
  ) {}

  /** Makes an empty knowledge base. */
  @Post()
  @IdempotencyHeader()
  @Answers(201, KnowledgeBase, 'The knowledge base')
  create(
    @Caller() caller: Principal,
    @Body({ schema: CreateKnowledgeBase }) body: CreateKnowledgeBase,
    @Operation() operationId: OperationId | undefined,
  ): Promise<KnowledgeBase> {
    const baseId = operationId && idOfOperation('knowledgeBase', operationId);
    return this.bases.create(caller.workspaceId, { ...body, actor: actorOf(caller), baseId });
  }

  /** Lists knowledge bases by creation. */
  @Get()
  @Scopes('knowledge:read')
  @Answers(200, KnowledgeBaseList, 'A page of knowledge bases')
  list(
    @Caller() { workspaceId }: Principal,
    @Query({ schema: Page }) page: Page,
  ): Promise<PageOf<KnowledgeBase>> {
    return this.bases.list(workspaceId, page);
  }

  /** Reads one knowledge base. */
  @Get(':id')
  @Scopes('knowledge:read')
  @Answers(200, KnowledgeBase, 'The knowledge base')
  get(
    @Caller() { workspaceId }: Principal,
    @Id('knowledgeBase') baseId: KnowledgeBaseId,
  ): Promise<KnowledgeBase> {
    return this.bases.get(workspaceId, baseId);
  }

  /** Changes its name or its synonyms. */
  @Patch(':id')
  @Answers(200, KnowledgeBase, 'The knowledge base')
  update(
    @Caller() caller: Principal,
    @Id('knowledgeBase') baseId: KnowledgeBaseId,
    @Body({ schema: UpdateKnowledgeBase }) change: UpdateKnowledgeBase,
  ): Promise<KnowledgeBase> {
    return this.bases.update(caller.workspaceId, baseId, change, actorOf(caller));
  }

  /** Removes it with everything in it. */
  @Delete(':id')
  @Answers(204, null, 'It is gone')
  remove(@Caller() caller: Principal, @Id('knowledgeBase') baseId: KnowledgeBaseId): Promise<void> {
    return this.bases.remove(caller.workspaceId, baseId, actorOf(caller));
  }

  /** Adds a page, a text, or a table of rows; a worker reads the first two. */
  @Post(':id/sources')
  @IdempotencyHeader()
  @Answers(201, KnowledgeSource, 'The source')
  addSource(
    @Caller() caller: Principal,
    @Id('knowledgeBase') baseId: KnowledgeBaseId,
    @Body({ schema: CreateKnowledgeSource }) body: CreateKnowledgeSource,
    @Operation() operationId: OperationId | undefined,
  ): Promise<KnowledgeSource> {
    const sourceId = operationId && idOfOperation('knowledgeSource', operationId);
    return this.service.add(caller.workspaceId, baseId, body, { actor: actorOf(caller), sourceId });
  }

  /** Adds a file: PDF, DOCX, HTML, Markdown, text, or a CSV of questions and answers. A worker reads it. */
  @Post(':id/files')
  @IdempotencyHeader()
  @TakesFile()
  @Answers(201, KnowledgeSource, 'The source')
  async addFile(
    @Caller() caller: Principal,
    @Id('knowledgeBase') baseId: KnowledgeBaseId,
    @Query({ schema: FileQuery }) { file_name: fileName, ...said }: z.infer<typeof FileQuery>,
    @Operation() operationId: OperationId | undefined,
    @Req() request: FastifyRequest,
  ): Promise<KnowledgeSource> {
    const file = await uploadedIn(request.body, request.headers['content-type'], fileName);
    const sourceId = operationId && idOfOperation('knowledgeSource', operationId);
    const by = { ...said, actor: actorOf(caller), sourceId };
    return this.service.addFile(caller.workspaceId, baseId, file, by);
  }

  /** Lists its sources by creation, each with how far its reading is. */
  @Get(':id/sources')
  @Scopes('knowledge:read')
  @Answers(200, KnowledgeSourceList, 'A page of sources')
  async listSources(
    @Caller() { workspaceId }: Principal,
    @Id('knowledgeBase') baseId: KnowledgeBaseId,
    @Query({ schema: Page }) page: Page,
  ): Promise<PageOf<KnowledgeSource>> {
    await this.bases.get(workspaceId, baseId);
    return this.sources.list(workspaceId, baseId, page);
  }

  /** Searches it, and says why each passage has its score. */
  @Post(':id/search')
  @Scopes('knowledge:read')
  @Answers(200, KnowledgeResult, 'What was found')
  search(
    @Caller() { workspaceId }: Principal,
    @Id('knowledgeBase') baseId: KnowledgeBaseId,
    @Body({ schema: SearchKnowledge }) body: SearchKnowledge,
  ): Promise<KnowledgeResult> {
    return this.service.searchBase(workspaceId, baseId, body);
  }
}
