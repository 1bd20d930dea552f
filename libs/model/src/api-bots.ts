// A bot's name for whoever asks, and how its versions are named.
import { z } from 'zod';
import { askedVersionInQuery } from './asked.js';

/** A version by its number, the draft, or whichever one answers now. */
export const BotVersionRef = z
  .union([z.enum(['draft', 'published']), askedVersionInQuery])
  .describe('A number, `draft` or `published`');
export type BotVersionRef = z.infer<typeof BotVersionRef>;

/** A version by its number, or the draft: what an answer says. */
export const BotVersionLabel = z.union([z.literal('draft'), z.int().positive()]);
export type BotVersionLabel = z.infer<typeof BotVersionLabel>;

/** What happens to conversations that are under way when another version is published. */
export const RunningConversations = z
  .enum(['move', 'finish'])
  .describe(
    'move: the next turn is of the new version · finish: what is under way ends with the version it began with',
  );
export type RunningConversations = z.infer<typeof RunningConversations>;

export const UpdateBot = z
  .strictObject({
    name: z.string().trim().min(1).max(100).optional(),
    running_conversations: RunningConversations.optional(),
  })
  .meta({ id: 'UpdateBot' });
export type UpdateBot = z.infer<typeof UpdateBot>;
