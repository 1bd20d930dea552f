import { Controller, Get, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { Caller, type Principal, Scopes } from '#libs/access';
import { type AuditLine, AuditLineList, AuditPage } from '#libs/model';
import { AuditLog, type PageOf } from '#libs/store';
import { Answers, Problems } from '../http/answers.js';

@ApiTags('Access')
@ApiBearerAuth()
@Problems()
@Controller('v1/audit-logs')
@Scopes('audit:read')
export class AuditLogsController {
  constructor(private readonly auditLog: AuditLog) {}

  /** Lists who did what, the newest first; `npm run db -- verify-audit` proves that nothing was altered. */
  @Get()
  @Answers(200, AuditLineList, 'A page of lines')
  list(
    @Caller() { workspaceId }: Principal,
    @Query({ schema: AuditPage }) { actor, action, target, ...page }: AuditPage,
  ): Promise<PageOf<AuditLine>> {
    return this.auditLog.list(workspaceId, page, { actor, action, target });
  }
}
