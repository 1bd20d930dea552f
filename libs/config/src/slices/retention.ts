import type { z } from 'zod';
import { days } from '../text.js';

/** Providers repeat what they told for up to a week: what is forgotten sooner would be new again. */
const DAYS_MIN = 8;
const DAYS_MAX = 36_500;
const bounds = { min: DAYS_MIN, max: DAYS_MAX };

/** How long things are kept where neither their workspace nor their channel says so. */
export const retentionSlice = {
  PARLEY_KEEP_MESSAGES: days(bounds)
    .prefault('none')
    .describe('How long messages are kept, with their files and traces; `none` for ever.'),
  PARLEY_KEEP_TRACES: days(bounds)
    .prefault('none')
    .describe('How long it is kept why bots said what they said; `none` for ever.'),
  PARLEY_KEEP_MEDIA: days(bounds)
    .prefault('none')
    .describe('How long files that came in are kept; `none` for ever.'),
  PARLEY_KEEP_INBOX: days(bounds)
    .prefault('30d')
    .describe('How long it is kept what providers told, as received; `none` for ever.'),
  PARLEY_KEEP_WEBHOOKS: days({ min: 1, max: 30 })
    .refine((kept) => kept !== null, 'must lie between 1d and 30d')
    .prefault('30d')
    .describe('How long webhook deliveries that ended are kept, at most `30d`.'),
} satisfies Record<string, z.ZodType>;
