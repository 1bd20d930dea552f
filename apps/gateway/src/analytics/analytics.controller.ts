import { Controller, Get, Param, Query, StreamableFile } from '@nestjs/common';
import { ApiBearerAuth, ApiResponse, ApiTags } from '@nestjs/swagger';
import { Caller, type Principal, Scopes } from '#libs/access';
import { writeCsv } from '#libs/archive';
import { AnalyticsQuery, AnalyticsReport, AnalyticsReportName } from '#libs/model';
import { Analytics } from '#libs/store';
import { Produces } from '../http/accept.js';
import { Problems } from '../http/answers.js';

/** Reports as JSON and as CSV. */
@ApiTags('Analytics')
@ApiBearerAuth()
@Problems()
@Controller('v1/analytics')
@Scopes('analytics:read')
export class AnalyticsController {
  constructor(private readonly analytics: Analytics) {}

  /** Counts what happened in a time, from the event log: late events are in the next answer. */
  @Get(':report')
  @Produces('application/json', 'text/csv')
  @ApiResponse({
    status: 200,
    description: 'The report; with `format=csv` as CSV',
    standardSchema: AnalyticsReport,
  })
  async report(
    @Caller() { workspaceId }: Principal,
    @Param('report', { schema: AnalyticsReportName }) name: AnalyticsReportName,
    @Query({ schema: AnalyticsQuery }) query: AnalyticsQuery,
  ): Promise<AnalyticsReport | StreamableFile> {
    const report = await this.analytics.report(workspaceId, name, query);
    return query.format === 'csv' ? asCsv(report) : report;
  }
}

function asCsv({ report, values, data }: AnalyticsReport): StreamableFile {
  const rows = data.map((row) => [
    row.start,
    row.group,
    row.group_name,
    ...values.map((name) => row.values[name] ?? null),
  ]);
  return new StreamableFile(Buffer.from(writeCsv(['start', 'group', 'group_name', ...values], rows)), {
    type: 'text/csv; charset=utf-8',
    disposition: `attachment; filename="${report}.csv"`,
  });
}
