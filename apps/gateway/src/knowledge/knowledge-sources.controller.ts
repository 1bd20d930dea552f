import { Body, Controller, Delete, Get, Patch, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { Caller, type Principal, Scopes } from '#libs/access';
import {
  DeleteKnowledgeRows,
  KnowledgeSource,
  type KnowledgeSourceId,
  PutKnowledgeRows,
  UpdateKnowledgeSource,
} from '#libs/model';
import { KnowledgeSources } from '#libs/store';
import { actorOf } from '../http/actor.js';
import { Answers, Problems } from '../http/answers.js';
import { Id } from '../http/id-param.js';
import { KnowledgeService } from './knowledge-service.js';

@ApiTags('Knowledge')
@ApiBearerAuth()
@Problems()
@Controller('v1/knowledge-sources')
@Scopes('knowledge:write')
export class KnowledgeSourcesController {
  constructor(
    private readonly sources: KnowledgeSources,
    private readonly service: KnowledgeService,
  ) {}

  /** Reads one source: whether it was read, and why not. */
  @Get(':id')
  @Scopes('knowledge:read')
  @Answers(200, KnowledgeSource, 'The source')
  get(
    @Caller() { workspaceId }: Principal,
    @Id('knowledgeSource') sourceId: KnowledgeSourceId,
  ): Promise<KnowledgeSource> {
    return this.sources.get(workspaceId, sourceId);
  }

  /** Changes a source; what it says is read again. */
  @Patch(':id')
  @Answers(200, KnowledgeSource, 'The source')
  update(
    @Caller() caller: Principal,
    @Id('knowledgeSource') sourceId: KnowledgeSourceId,
    @Body({ schema: UpdateKnowledgeSource })
    { title, text, refresh_every_s: refreshEveryS }: UpdateKnowledgeSource,
  ): Promise<KnowledgeSource> {
    return this.sources.update(caller.workspaceId, sourceId, { title, text, refreshEveryS }, actorOf(caller));
  }

  /** Removes a source with its passages. */
  @Delete(':id')
  @Answers(204, null, 'It is gone')
  remove(@Caller() caller: Principal, @Id('knowledgeSource') sourceId: KnowledgeSourceId): Promise<void> {
    return this.sources.remove(caller.workspaceId, sourceId, actorOf(caller));
  }

  /** Has it read now, also when it was given up. */
  @Post(':id/refresh')
  @Answers(202, KnowledgeSource, 'The source; its reading begins soon')
  refresh(
    @Caller() { workspaceId }: Principal,
    @Id('knowledgeSource') sourceId: KnowledgeSourceId,
  ): Promise<KnowledgeSource> {
    return this.sources.refresh(workspaceId, sourceId);
  }

  /** Writes rows of a table by their keys; those with other keys stay. They are found at once. */
  @Post(':id/rows')
  @Answers(200, KnowledgeSource, 'The source')
  putRows(
    @Caller() { workspaceId }: Principal,
    @Id('knowledgeSource') sourceId: KnowledgeSourceId,
    @Body({ schema: PutKnowledgeRows }) { rows }: PutKnowledgeRows,
  ): Promise<KnowledgeSource> {
    return this.service.putRows(workspaceId, sourceId, rows);
  }

  /** Removes rows of a table by their keys; those that there are not are passed over. */
  @Post(':id/rows/delete')
  @Answers(200, KnowledgeSource, 'The source')
  deleteRows(
    @Caller() { workspaceId }: Principal,
    @Id('knowledgeSource') sourceId: KnowledgeSourceId,
    @Body({ schema: DeleteKnowledgeRows }) { keys }: DeleteKnowledgeRows,
  ): Promise<KnowledgeSource> {
    return this.service.deleteRows(workspaceId, sourceId, keys);
  }
}
