import { z } from 'zod';
import { listOf, Page } from './api.js';

const instant = z.iso.datetime().describe('RFC 3339, UTC');

/** Rules of the request log, for the server that keeps them and the page that says them. */
export const requestLogKept = { days: 14, perWorkspace: 100_000 } as const;

export const LoggedRequest = z
  .object({
    id: z.uuid(),
    at: instant,
    actor: z.string().describe('Who asked: a kind and an id'),
    method: z.string(),
    path: z.string().describe('Without the query; at most 300 characters'),
    status: z.int().describe('HTTP status of the answer'),
    ms: z.int().nonnegative().describe('Milliseconds until the answer was sent; of a stream, until it ended'),
    code: z.string().nullable().describe('Of the problem document, where the answer was one'),
    request_id: z
      .string()
      .describe('As the header `request-id` said it: log lines of the server carry it too'),
  })
  .meta({ id: 'LoggedRequest' });
export type LoggedRequest = z.infer<typeof LoggedRequest>;
export const RequestLogList = listOf(LoggedRequest, 'RequestLogList');

export const RequestLogPage = Page.extend({
  actor: z.string().min(1).max(200).optional().describe('Who asked, as a whole: `api_key:key_…`'),
  request_id: z.string().min(1).max(200).optional(),
  min_status: z.coerce
    .number()
    .int()
    .min(100)
    .max(599)
    .optional()
    .describe('Only answers with this status or a higher one; 400: those that were refused or failed'),
});
export type RequestLogPage = z.infer<typeof RequestLogPage>;
