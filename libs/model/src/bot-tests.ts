import { z } from 'zod';
import { Owner } from './bot.js';
import { jsonValue as json } from './json.js';

/** One thing that happens in a test conversation, and what is expected of the bot's turn after it. */
const TestStep = z.strictObject({
  says: z
    .union([z.string(), z.array(z.string()).min(1).max(10)])
    .optional()
    .describe('One message, or a burst'),
  wait_s: z
    .int()
    .positive()
    .optional()
    .describe('Seconds that pass; the bot is woken when it asked for that'),
  owner: Owner.optional().describe('Passes the conversation on before the step, for example back to the bot'),
  event: z.strictObject({ name: z.string(), data: z.record(z.string(), json).default({}) }).optional(),
  expect: z
    .strictObject({
      replies: z.array(z.string()).optional().describe('Each is in the turn, in this order'),
      without: z.array(z.string()).optional().describe('None of these is in the turn'),
      goals: z.array(z.string()).optional().describe('Exactly these goals are reached'),
      hands_over: z.boolean().optional(),
      silent: z.boolean().optional(),
      answered_by: z.string().optional().describe('The name of the responder'),
      because: z
        .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
        .optional()
        .describe(
          'What its line in the trace holds, for example `{ "rule": "hours" }` or `{ "node": "name" }`',
        ),
    })
    .default({}),
});

/** A conversation with expectations: the test set of a bot is made of them. */
export const TestConversation = z
  .strictObject({
    title: z.string().min(1).max(200),
    starts_at: z.iso.datetime().default('2027-01-04T10:00:00Z'),
    contact: z
      .strictObject({
        name: z.string().nullable().default(null),
        attributes: z.record(z.string(), json).default({}),
      })
      .optional(),
    tools: z
      .record(
        z.string(),
        z.array(z.union([z.strictObject({ value: json }), z.strictObject({ fails: z.string() })])),
      )
      .default({})
      .describe('What each tool gives, call by call; the last one is repeated'),
    model: z
      .array(
        z.union([
          z.strictObject({ says: z.string().min(1) }),
          z.strictObject({
            calls: z
              .array(
                z.strictObject({ tool: z.string().min(1), input: z.record(z.string(), json).default({}) }),
              )
              .min(1)
              .max(20),
          }),
        ]),
      )
      .max(200)
      .optional()
      .describe('What the model says, call by call; without it there is none, and the row goes on behind it'),
    knowledge: z
      .array(
        z.strictObject({
          asked: z.string().min(1).max(200).describe('Found when the question holds these words'),
          title: z.string().min(1).max(300),
          text: z.string().min(1).max(10_000),
          url: z.string().nullable().default(null),
          score: z.number().min(0).max(1).default(0.9),
        }),
      )
      .max(100)
      .optional()
      .describe('What is found in the knowledge of the bot'),
    steps: z.array(TestStep).min(1).max(200),
  })
  .meta({ id: 'TestConversation' });
export type TestConversation = z.infer<typeof TestConversation>;
