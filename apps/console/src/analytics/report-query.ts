import { queryOptions } from '@tanstack/react-query';
import type { AnalyticsReport, AnalyticsReportName } from '#libs/model';
import { call } from '../api/call.js';
import { downloadFrom } from '../parts/download.js';

/** What a report is asked with. */
export type ReportQuery = Readonly<Record<string, string | undefined>>;

/** Reports are counted again whenever they are asked for; on a screen they may be a minute old. */
const STALE_MS = 60_000;

const pathOf = (report: AnalyticsReportName): string => `/v1/analytics/${report}`;

/** One report. */
export function reportQuery(report: AnalyticsReportName, query: ReportQuery) {
  return queryOptions({
    queryKey: [pathOf(report), query],
    queryFn: ({ signal }) => call<AnalyticsReport>('GET', pathOf(report), { query, signal }),
    staleTime: STALE_MS,
  });
}

/** Saves a report as a file, as the server writes it. @throws Problem */
export function saveReport(
  report: AnalyticsReportName,
  query: ReportQuery,
  format: 'csv' | 'json',
): Promise<void> {
  const given = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value]],
  );
  return downloadFrom(pathOf(report), `${report}.${format}`, { ...Object.fromEntries(given), format });
}
