import { z } from 'zod';
import { listOf, Metadata } from './api.js';
import { contentLimits } from './content.js';
import { ChannelId, ContactId, ConversationId, SendId, TriggerId } from './ids.js';

const instant = z.iso.datetime().describe('RFC 3339, UTC');
const filled = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .describe(
      'With places such as `{{ customer.name }}` or `{{ customer.name | friend }}` for what comes in',
    );

const to = z
  .union([
    z.strictObject({ contact_id: filled(200) }),
    z.strictObject({ address: z.strictObject({ kind: filled(64), value: filled(500) }) }),
  ])
  .describe('Who it is about');

/** What a trigger does. */
export const TriggerAction = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('send').describe('Says something to a person'),
    to,
    text: filled(contentLimits.textMax),
    channels: z
      .array(ChannelId)
      .min(1)
      .max(5)
      .optional()
      .describe('By preference; default: where they wrote last'),
    metadata: Metadata.default({}),
  }),
  z.strictObject({
    kind: z.literal('flow').describe('Starts a flow of the bot in the conversation of a person'),
    to,
    channel_id: ChannelId.optional().describe('Of the conversation; default: of their newest one'),
    flow: z.string().min(1).max(64),
    fields: z
      .record(z.string().min(1).max(64), filled(2_000))
      .refine((fields) => Object.keys(fields).length <= 50, { error: 'at most 50' })
      .default({})
      .describe('What the flow knows from the beginning'),
  }),
  z.strictObject({
    kind: z.literal('event').describe('Tells the bot that something happened, for a flow that waits for it'),
    to,
    channel_id: ChannelId.optional().describe('Of the conversation; default: of their newest one'),
    event: z.string().min(1).max(64),
    fields: z.record(z.string().min(1).max(64), filled(2_000)).default({}),
  }),
]);
export type TriggerAction = z.infer<typeof TriggerAction>;

const name = z.string().trim().min(1).max(200);

export const CreateTrigger = z.strictObject({ name, action: TriggerAction }).meta({ id: 'CreateTrigger' });
export type CreateTrigger = z.infer<typeof CreateTrigger>;

export const UpdateTrigger = z
  .strictObject({
    name: name.optional(),
    action: TriggerAction.optional(),
    state: z.enum(['enabled', 'disabled']).optional(),
  })
  .meta({ id: 'UpdateTrigger' });
export type UpdateTrigger = z.infer<typeof UpdateTrigger>;

export const Trigger = z
  .object({
    id: TriggerId,
    name: z.string(),
    state: z.enum(['enabled', 'disabled']),
    action: TriggerAction,
    url: z.string().describe('Where it is fired: a signed POST'),
    previous_secret_until: instant.nullable().describe('Until when the secret before holds too'),
    last_fired_at: instant.nullable(),
    created_at: instant,
    updated_at: instant,
  })
  .meta({ id: 'Trigger' });
export type Trigger = z.infer<typeof Trigger>;
export const TriggerList = listOf(Trigger, 'TriggerList');
export type TriggerList = z.infer<typeof TriggerList>;

export const TriggerWithSecret = Trigger.extend({
  secret: z.string().describe('Signs what fires it (Standard Webhooks, `whsec_…`); never shown again'),
}).meta({ id: 'TriggerWithSecret' });
export type TriggerWithSecret = z.infer<typeof TriggerWithSecret>;

export const FiredTrigger = z
  .object({
    trigger_id: TriggerId,
    contact_id: ContactId.nullable(),
    send_id: SendId.nullable().describe('What is sent; null for flows and events'),
    conversation_id: ConversationId.nullable().describe('Where the bot goes on; null for sends'),
  })
  .meta({ id: 'FiredTrigger' });
export type FiredTrigger = z.infer<typeof FiredTrigger>;
