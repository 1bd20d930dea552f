import { z } from 'zod';
import { AgentSettings, HttpTool, McpServer } from './bot-agent.js';
import { Flow } from './bot-flow.js';
import { CsatSettings } from './bot-csat.js';
import { HandoffSettings } from './bot-handoff.js';
import { BusinessHours } from './bot-hours.js';
import { BotKnowledge } from './bot-knowledge.js';
import { Guardrails, Menu, Understanding, actions } from './bot-understanding.js';
import { Content, Contents, contentLimits } from './content.js';
import { jsonValue } from './json.js';

/** A message, and whether a rule is meant to match it: the rule's own test set. */
const RuleExample = z.strictObject({
  says: z.string().min(1).max(2_000),
  matches: z.boolean().default(true),
  at: z.iso
    .datetime()
    .optional()
    .describe('When it is said, for rules that look at the time or the business hours'),
  first: z.boolean().optional().describe('It is the first message of the conversation'),
  option: z.string().min(1).max(128).optional().describe('It is said by pressing this option'),
  contact: z
    .strictObject({
      name: z.string().max(200).nullable().default(null),
      attributes: z.record(z.string(), jsonValue).default({}),
    })
    .optional()
    .describe('Who says it; somebody unknown when absent'),
  channel: z.string().max(200).optional().describe('The label of the channel on which it is said'),
});

/** One rule: when it matches, its content is the answer. */
export const Rule = z
  .strictObject({
    id: z.string().min(1).max(64),
    when: z
      .strictObject({
        words: z
          .array(z.string().min(1).max(100))
          .max(100)
          .default([])
          .describe('Any of these words or phrases, whole, whatever the case and accents'),
        option: z.string().max(128).optional().describe('This option was taken, pressed or typed'),
        first_message: z.boolean().optional().describe('Only the first message of a conversation'),
        phrases: z
          .array(z.string().min(1).max(200))
          .max(100)
          .optional()
          .describe('Any of these phrases, slips of the pen forgiven'),
        patterns: z
          .array(z.string().min(1).max(500))
          .max(20)
          .optional()
          .describe('Any of these regular expressions (RE2), whatever the case'),
        condition: z.string().min(1).max(1_000).optional().describe('A CEL expression that must be true'),
        hours: z
          .enum(['open', 'closed'])
          .optional()
          .describe('Within or outside the business hours of the bot'),
      })
      .describe('All given conditions must hold; a rule with none never matches'),
    reply: z
      .array(Content)
      .max(contentLimits.piecesMax)
      .default([])
      .describe('Liquid templates are filled in; may be left out where something else happens'),
    ...actions,
    set: z
      .record(
        z
          .string()
          .regex(/^[a-z][a-z0-9_]*$/)
          .max(64),
        z.union([z.string().max(1_000), z.number(), z.boolean()]),
      )
      .optional()
      .describe('Fields that are set at the contact'),
    priority: z
      .int()
      .min(-1_000)
      .max(1_000)
      .optional()
      .describe('Higher ones are tried first; 0 when absent'),
    tests: z.array(RuleExample).max(100).optional(),
    hand_over: z
      .boolean()
      .default(false)
      .describe('Pass the conversation to the operator queue after replying'),
  })
  .refine(
    (rule) =>
      rule.reply.length > 0 ||
      rule.hand_over ||
      rule.open_menu !== undefined ||
      rule.start_flow !== undefined ||
      rule.set !== undefined,
    { error: 'a rule must do something', path: ['reply'] },
  )
  .meta({ id: 'Rule' });
export type Rule = z.infer<typeof Rule>;

/** What a bot is made of. A published version never changes. */
export const BotDefinition = z
  .strictObject({
    persona: z.strictObject({
      name: z.string().min(1).max(100),
      disclosure: z
        .string()
        .max(500)
        .optional()
        .describe('Says that the bot is automated; sent before its first reply'),
    }),
    greeting: Contents.optional().describe('Sent when a visitor opens a session, before anything is written'),
    rules: z
      .array(Rule)
      .max(1_000)
      .default([])
      .describe(
        'The first that matches a new message answers; one for the option taken last comes before all others',
      ),
    fallback: Contents.optional().describe('Sent when no responder answers; silence when absent'),
    fallback_hands_over: z.boolean().default(false),
    fallback_hands_over_after: z
      .int()
      .min(2)
      .max(20)
      .optional()
      .describe('Hands over once so many turns in a row had no answer'),
    menus: z.array(Menu).max(200).optional(),
    flows: z.array(Flow).max(200).optional(),
    understanding: Understanding.optional(),
    guardrails: Guardrails.optional(),
    hours: BusinessHours.optional(),
    csat: CsatSettings.optional().describe('Asks at the end how it was'),
    handoff: HandoffSettings.optional().describe(
      'What becomes of a hand-over; without it the queue is always there',
    ),
    tools: z.array(HttpTool).max(100).optional().describe('What flows and the agent can call'),
    mcp_servers: z.array(McpServer).max(10).optional(),
    knowledge: BotKnowledge.optional().describe('Answers from what the bot knows, behind rules and intents'),
    agent: AgentSettings.optional().describe('Answers with a model behind rules, intents and knowledge'),
    languages: z
      .array(z.string().min(2).max(35))
      .max(20)
      .optional()
      .describe(
        'BCP 47; those in which dates, numbers and “talk to a person” are understood; all when absent',
      ),
  })
  .meta({ id: 'BotDefinition' });
export type BotDefinition = z.infer<typeof BotDefinition>;

/** Who owns a conversation: exactly one of these at any time. */
export const Owner = z.enum(['bot', 'queue', 'operator', 'desk']);
export type Owner = z.infer<typeof Owner>;

/** One line of a trace: what a responder saw, decided and took. */
export const TraceStep = z
  .strictObject({
    responder: z.string().max(64),
    decision: z
      .enum(['answered', 'passed', 'silenced', 'failed', 'noted'])
      .describe('noted: a step within the work of a responder, for example one call of a tool'),
    reason: z.string().max(500).describe('For a person to read; never holds message text'),
    detail: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).default({}),
    took_ms: z.number().nonnegative(),
  })
  .meta({ id: 'TraceStep' });
export type TraceStep = z.infer<typeof TraceStep>;

/** Why a turn ended as it did. */
export const TurnOutcome = z.enum(['answered', 'silent', 'failed', 'superseded']);
export type TurnOutcome = z.infer<typeof TurnOutcome>;
