import { z } from 'zod';

/** How a transcript is written. */
export const TranscriptQuery = z.strictObject({
  format: z
    .enum(['json', 'csv', 'txt', 'html'])
    .default('json')
    .describe(
      'json: the conversation and its messages · csv · txt: a line per message · html: a page to print',
    ),
});
export type TranscriptQuery = z.infer<typeof TranscriptQuery>;
