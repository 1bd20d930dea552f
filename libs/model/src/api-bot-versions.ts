// A bot as it is written: the draft, its versions, and what is different between two of them.
import { z } from 'zod';
import { BotVersionLabel, BotVersionRef } from './api-bots.js';
import { listOf } from './api.js';
import { askedVersion } from './asked.js';
import { BotDefinition } from './bot.js';
import { BotId } from './ids.js';
import { jsonValue as json } from './json.js';

const instant = z.iso.datetime().describe('RFC 3339, UTC');
const note = z.string().trim().min(1).max(500);

/** Something that is wrong with a definition. */
export const DefinitionProblem = z
  .object({
    pointer: z.string().describe('JSON pointer into the definition'),
    code: z.string(),
    message: z.string(),
  })
  .meta({ id: 'DefinitionProblem' });
export type DefinitionProblem = z.infer<typeof DefinitionProblem>;

export const PutBotDraft = z
  .strictObject({ definition: BotDefinition.describe('May still have ways into nothing: `problems` tells') })
  .meta({ id: 'PutBotDraft' });
export type PutBotDraft = z.infer<typeof PutBotDraft>;

export const BotDraft = z
  .object({
    bot_id: BotId,
    revision: z.int().nonnegative().describe('Rises with every change; the ETag'),
    is_changed: z.boolean().describe('Whether it differs from the published version'),
    definition: BotDefinition,
    problems: z.array(DefinitionProblem).describe('What keeps it from being published'),
    updated_by: z.string().nullable(),
    updated_at: instant.nullable(),
  })
  .meta({ id: 'BotDraft' });
export type BotDraft = z.infer<typeof BotDraft>;

export const PublishDraft = z
  .strictObject({
    note: note.optional().describe('What is new, for those who read the list'),
    run_tests: z.boolean().default(false).describe('Refuses when a test of the set fails'),
    force: z
      .strictObject({ reason: note })
      .optional()
      .describe('Publishes although tests fail; the reason stays with the version'),
  })
  .meta({ id: 'PublishDraft' });
export type PublishDraft = z.infer<typeof PublishDraft>;

export const RollBackBot = z
  .strictObject({
    version: askedVersion.describe('Its content becomes a new version, which answers from now on'),
    note: note.optional(),
  })
  .meta({ id: 'RollBackBot' });
export type RollBackBot = z.infer<typeof RollBackBot>;

export const BotVersion = z
  .object({
    version: z.int().positive(),
    is_published: z.boolean(),
    note: z.string().nullable(),
    from_version: z.int().positive().nullable().describe('The version that was rolled back to'),
    tests: z
      .object({ passed: z.int().nonnegative(), failed: z.int().nonnegative() })
      .nullable()
      .describe('Of the test set when it was published; null when it was not run'),
    forced_reason: z.string().nullable().describe('Why it was published although tests failed'),
    created_by: z.string().nullable(),
    created_at: instant,
  })
  .meta({ id: 'BotVersion' });
export type BotVersion = z.infer<typeof BotVersion>;
export const BotVersionList = listOf(BotVersion, 'BotVersionList');

export const BotVersionWhole = z
  .object({ ...BotVersion.shape, definition: BotDefinition })
  .meta({ id: 'BotVersionWhole' });
export type BotVersionWhole = z.infer<typeof BotVersionWhole>;

/** One difference between two definitions. */
export const BotChange = z
  .object({
    kind: z.enum(['added', 'removed', 'changed', 'moved']),
    pointer: z.string().describe('JSON pointer: into the earlier one for what was removed, else the later'),
    text: z.string().describe('One line for a person'),
    before: json.optional(),
    after: json.optional(),
  })
  .meta({ id: 'BotChange' });
export type BotChange = z.infer<typeof BotChange>;

export const DiffBot = z.strictObject({
  from: BotVersionRef.default('published'),
  to: BotVersionRef.default('draft'),
});
export type DiffBot = z.infer<typeof DiffBot>;

export const BotDiff = z
  .object({
    from: BotVersionLabel,
    to: BotVersionLabel,
    is_equal: z.boolean(),
    changes: z.array(BotChange),
    text: z.string().describe('All changes, one a line'),
  })
  .meta({ id: 'BotDiff' });
export type BotDiff = z.infer<typeof BotDiff>;
