import { z } from 'zod';

const words = z.string().min(1).max(1_000);

/** How a bot asks how it was, at the end. */
export const CsatSettings = z
  .strictObject({
    text: words.describe('The question; a Liquid template'),
    labels: z
      .array(z.string().min(1).max(100))
      .length(5)
      .default(['Very bad', 'Bad', 'All right', 'Good', 'Very good'])
      .describe('What can be answered, from 1 to 5'),
    comment: words.optional().describe('Asked behind the answer; without it there is no comment'),
    thanks: words.default('Thank you!'),
    after_goals: z
      .array(z.string().min(1).max(64))
      .max(50)
      .default([])
      .describe('Goals with which the bot closes a matter; an operator closes it with `close`'),
    within_s: z
      .int()
      .min(60)
      .max(604_800)
      .default(86_400)
      .describe('Seconds in which something written is an answer; a pressed option always is'),
    again_after_days: z.int().min(1).max(365).default(30).describe('Nobody is asked twice within these days'),
  })
  .meta({ id: 'CsatSettings' });
export type CsatSettings = z.infer<typeof CsatSettings>;
