import { z } from 'zod';
import { listOf, Page } from './api.js';
import { BotId, KnowledgeBaseId, KnowledgeGapId, KnowledgeSourceId, PassageId } from './ids.js';

const instant = z.iso.datetime().describe('RFC 3339, UTC');
const webAddress = z.url({ protocol: /^https?$/ }).max(2_000);
const language = z
  .string()
  .regex(/^[a-z]{2}$/)
  .describe('ISO 639-1; found out from the text when absent');

/** Sizes that hold for everybody. Measured in characters unless they say otherwise. */
export const knowledgeLimits = {
  textMax: 500_000,
  rowsAtOnce: 500,
  rowMax: 50_000,
  queryMax: 1_000,
} as const;

const Synonyms = z
  .array(z.array(z.string().trim().min(1).max(100)).min(2).max(50))
  .max(500)
  .describe('Each a group of words or phrases that mean the same to those who ask');

export const CreateKnowledgeBase = z
  .strictObject({ name: z.string().trim().min(1).max(100), synonyms: Synonyms.default([]) })
  .meta({ id: 'CreateKnowledgeBase' });
export type CreateKnowledgeBase = z.infer<typeof CreateKnowledgeBase>;

export const UpdateKnowledgeBase = z
  .strictObject({ name: z.string().trim().min(1).max(100).optional(), synonyms: Synonyms.optional() })
  .meta({ id: 'UpdateKnowledgeBase' });
export type UpdateKnowledgeBase = z.infer<typeof UpdateKnowledgeBase>;

export const KnowledgeBase = z
  .object({
    id: KnowledgeBaseId,
    name: z.string(),
    synonyms: Synonyms,
    sources: z.int().nonnegative(),
    passages: z.int().nonnegative(),
    created_at: instant,
    updated_at: instant,
  })
  .meta({ id: 'KnowledgeBase' });
export type KnowledgeBase = z.infer<typeof KnowledgeBase>;
export const KnowledgeBaseList = listOf(KnowledgeBase, 'KnowledgeBaseList');

const title = z.string().trim().min(1).max(300);

/** Files come by another route, as their bytes. */
export const CreateKnowledgeSource = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('page'),
      url: webAddress.describe('An HTML page, Markdown, plain text, PDF, DOCX or CSV'),
      title: title.optional().describe('Default: what the page calls itself'),
      language: language.optional(),
      refresh_every_s: z
        .int()
        .min(300)
        .max(2_592_000)
        .nullable()
        .default(86_400)
        .describe('Seconds between two readings; null: once'),
    }),
    z.strictObject({
      kind: z.literal('text'),
      title,
      text: z.string().min(1).max(knowledgeLimits.textMax).describe('Markdown'),
      url: webAddress.optional().describe('Where a person can read it'),
      language: language.optional(),
    }),
    z.strictObject({
      kind: z.literal('rows'),
      title,
      url: webAddress.optional().describe('Where a person can read it, for rows that name no address'),
      language: language.optional(),
    }),
  ])
  .meta({ id: 'CreateKnowledgeSource' });
export type CreateKnowledgeSource = z.infer<typeof CreateKnowledgeSource>;

export const UpdateKnowledgeSource = z
  .strictObject({
    title: title.optional(),
    text: z.string().min(1).max(knowledgeLimits.textMax).optional().describe('Of a text'),
    refresh_every_s: z.int().min(300).max(2_592_000).nullable().optional().describe('Of a page'),
  })
  .meta({ id: 'UpdateKnowledgeSource' });
export type UpdateKnowledgeSource = z.infer<typeof UpdateKnowledgeSource>;

export const KnowledgeSource = z
  .object({
    id: KnowledgeSourceId,
    knowledge_base_id: KnowledgeBaseId,
    kind: z.enum(['file', 'page', 'text', 'rows']),
    title: z.string(),
    url: z.string().nullable(),
    file_name: z.string().nullable(),
    mime_type: z.string().nullable(),
    language: z.string().nullable(),
    refresh_every_s: z.int().nullable(),
    state: z
      .enum(['waiting', 'reading', 'ready', 'failed'])
      .describe('failed: what was read before, if anything, is still known'),
    code: z.string().nullable().describe('Of a failure: its page says cause and fix'),
    reason: z.string().nullable().describe('In words that a person can act on'),
    since: instant.describe('Since when it is so'),
    passages: z.int().nonnegative(),
    characters: z.int().nonnegative(),
    read_at: instant.nullable().describe('When it was last read without a failure'),
    next_read_at: instant.nullable(),
    created_at: instant,
    updated_at: instant,
  })
  .meta({ id: 'KnowledgeSource' });
export type KnowledgeSource = z.infer<typeof KnowledgeSource>;
export const KnowledgeSourceList = listOf(KnowledgeSource, 'KnowledgeSourceList');

/** One row of a table elsewhere, by its key there. */
export const KnowledgeRow = z
  .strictObject({
    key: z.string().min(1).max(200).describe('Yours; the same key replaces the row'),
    title: title.optional(),
    questions: z
      .array(z.string().trim().min(1).max(500))
      .min(1)
      .max(50)
      .optional()
      .describe('Phrasings of the question that `text` answers'),
    text: z
      .string()
      .min(1)
      .max(knowledgeLimits.rowMax)
      .optional()
      .describe('Markdown; of a question: its answer'),
    fields: z
      .record(z.string().min(1).max(100), z.union([z.string().max(5_000), z.number(), z.boolean()]))
      .optional()
      .describe('Columns of a table, known as “name: value”'),
    url: webAddress.optional(),
  })
  .refine(({ text, fields }) => text !== undefined || (fields && Object.keys(fields).length > 0), {
    error: 'must have text or fields',
    path: ['text'],
  })
  .meta({ id: 'KnowledgeRow' });
export type KnowledgeRow = z.infer<typeof KnowledgeRow>;

export const PutKnowledgeRows = z
  .strictObject({ rows: z.array(KnowledgeRow).min(1).max(knowledgeLimits.rowsAtOnce) })
  .meta({ id: 'PutKnowledgeRows' });
export type PutKnowledgeRows = z.infer<typeof PutKnowledgeRows>;

export const DeleteKnowledgeRows = z
  .strictObject({ keys: z.array(z.string().min(1).max(200)).min(1).max(knowledgeLimits.rowsAtOnce) })
  .meta({ id: 'DeleteKnowledgeRows' });
export type DeleteKnowledgeRows = z.infer<typeof DeleteKnowledgeRows>;

export const SearchKnowledge = z
  .strictObject({
    query: z.string().trim().min(1).max(knowledgeLimits.queryMax),
    limit: z.int().min(1).max(50).default(5),
  })
  .meta({ id: 'SearchKnowledge' });
export type SearchKnowledge = z.infer<typeof SearchKnowledge>;

export const FoundPassage = z
  .object({
    id: PassageId,
    source_id: KnowledgeSourceId,
    title: z.string(),
    heading: z.string().describe('The headings above it, or the question that it answers'),
    text: z.string(),
    answer: z.string().describe('What a bot would say of it'),
    url: z.string().nullable(),
    score: z.number().min(0).max(1),
    why: z.object({
      coverage: z.number().describe('Share of what was asked that it speaks of, by weight of the words'),
      focus: z.number().describe('Share of its question or heading that was asked for'),
      similarity: z.number().describe('Of its question or heading, by trigrams'),
      meaning: z.number().nullable().describe('Nearness in meaning; null without embeddings'),
      words: z.array(z.string()).describe('Words of the query that it holds'),
      missing: z.array(z.string()).describe('Words of the query that it does not hold'),
    }),
  })
  .meta({ id: 'FoundPassage' });
export type FoundPassage = z.infer<typeof FoundPassage>;

export const KnowledgeResult = z
  .object({
    language: z.string().nullable().describe('Of the query, as found out'),
    corrected: z
      .array(z.object({ written: z.string(), meant: z.array(z.string()) }))
      .describe('Words that nobody knows, and what they were taken for'),
    passages: z.array(FoundPassage).describe('Best first'),
    verdict: z
      .enum(['answer', 'suggest', 'pass'])
      .nullable()
      .describe('What the bot would do; null where no bot was asked'),
  })
  .meta({ id: 'KnowledgeResult' });
export type KnowledgeResult = z.infer<typeof KnowledgeResult>;

export const KnowledgeGapPage = z.strictObject({
  ...Page.omit({ order: true }).shape,
  bot_id: BotId.optional(),
  state: z.enum(['open', 'closed']).default('open'),
});
export type KnowledgeGapPage = z.infer<typeof KnowledgeGapPage>;

export const KnowledgeGap = z
  .object({
    id: KnowledgeGapId,
    bot_id: BotId,
    question: z.string().describe('As one person wrote it, without private pieces'),
    language: z.string().nullable(),
    times: z.int().positive(),
    state: z.enum(['open', 'closed']),
    first_at: instant,
    last_at: instant,
  })
  .meta({ id: 'KnowledgeGap' });
export type KnowledgeGap = z.infer<typeof KnowledgeGap>;
export const KnowledgeGapList = listOf(KnowledgeGap, 'KnowledgeGapList');
