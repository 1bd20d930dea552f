import { z } from 'zod';
import { listOf } from './api.js';
import { askedVersion, askedVersionInQuery } from './asked.js';
import { TestConversation } from './bot-tests.js';
import { BotDefinition, Owner, TraceStep, TurnOutcome } from './bot.js';
import { Contents } from './content.js';
import { BotId, BotProposalId, ConversationId, MessageId, TurnId } from './ids.js';
import { jsonObject, jsonValue as json } from './json.js';

const instant = z.iso.datetime().describe('RFC 3339, UTC');
const note = z.string().trim().min(1).max(500);

/** A version by its number, the draft, or whichever one answers now. */
export const BotVersionRef = z
  .union([z.enum(['draft', 'published']), askedVersionInQuery])
  .describe('A number, `draft` or `published`');
export type BotVersionRef = z.infer<typeof BotVersionRef>;

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

// Drafts and versions ----------------------------------------------------------------------------------------------

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

const versionLabel = z.union([z.literal('draft'), z.int().positive()]);

export const BotDiff = z
  .object({
    from: versionLabel,
    to: versionLabel,
    is_equal: z.boolean(),
    changes: z.array(BotChange),
    text: z.string().describe('All changes, one a line'),
  })
  .meta({ id: 'BotDiff' });
export type BotDiff = z.infer<typeof BotDiff>;

// Test sets --------------------------------------------------------------------------------------------------------

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
    version: versionLabel,
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

// Simulation -------------------------------------------------------------------------------------------------------

const SaidBefore = z.object({ direction: z.enum(['in', 'out']), content: Contents, at: instant });

/** What a simulated conversation remembers. The caller carries it from turn to turn; nothing of it is stored. */
export const SimulationState = z
  .strictObject({
    bot: jsonObject,
    history: z.array(SaidBefore).max(100),
    attributes: jsonObject,
    owner: Owner,
    wakes_at: instant.nullable(),
    calls: z.record(z.string(), z.int().nonnegative()).describe('How often each tool was called'),
    answers: z.int().nonnegative().describe('How far the script of the model was read'),
  })
  .meta({ id: 'SimulationState' });
export type SimulationState = z.infer<typeof SimulationState>;

export const SimulateTurn = z
  .strictObject({
    version: BotVersionRef.default('draft'),
    says: z
      .union([z.string().min(1).max(10_000), z.array(z.string().min(1).max(10_000)).min(1).max(10)])
      .optional()
      .describe('One message, or a burst'),
    takes: z
      .strictObject({ option_id: z.string().min(1).max(128), label: z.string().min(1).max(200) })
      .optional()
      .describe('An option that is pressed'),
    event: z
      .strictObject({ name: z.string().min(1).max(64), data: jsonObject.default({}) })
      .optional()
      .describe('Something that happened elsewhere'),
    owner: Owner.optional().describe('Passes the conversation on before the turn'),
    at: instant
      .optional()
      .describe('The time of the turn; default: now. What was to wake the bot by then does'),
    state: SimulationState.optional().describe('What the turn before answered; without it a beginning'),
    contact: z
      .strictObject({
        name: z.string().max(200).nullable().default(null),
        attributes: jsonObject.default({}),
      })
      .default({ name: null, attributes: {} })
      .describe('Attributes count at the beginning only'),
    tools: TestConversation.shape.tools,
    model: TestConversation.shape.model,
    uses: z
      .strictObject({
        knowledge: z.boolean().default(true).describe('Searches what the bot knows'),
        model: z
          .boolean()
          .default(false)
          .describe('Asks the configured model where no script is given: it costs'),
        tools: z.boolean().default(false).describe('Really calls tools that are not described under `tools`'),
      })
      .default({ knowledge: true, model: false, tools: false }),
  })
  .meta({ id: 'SimulateTurn' });
export type SimulateTurn = z.infer<typeof SimulateTurn>;

export const Simulation = z
  .object({
    version: versionLabel,
    outcome: z.enum(['answered', 'silent']),
    replies: z.array(Contents),
    effects: z.array(jsonObject).describe('What would be done; nothing of it was'),
    state: SimulationState,
    trace: z.array(TraceStep),
    trace_text: z.string().describe('The trace for a person'),
  })
  .meta({ id: 'Simulation' });
export type Simulation = z.infer<typeof Simulation>;

// The trace of a turn ----------------------------------------------------------------------------------------------

export const MessageTrace = z
  .object({
    message_id: MessageId,
    conversation_id: ConversationId,
    turn_id: TurnId,
    bot_id: BotId.nullable(),
    bot_version: z.int().positive().nullable(),
    outcome: TurnOutcome,
    steps: z.array(TraceStep),
    text: z.string().describe('The steps for a person'),
    started_at: instant,
    ended_at: instant,
  })
  .meta({ id: 'MessageTrace' });
export type MessageTrace = z.infer<typeof MessageTrace>;

// Files ------------------------------------------------------------------------------------------------------------

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

// Learning ---------------------------------------------------------------------------------------------------------

const lesson = z.string().trim().min(1).max(500);

export const CreateBotProposal = z
  .strictObject({
    text: lesson.optional().describe('What a person said'),
    message_id: MessageId.optional().describe('The message in which they said it; give this or text'),
    intent_id: z.string().max(64).optional().describe('The intent that it meant'),
    answer: z.string().trim().min(1).max(4_000).optional().describe('What the bot should have said'),
    answer_message_id: MessageId.optional().describe('The message in which an operator said it'),
  })
  .refine(({ text, message_id: id }) => (text === undefined) !== (id === undefined), {
    error: 'give either text or message_id',
    path: ['text'],
  })
  .refine(
    ({ intent_id: intent, answer, answer_message_id: said }) =>
      [intent, answer, said].filter((one) => one !== undefined).length === 1,
    { error: 'give one of intent_id, answer and answer_message_id', path: ['intent_id'] },
  )
  .meta({ id: 'CreateBotProposal' });
export type CreateBotProposal = z.infer<typeof CreateBotProposal>;

/** Something the bot could learn, and that waits until a person agrees. */
export const BotProposal = z
  .object({
    id: BotProposalId,
    bot_id: BotId,
    kind: z.enum(['phrasing', 'answer']).describe('phrasing: of an intent · answer: to a new question'),
    text: z.string().describe('What was said, without private pieces'),
    intent_id: z.string().nullable().describe('For a phrasing: the intent that it means'),
    answer: z.string().nullable().describe('For an answer; null: nobody has given one yet'),
    source: z
      .enum(['operator', 'unanswered', 'feedback'])
      .describe('feedback: there was an answer, and somebody said that it was not good'),
    times: z.int().positive().describe('How often it was proposed'),
    state: z.enum(['waiting', 'approved', 'dismissed']),
    decided_by: z.string().nullable(),
    decided_at: instant.nullable(),
    created_at: instant,
  })
  .meta({ id: 'BotProposal' });
export type BotProposal = z.infer<typeof BotProposal>;
export const BotProposalList = listOf(BotProposal, 'BotProposalList');

export const ApproveBotProposal = z
  .strictObject({
    text: lesson.optional().describe('In other words than they were said'),
    intent_id: z.string().max(64).optional().describe('Makes it a phrasing of this intent'),
    answer: z.string().trim().min(1).max(4_000).optional().describe('Makes it a question with this answer'),
  })
  .refine(({ intent_id: intent, answer }) => intent === undefined || answer === undefined, {
    error: 'give either intent_id or answer',
    path: ['intent_id'],
  })
  .meta({ id: 'ApproveBotProposal' });
export type ApproveBotProposal = z.infer<typeof ApproveBotProposal>;
