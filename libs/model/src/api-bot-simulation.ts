// A turn that is tried without anybody hearing it, and the trace of one that was.
import { z } from 'zod';
import { BotVersionLabel, BotVersionRef } from './api-bots.js';
import { TestConversation } from './bot-tests.js';
import { Owner, TraceStep, TurnOutcome } from './bot.js';
import { Contents } from './content.js';
import { BotId, ConversationId, MessageId, TurnId } from './ids.js';
import { jsonObject } from './json.js';

const instant = z.iso.datetime().describe('RFC 3339, UTC');

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
    version: BotVersionLabel,
    outcome: z.enum(['answered', 'silent']),
    replies: z.array(Contents),
    effects: z.array(jsonObject).describe('What would be done; nothing of it was'),
    state: SimulationState,
    trace: z.array(TraceStep),
    trace_text: z.string().describe('The trace for a person'),
  })
  .meta({ id: 'Simulation' });
export type Simulation = z.infer<typeof Simulation>;

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
