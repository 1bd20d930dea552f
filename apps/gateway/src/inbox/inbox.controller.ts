import { Body, Controller, Get, Headers, Post, Query, StreamableFile } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { Caller, type Principal, Scopes } from '#libs/access';
import {
  type InboxConversation,
  InboxCounts,
  InboxList as InboxListAnswer,
  InboxPage,
  OperatorList,
  PresenceList,
  SearchQuery,
  SearchResult,
  SetPresence,
} from '#libs/model';
import { InboxList, InboxSearch, Operators, type PageOf } from '#libs/store';
import { z } from 'zod';
import { Produces } from '../http/accept.js';
import { Answers, AnswersEvents, Problems } from '../http/answers.js';
import { Audited } from '../http/audited.js';
import { InboxService } from './inbox-service.js';
import { InboxStreams } from './inbox-streams.js';
import { operatorOf } from './operator.js';

const After = z.strictObject({
  after: z.string().max(20).optional().describe('Go on after this `id` of the stream'),
});

@ApiTags('Inbox')
@ApiBearerAuth()
@Problems()
@Controller('v1')
@Scopes('conversations:read')
export class InboxController {
  constructor(
    private readonly inbox: InboxList,
    private readonly search: InboxSearch,
    private readonly operators: Operators,
    private readonly service: InboxService,
    private readonly streams: InboxStreams,
  ) {}

  /** Lists conversations by last activity, as the caller has read them. */
  @Get('inbox')
  @Audited('inbox.read')
  @Scopes('conversations:read', 'messages:read')
  @Answers(200, InboxListAnswer, 'A page of the inbox')
  list(
    @Caller() caller: Principal,
    @Query({ schema: InboxPage }) page: InboxPage,
  ): Promise<PageOf<InboxConversation>> {
    return this.inbox.list(caller.workspaceId, page, operatorOf(caller));
  }

  /** Counts the open conversations of each view. */
  @Get('inbox/counts')
  @Answers(200, InboxCounts, 'Open conversations by view')
  counts(@Caller() caller: Principal): Promise<InboxCounts> {
    return this.inbox.counts(caller.workspaceId, operatorOf(caller));
  }

  /** Streams what changes in the inbox, things as they are now; `Last-Event-ID` or `after` says where to go on. */
  @Get('inbox/stream')
  @Audited('inbox.read')
  @Scopes('conversations:read', 'messages:read')
  @Produces('text/event-stream')
  @AnswersEvents(
    'Events: `id` is a time, `data` an InboxEvent; after `stream.reset` the list is to be read again',
  )
  async stream(
    @Caller() caller: Principal,
    @Query({ schema: After }) { after }: z.infer<typeof After>,
    @Headers('last-event-id') lastEventId: string | undefined,
  ): Promise<StreamableFile> {
    const body = await this.streams.open(caller.workspaceId, operatorOf(caller), lastEventId ?? after);
    return body.asAnswer();
  }

  /** Says what the caller looks at, and answers who else is there; to be repeated every 20 s. */
  @Post('inbox/presence')
  @Answers(200, PresenceList, 'Everybody who is there')
  presence(
    @Caller() caller: Principal,
    @Body({ schema: SetPresence }) seen: SetPresence,
  ): Promise<PresenceList> {
    return this.service.present(caller, seen);
  }

  /** Finds messages by their words, and contacts by a part of a name or an address. */
  @Get('search')
  @Audited('message.search')
  @Scopes('messages:read', 'contacts:read')
  @Answers(200, SearchResult, 'What was found')
  find(
    @Caller() { workspaceId }: Principal,
    @Query({ schema: SearchQuery }) { q, limit }: SearchQuery,
  ): Promise<SearchResult> {
    return this.search.find(workspaceId, q, limit);
  }

  /** Lists who can be given a conversation. */
  @Get('operators')
  @Answers(200, OperatorList, 'All of them, by name')
  async people(@Caller() { workspaceId }: Principal): Promise<OperatorList> {
    return { data: await this.operators.list(workspaceId) };
  }
}
