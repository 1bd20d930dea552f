import { z } from 'zod';
import { listOf, Page } from './api.js';
import { askedInstant } from './asked.js';
import { EventType } from './events.js';
import { ChannelId, ConversationId, WebhookDeliveryId, WebhookEndpointId } from './ids.js';

const instant = z.iso.datetime().describe('RFC 3339, UTC');

/** What happens to no conversation: webhooks tell of it, the event log and its streams do not. */
export const workspaceEvents = [
  'channel.health_changed',
  'contact.created',
  'contact.updated',
  'contact.merged',
  'contact.erased',
  'bot.published',
  'export.ready',
  'webhook.disabled',
  'webhook.test',
] as const;

/** What each event says, for whoever chooses among them. */
export const eventDescriptions = {
  'conversation.created': 'Somebody wrote on a thread for the first time.',
  'conversation.updated': 'A conversation changed: its owner, its state.',
  'message.created': 'Something was said, by whoever.',
  'message.updated': 'A message was edited, or a file of it was fetched.',
  'message.deleted': 'A message was taken back.',
  'message.status': 'A message was sent, delivered, read, or failed.',
  'message.reaction': 'Somebody reacted to a message.',
  'message.feedback': 'Somebody said whether an answer of the bot was good.',
  'turn.completed': 'The bot has answered, or decided to say nothing.',
  'turn.failed': 'The bot could not answer.',
  'handoff.requested': 'The bot asked for a person.',
  'handoff.offered': 'An operator was asked to take a conversation.',
  'handoff.declined': 'An operator did not take it, or did not answer in time; the next one is asked.',
  'handoff.unanswered': 'Nobody took it: it stays in the queue, or goes back to the bot.',
  'control.changed': 'A conversation went to another owner: the bot, the queue, an operator.',
  'approval.requested': 'A tool of the bot waits for a yes.',
  'approval.decided': 'Whether that tool may run was decided, or nobody decided in time.',
  'goal.reached': 'A flow came to what it is for.',
  'csat.received': 'Somebody said how it was, from 1 to 5.',
  'csat.commented': 'Somebody said why.',
  'session.ended': 'A web session is over.',
  'channel.health_changed': 'A channel stopped working, or works again.',
  'contact.created': 'Somebody is known for the first time.',
  'contact.updated': 'A name or attributes of a contact changed.',
  'contact.merged': 'Two contacts are one, or were parted again.',
  'contact.erased': 'Everything of a person was taken away.',
  'bot.published': 'A bot answers with another version from now on.',
  'export.ready': 'An archive can be downloaded.',
  'webhook.disabled': 'Another webhook endpoint gets nothing any more.',
  'webhook.test': 'You asked for a test; only the endpoint that is tested hears it.',
} as const satisfies Record<EventType | (typeof workspaceEvents)[number], string>;

/** The events that webhooks tell of: those of the log, and some of no conversation. */
export const WebhookEventType = z.enum([...EventType.options, ...workspaceEvents]);
export type WebhookEventType = z.infer<typeof WebhookEventType>;

export const EventTypeList = z
  .object({ data: z.array(z.object({ type: WebhookEventType, description: z.string() })) })
  .meta({ id: 'EventTypeList' });
export type EventTypeList = z.infer<typeof EventTypeList>;

/** What an endpoint can ask for along with each event. */
export const WebhookInclude = z.enum(['contact', 'metadata', 'transcript', 'handover']);
export type WebhookInclude = z.infer<typeof WebhookInclude>;

const fields = {
  url: z
    .url({ protocol: /^https?$/, error: 'must be an http or https address' })
    .max(2_000)
    .refine((url) => URL.canParse(url) && new URL(url).username === '' && new URL(url).password === '', {
      error: 'must not hold a user name or a password',
    })
    .describe('https; plain http only to networks that the installation allows'),
  description: z.string().max(200).describe('For people'),
  types: z.array(WebhookEventType).max(50).describe('Events to hear of; empty: all'),
  channel_ids: z
    .array(ChannelId)
    .max(100)
    .describe('Only events of these channels; empty: of all, and of none'),
  include: z
    .array(WebhookInclude)
    .max(4)
    .describe(
      'What comes along: contact (the person, addresses and attributes) · metadata (of the web session: page, campaign) · transcript (the last 50 messages) · handover (with hand-overs: all that whoever takes over wants to know)',
    ),
};

export const CreateWebhookEndpoint = z
  .strictObject({
    url: fields.url,
    description: fields.description.default(''),
    types: fields.types.default([]),
    channel_ids: fields.channel_ids.default([]),
    include: fields.include.default([]),
  })
  .meta({ id: 'CreateWebhookEndpoint' });
export type CreateWebhookEndpoint = z.infer<typeof CreateWebhookEndpoint>;

export const UpdateWebhookEndpoint = z
  .strictObject({
    url: fields.url.optional(),
    description: fields.description.optional(),
    types: fields.types.optional(),
    channel_ids: fields.channel_ids.optional(),
    include: fields.include.optional(),
    state: z
      .enum(['enabled', 'disabled'])
      .optional()
      .describe('disabled: nothing is kept for it; recover what it missed once it is enabled again'),
  })
  .meta({ id: 'UpdateWebhookEndpoint' });
export type UpdateWebhookEndpoint = z.infer<typeof UpdateWebhookEndpoint>;

export const WebhookEndpoint = z
  .object({
    id: WebhookEndpointId,
    url: z.string(),
    description: z.string(),
    types: z.array(WebhookEventType),
    channel_ids: z.array(ChannelId),
    include: z.array(WebhookInclude),
    state: z.enum(['enabled', 'disabled']),
    disabled_reason: z.string().nullable(),
    disabled_at: instant.nullable(),
    failing_since: instant.nullable().describe('Since when nothing was taken; five days disable it'),
    paused_until: instant.nullable().describe('Nothing is sent before, as its receiver asked'),
    previous_secret_until: instant.nullable().describe('Until when the secret before signs too'),
    created_at: instant,
    updated_at: instant,
  })
  .meta({ id: 'WebhookEndpoint' });
export type WebhookEndpoint = z.infer<typeof WebhookEndpoint>;
export const WebhookEndpointList = listOf(WebhookEndpoint, 'WebhookEndpointList');

export const WebhookEndpointWithSecret = WebhookEndpoint.extend({
  secret: z.string().describe('Signs what is sent (Standard Webhooks, `whsec_…`); never shown again'),
}).meta({ id: 'WebhookEndpointWithSecret' });
export type WebhookEndpointWithSecret = z.infer<typeof WebhookEndpointWithSecret>;

export const RotateWebhookSecret = z
  .strictObject({
    overlap_seconds: z
      .int()
      .min(0)
      .max(604_800)
      .default(86_400)
      .describe('How long the secret before signs too; 0 for one that has leaked'),
  })
  .meta({ id: 'RotateWebhookSecret' });
export type RotateWebhookSecret = z.infer<typeof RotateWebhookSecret>;

export const RecoverWebhooks = z
  .strictObject({
    since: askedInstant,
    until: askedInstant.optional().describe('Default: now'),
    only_failed: z
      .boolean()
      .default(true)
      .describe(
        'true: what was not delivered, and what happened while the endpoint was disabled or not there · false: everything',
      ),
    dry_run: z.boolean().default(false).describe('Counts, and sends nothing'),
  })
  .meta({ id: 'RecoverWebhooks' });
export type RecoverWebhooks = z.infer<typeof RecoverWebhooks>;

export const WebhookRecovery = z
  .object({
    count: z.int().nonnegative().describe('Events that are queued, or would be'),
    next_since: instant
      .nullable()
      .describe('One call looks at 10 000 events: go on from here; null when that was all'),
  })
  .meta({ id: 'WebhookRecovery' });
export type WebhookRecovery = z.infer<typeof WebhookRecovery>;

export const WebhookAttempt = z
  .object({
    at: instant,
    ms: z.number().nonnegative().describe('Until the answer, or until there was none'),
    status: z.int().nullable().describe('Of the answer; null without one'),
    error: z.string().nullable().describe('Why there was no answer, or why it counts as a failure'),
    answer: z.string().nullable().describe('The first 1000 characters of the answer'),
  })
  .meta({ id: 'WebhookAttempt' });
export type WebhookAttempt = z.infer<typeof WebhookAttempt>;

export const WebhookDelivery = z
  .object({
    id: WebhookDeliveryId.describe('Also the `webhook-id` of the request, the same at every attempt'),
    endpoint_id: WebhookEndpointId,
    type: WebhookEventType,
    conversation_id: ConversationId.nullable(),
    seq: z.int().positive().nullable().describe("The event's place in the log of its conversation"),
    occurred_at: instant,
    status: z.enum(['pending', 'delivered', 'failed']),
    attempts: z.int().nonnegative().describe('Of this round: a replay begins a new one'),
    next_attempt_at: instant.nullable(),
    done_at: instant.nullable(),
  })
  .meta({ id: 'WebhookDelivery' });
export type WebhookDelivery = z.infer<typeof WebhookDelivery>;
export const WebhookDeliveryList = listOf(WebhookDelivery, 'WebhookDeliveryList');

export const WebhookDeliveryPage = Page.extend({
  status: WebhookDelivery.shape.status.optional(),
  type: WebhookEventType.optional(),
});
export type WebhookDeliveryPage = z.infer<typeof WebhookDeliveryPage>;

export const WebhookDeliveryDetail = WebhookDelivery.extend({
  request: z.string().nullable().describe('The body as it was sent; null before the first attempt'),
  log: z.array(WebhookAttempt).describe('The newest twenty attempts, oldest first'),
}).meta({ id: 'WebhookDeliveryDetail' });
export type WebhookDeliveryDetail = z.infer<typeof WebhookDeliveryDetail>;

/** The body of a webhook, as receivers get it. */
export const WebhookPayload = z
  .object({
    type: WebhookEventType,
    timestamp: instant.describe('When it happened'),
    data: z
      .looseObject({
        conversation_id: ConversationId.optional(),
        seq: z
          .int()
          .positive()
          .optional()
          .describe('Orders the events of a conversation: retries arrive late'),
        channel_id: ChannelId.optional(),
        truncated: z
          .array(z.string())
          .optional()
          .describe('What was left out because the body would be too large; read it with the ids'),
      })
      .describe('The event as in the streams, and what the endpoint includes'),
  })
  .meta({ id: 'WebhookPayload' });
export type WebhookPayload = z.infer<typeof WebhookPayload>;
