import { Controller, Get, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { Caller, type Principal, Scopes } from '#libs/access';
import { type LoggedRequest, RequestLogList, RequestLogPage } from '#libs/model';
import { type PageOf, RequestLog } from '#libs/store';
import { Answers, Problems } from '../http/answers.js';

/** Who asked what, when, and how it ended. */
@ApiTags('Access')
@ApiBearerAuth()
@Problems()
@Controller('v1/request-log')
@Scopes('audit:read')
export class RequestLogController {
  constructor(private readonly requests: RequestLog) {}

  /** Lists requests of programs, and writes and refusals of people, the newest first: for two weeks, a second after they ended. */
  @Get()
  @Answers(200, RequestLogList, 'A page of requests')
  list(
    @Caller() { workspaceId }: Principal,
    @Query({ schema: RequestLogPage }) query: RequestLogPage,
  ): Promise<PageOf<LoggedRequest>> {
    const { actor, request_id: requestId, min_status: minStatus, ...page } = query;
    return this.requests.list(workspaceId, page, { actor, requestId, minStatus });
  }
}
