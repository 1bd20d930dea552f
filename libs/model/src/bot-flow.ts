import { z } from 'zod';
import { Contents } from './content.js';

const name = z.string().regex(/^[a-z][a-z0-9_-]*$/);
/** Ids of flows and nodes are short, because an option's id is made of both and its own. */
const flowId = name.max(32);
const nodeId = name.max(32).describe('Another node of the same flow');
const next = nodeId.optional().describe('Where it goes on; without it the flow ends here');
const field = z
  .string()
  .regex(/^[a-z][a-z0-9_]*$/)
  .max(64)
  .describe('The name of a collected value');
const expression = z.string().min(1).max(1_000).describe('A CEL expression');
const seconds = z
  .int()
  .min(1)
  .max(366 * 86_400)
  .describe('Seconds, at most 366 days');

const option = z.strictObject({
  id: name.max(48),
  label: z.string().trim().min(1).max(200),
  synonyms: z.array(z.string().min(1).max(100)).max(30).optional().describe('Other words that mean it'),
  next: nodeId.optional().describe('Goes before the `next` of the question'),
});

/** What a question wants to know, and when an answer is good. */
export const Expected = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('text'),
      min: z.int().min(1).max(10_000).default(1).describe('Characters'),
      max: z.int().min(1).max(10_000).default(2_000).describe('Characters'),
    }),
    z.strictObject({ kind: z.literal('email') }),
    z.strictObject({
      kind: z.literal('phone'),
      country: z
        .string()
        .regex(/^[A-Z]{2}$/)
        .optional()
        .describe('ISO 3166-1: whose numbers may be written without a country code'),
    }),
    z.strictObject({
      kind: z.literal('number'),
      integer: z.boolean().default(false),
      min: z.number().optional(),
      max: z.number().optional(),
    }),
    z.strictObject({
      kind: z.literal('date'),
      order: z.enum(['dmy', 'mdy']).default('dmy').describe('How 3/4/2027 is read'),
      from: z.enum(['any', 'today', 'tomorrow']).default('any').describe('The earliest day that is accepted'),
      days_max: z.int().min(1).max(36_500).optional().describe('The latest day, in days from today'),
      time: z.boolean().default(false).describe('Wants a time of day as well'),
    }),
    z.strictObject({
      kind: z.literal('choice'),
      style: z.enum(['quick_replies', 'buttons']).default('quick_replies'),
      options: z.array(option).min(1).max(50),
    }),
    z.strictObject({
      kind: z.literal('file'),
      types: z
        .array(z.enum(['image', 'audio', 'video', 'file']))
        .min(1)
        .optional(),
      bytes_max: z.int().positive().optional().describe('Bytes'),
    }),
    z.strictObject({
      kind: z.literal('location'),
      or_text: z.boolean().default(true).describe('A written address is an answer too'),
    }),
  ])
  .meta({ id: 'Expected' });
export type Expected = z.infer<typeof Expected>;

const base = { note: z.string().max(500).optional().describe('For those who read the flow') };

/** One node of a flow. */
export const FlowNode = z
  .discriminatedUnion('type', [
    z.strictObject({ ...base, type: z.literal('say'), content: Contents, next }),
    z.strictObject({
      ...base,
      type: z.literal('ask'),
      text: z.string().min(1).max(4_000).describe('The question; a Liquid template in the Markdown subset'),
      into: field,
      expect: Expected,
      retry: z.string().min(1).max(4_000).optional().describe('Said when an answer is not understood'),
      tries: z.int().min(1).max(10).default(3),
      failed: nodeId
        .optional()
        .describe('Where it goes on after the last try; without it the flow is given up'),
      skip_when_known: z.boolean().default(false),
      next,
    }),
    z.strictObject({
      ...base,
      type: z.literal('branch'),
      cases: z
        .array(z.strictObject({ when: expression, next: nodeId }))
        .min(1)
        .max(50),
      otherwise: nodeId.optional().describe('Without it the flow ends where no case holds'),
    }),
    z.strictObject({
      ...base,
      type: z.literal('set'),
      values: z
        .record(field, expression)
        .refine((values) => Object.keys(values).length > 0, { error: 'must set something' })
        .describe('Each sees the fields as they were before this node'),
      contact: z
        .array(field)
        .max(50)
        .optional()
        .describe('Which of the fields are kept with the contact, beyond the flow'),
      next,
    }),
    z.strictObject({
      ...base,
      type: z.literal('call'),
      tool: z.string().min(1).max(64),
      input: z.record(field, expression).default({}),
      into: field.optional(),
      timeout_s: seconds.default(60),
      failed: nodeId
        .optional()
        .describe('Where it goes on when the tool fails or is late; else the flow is given up'),
      next,
    }),
    z.strictObject({
      ...base,
      type: z.literal('hook'),
      hook: z.string().min(1).max(64).describe('The name of a function in the plugin folder'),
      input: z.record(field, expression).default({}),
      into: field.optional(),
      timeout_s: seconds.default(60),
      failed: nodeId.optional(),
      next,
    }),
    z.strictObject({ ...base, type: z.literal('wait'), seconds, next }),
    z.strictObject({
      ...base,
      type: z.literal('wait_event'),
      event: z.string().min(1).max(64),
      into: field.optional(),
      timeout_s: seconds,
      failed: nodeId.optional().describe('Where it goes on when the event does not come in time'),
      next,
    }),
    z.strictObject({
      ...base,
      type: z.literal('hand_over'),
      reason: z.string().min(1).max(200),
      department: z.string().min(1).max(64).optional(),
      next: nodeId.optional().describe('Where it goes on once the bot owns the conversation again'),
    }),
    z.strictObject({
      ...base,
      type: z.literal('sub_flow'),
      flow: flowId,
      next,
    }),
    z.strictObject({
      ...base,
      type: z.literal('goal'),
      goal: z.string().min(1).max(64),
      data: z.record(field, expression).default({}),
      next,
    }),
  ])
  .meta({ id: 'FlowNode' });
export type FlowNode = z.infer<typeof FlowNode>;

/** A conversation with steps: a graph of nodes, run by a pure interpreter. Plain data, versioned with its bot. */
export const Flow = z
  .strictObject({
    schema: z.literal(1).describe('The version of this format'),
    id: flowId,
    title: z.string().min(1).max(200),
    start: nodeId,
    nodes: z.record(name.max(32), FlowNode).refine(
      (nodes) => {
        const count = Object.keys(nodes).length;
        return count > 0 && count <= 500;
      },
      { error: 'must have 1 to 500 nodes' },
    ),
    cancel: z
      .strictObject({
        words: z.array(z.string().min(1).max(100)).min(1).max(50),
        text: z.string().min(1).max(4_000).optional().describe('Said when the person ends the flow so'),
      })
      .optional()
      .describe('A message that is nothing but one of these words ends the flow'),
    given_up: z
      .string()
      .min(1)
      .max(4_000)
      .optional()
      .describe('Said when the flow cannot go on: too many tries, a tool that failed'),
    digressions: z
      .enum(['allowed', 'none'])
      .default('allowed')
      .describe('Whether another responder may answer in between; the question is asked again after it'),
  })
  .meta({ id: 'Flow' });
export type Flow = z.infer<typeof Flow>;
