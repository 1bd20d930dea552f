// A bot as files.
import { z } from 'zod';
import { BotId } from './ids.js';

/** A bot as files, by their paths. */
export const BotFiles = z
  .record(z.string().min(1).max(200), z.string().max(1_000_000))
  .refine((files) => Object.keys(files).length <= 2_500, { error: 'at most 2,500 files' });
export type BotFiles = z.infer<typeof BotFiles>;

export const BotExport = z
  .object({ format: z.literal('parley-bot/1'), files: BotFiles })
  .meta({ id: 'BotExport' });
export type BotExport = z.infer<typeof BotExport>;

export const ImportBot = z
  .strictObject({
    format: z.literal('parley-bot/1').optional(),
    files: BotFiles,
    bot_id: BotId.optional().describe(
      'Becomes the draft and the tests of this bot; without it a new bot is made, and answers at once',
    ),
  })
  .meta({ id: 'ImportBot' });
export type ImportBot = z.infer<typeof ImportBot>;
