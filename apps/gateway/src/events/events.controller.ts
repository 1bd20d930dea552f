import { Controller, Get, Headers, Query, type StreamableFile } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { Caller, type Principal, Scopes } from '#libs/access';
import { EventPage, EventStreamQuery, WorkspaceEventList } from '#libs/model';
import { EventLog } from '#libs/store';
import { Produces } from '../http/accept.js';
import { Answers, AnswersEvents, Problems } from '../http/answers.js';
import { Audited } from '../http/audited.js';
import { EventStream } from './event-stream.js';

/** What happens in a whole workspace. */
@ApiTags('Events')
@ApiBearerAuth()
@Problems()
@Controller('v1')
@Scopes('events:read')
export class EventsController {
  constructor(
    private readonly log: EventLog,
    private readonly streams: EventStream,
  ) {}

  /** Lists the events of all conversations, the oldest first; the last page's `next_cursor` goes on later. */
  @Get('events')
  @Audited('event.read')
  @Answers(200, WorkspaceEventList, 'A page of events')
  async list(
    @Caller() { workspaceId }: Principal,
    @Query({ schema: EventPage }) { types, limit, cursor = '0' }: EventPage,
  ): Promise<WorkspaceEventList> {
    const found = await this.log.after(workspaceId, { after: Number(cursor), types, limit: limit + 1 });
    const data = found.slice(0, limit);
    return {
      data,
      has_more: found.length > limit,
      next_cursor: String(data.at(-1)?.position ?? cursor),
    };
  }

  /** Streams the events of all conversations; `Last-Event-ID` or `after` says where to go on. */
  @Get('stream')
  @Audited('event.read')
  @Produces('text/event-stream')
  @AnswersEvents('Events: `id` is the position, `data` a WorkspaceEvent')
  async stream(
    @Caller() { workspaceId }: Principal,
    @Query({ schema: EventStreamQuery }) { types, after }: EventStreamQuery,
    @Headers('last-event-id') lastEventId: string | undefined,
  ): Promise<StreamableFile> {
    const body = await this.streams.open(workspaceId, types, lastEventId ?? after);
    return body.asAnswer();
  }
}
