import { z } from 'zod';
import { BotDefinition } from './bot.js';

export const CheckBot = z
  .strictObject({ definition: BotDefinition.describe('What would be published') })
  .meta({ id: 'CheckBot' });
export type CheckBot = z.infer<typeof CheckBot>;

export const BotProblems = z
  .object({
    problems: z.array(
      z.object({
        pointer: z.string().describe('Place in the definition, as a JSON pointer'),
        code: z.string(),
        message: z.string().describe('What is wrong there'),
      }),
    ),
  })
  .meta({ id: 'BotProblems' });
export type BotProblems = z.infer<typeof BotProblems>;
