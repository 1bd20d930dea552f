import { z } from 'zod';
import { KnowledgeBaseId } from './ids.js';

/** What a bot knows, and how sure it must be to say it. */
export const BotKnowledge = z
  .strictObject({
    bases: z
      .array(KnowledgeBaseId)
      .min(1)
      .max(20)
      .optional()
      .describe('Where it looks; all knowledge bases of the workspace when absent'),
    answers_from: z
      .number()
      .min(0)
      .max(1)
      .default(0.55)
      .describe('From this score the best passage is the answer'),
    suggests_from: z
      .number()
      .min(0)
      .max(1)
      .default(0.33)
      .describe(
        'From this score the bot asks “did you mean”; where it has an agent, that one is asked instead',
      ),
    suggestion: z.string().min(1).max(1_000).default('Did you mean one of these?'),
    none_of_these: z.string().min(1).max(200).default('None of these'),
    cites: z.boolean().default(true).describe('Says under an answer where it stands'),
    source_word: z
      .string()
      .min(1)
      .max(50)
      .default('Source')
      .describe('What stands before the title of a source'),
  })
  .refine(({ answers_from: answers, suggests_from: suggests }) => suggests <= answers, {
    error: 'must not be above answers_from',
    path: ['suggests_from'],
  })
  .meta({ id: 'BotKnowledge' });
export type BotKnowledge = z.infer<typeof BotKnowledge>;
