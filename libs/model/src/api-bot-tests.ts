// The test set of a bot, and what comes of it with one version or with two.
import { z } from 'zod';
import { BotVersionLabel, BotVersionRef } from './api-bots.js';
import { TestConversation } from './bot-tests.js';
import { TraceStep } from './bot.js';
import { BotId } from './ids.js';

const instant = z.iso.datetime().describe('RFC 3339, UTC');

/** The test set of a bot; titles tell its conversations apart. */
export const TestSet = z
  .array(TestConversation)
  .max(500)
  .superRefine((conversations, context) => {
    const seen = new Set<string>();
    for (const [index, { title }] of conversations.entries()) {
      if (seen.has(title)) {
        const message = `The title “${title}” is used twice`;
        context.addIssue({ code: 'custom', path: [index, 'title'], message });
      }
      seen.add(title);
    }
  });
export type TestSet = z.infer<typeof TestSet>;

export const PutBotTests = z.strictObject({ conversations: TestSet }).meta({ id: 'PutBotTests' });
export type PutBotTests = z.infer<typeof PutBotTests>;

export const BotTests = z
  .object({
    bot_id: BotId,
    revision: z.int().nonnegative().describe('Rises with every change; the ETag'),
    conversations: TestSet,
    updated_at: instant.nullable(),
  })
  .meta({ id: 'BotTests' });
export type BotTests = z.infer<typeof BotTests>;

/** What a run may use of the world. Tools are never called: the test says what they give. */
const TestUses = z
  .strictObject({
    knowledge: z.boolean().default(true).describe('Searches what the bot knows, where a test says nothing'),
    model: z
      .boolean()
      .default(false)
      .describe('Asks the configured model, where a test has no script: it costs'),
  })
  .default({ knowledge: true, model: false });

export const RunBotTests = z
  .strictObject({
    version: BotVersionRef.default('draft'),
    compare_with: BotVersionRef.optional().describe('Shows what another version answers differently'),
    uses: TestUses,
  })
  .meta({ id: 'RunBotTests' });
export type RunBotTests = z.infer<typeof RunBotTests>;

const TestedStep = z.object({
  replies: z.array(z.string()).describe('Each message in plain words, options included'),
  answered_by: z.string().nullable(),
  problems: z.array(z.string()).describe('What is not as expected; empty when all is'),
  trace: z.array(TraceStep),
});

export const TestedConversation = z
  .object({ title: z.string(), passed: z.boolean(), steps: z.array(TestedStep) })
  .meta({ id: 'TestedConversation' });
export type TestedConversation = z.infer<typeof TestedConversation>;

/** What a test set came to with one version. */
export const TestReport = z
  .object({
    version: BotVersionLabel,
    passed: z.int().nonnegative().describe('Conversations and examples at rules'),
    failed: z.int().nonnegative(),
    score: z.number().min(0).max(1).describe('Share of turns and examples that are as expected'),
    conversations: z.array(TestedConversation),
    rules: z.array(
      z.object({
        rule: z.string(),
        index: z.int().nonnegative().describe('Which of its examples, from 0'),
        passed: z.boolean(),
        answered_by: z.string().nullable(),
      }),
    ),
  })
  .meta({ id: 'TestReport' });
export type TestReport = z.infer<typeof TestReport>;

/** One turn that two versions answer differently. */
export const AnswerChange = z
  .object({
    title: z.string(),
    step: z.int().nonnegative(),
    before: z.array(z.string()),
    after: z.array(z.string()),
    answered_by: z.object({ before: z.string().nullable(), after: z.string().nullable() }),
    passed: z.object({ before: z.boolean(), after: z.boolean() }),
    text: z.string().describe('For a person'),
  })
  .meta({ id: 'AnswerChange' });
export type AnswerChange = z.infer<typeof AnswerChange>;

export const BotTestRun = z
  .object({
    report: TestReport,
    compared: z
      .object({
        report: TestReport.omit({ conversations: true, rules: true }),
        score_change: z.number().describe('Above 0: better than the version it was compared with'),
        changes: z.array(AnswerChange),
        text: z.string(),
      })
      .nullable(),
  })
  .meta({ id: 'BotTestRun' });
export type BotTestRun = z.infer<typeof BotTestRun>;
