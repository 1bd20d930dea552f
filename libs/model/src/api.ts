import { z } from 'zod';
import { BotDefinition, Owner, TraceStep, TurnOutcome } from './bot.js';
import { Contents, contentLimits } from './content.js';
import { MessageStatus } from './events.js';
import {
  ApiKeyId,
  BotId,
  ChannelId,
  ContactId,
  ConversationId,
  LabelId,
  MemberId,
  MessageId,
  OauthClientId,
  SessionId,
  TurnId,
  WorkspaceId,
} from './ids.js';
import { Address, ProviderError } from './inbound.js';

/** Free notes of the caller: at most 50 short texts. */
export const Metadata = z
  .record(z.string().min(1).max(64), z.string().max(500))
  .refine((entries) => Object.keys(entries).length <= 50, { error: 'at most 50 keys' });

const instant = z.iso.datetime().describe('RFC 3339, UTC');

/** Permissions that an API key can carry. */
export const Scope = z.enum([
  'sessions:write',
  'messages:write',
  'messages:read',
  'conversations:read',
  'contacts:read',
  'contacts:write',
  'channels:read',
  'channels:write',
  'bots:read',
  'bots:write',
  'knowledge:read',
  'knowledge:write',
  'trace:read',
  'webhooks:read',
  'webhooks:write',
  'keys:read',
  'keys:write',
  'audit:read',
  'members:read',
  'members:write',
  'events:read',
  'analytics:read',
  'exports:read',
  'exports:write',
  'triggers:read',
  'triggers:write',
  'retention:read',
  'retention:write',
]);
export type Scope = z.infer<typeof Scope>;

export const Me = z
  .object({
    workspace_id: WorkspaceId,
    workspace_name: z.string(),
    api_key_id: ApiKeyId.nullable().describe('Of the key that asks'),
    oauth_client_id: OauthClientId.nullable().describe('Of the client whose token asks'),
    member_id: MemberId.nullable().describe('Of the person whose console session asks'),
    is_test: z.boolean().describe('A key for trying things out: it changes nothing and reaches nobody'),
    scopes: z.array(Scope),
  })
  .meta({ id: 'Me' });

// Sessions ---------------------------------------------------------------------------------------------------------

export const CreateSession = z
  .strictObject({
    channel_id: ChannelId.optional().describe(
      'A channel with sessions; default: the first one of the workspace',
    ),
    contact: z
      .strictObject({
        external_id: z
          .string()
          .min(1)
          .max(200)
          .optional()
          .describe('Your id of the person: the same one resumes'),
        name: z.string().max(200).optional(),
        attributes: Metadata.optional(),
      })
      .default({}),
    metadata: Metadata.default({}),
    ttl_seconds: z.int().min(60).max(86_400).default(3_600).describe('Life of the client token'),
  })
  .meta({ id: 'CreateSession' });
export type CreateSession = z.infer<typeof CreateSession>;

export const RefreshSession = z
  .strictObject({
    ttl_seconds: z.int().min(60).max(86_400).default(3_600).describe('Life of the session from now on'),
  })
  .meta({ id: 'RefreshSession' });
export type RefreshSession = z.infer<typeof RefreshSession>;

export const Session = z
  .object({
    id: SessionId,
    channel_id: ChannelId,
    conversation_id: ConversationId,
    contact_id: ContactId,
    client_token: z.string().describe('For the browser: this session only, until expires_at'),
    expires_at: instant,
  })
  .meta({ id: 'Session' });
export type Session = z.infer<typeof Session>;

// Messages ---------------------------------------------------------------------------------------------------------

const says = {
  text: z.string().min(1).max(contentLimits.textMax).optional().describe('Short for one part of type text'),
  parts: Contents.optional().describe('What the message is made of; give this or text'),
};
const oneOf = (body: { text?: string | undefined; parts?: unknown[] | undefined }): boolean =>
  (body.text === undefined) !== (body.parts === undefined);

export const CreateMessage = z
  .strictObject({
    session_id: SessionId.optional(),
    conversation_id: ConversationId.optional(),
    ...says,
    client_id: z
      .string()
      .min(1)
      .max(128)
      .optional()
      .describe('Your id: the same one is one message, however often sent'),
    metadata: Metadata.optional(),
    respond: z
      .enum(['wait', 'async', 'stream'])
      .default('wait')
      .describe(
        'wait: the answer, within 30 s, else 202 · async: 202 at once · stream: server-sent events of the turn',
      ),
  })
  .refine(oneOf, { error: 'give either text or parts', path: ['text'] })
  .refine((body) => (body.session_id === undefined) !== (body.conversation_id === undefined), {
    error: 'give either session_id or conversation_id',
    path: ['session_id'],
  })
  .meta({ id: 'CreateMessage' });
export type CreateMessage = z.infer<typeof CreateMessage>;

export const Message = z
  .object({
    id: MessageId,
    conversation_id: ConversationId,
    seq: z.int().positive().describe('Position in the conversation'),
    direction: z.enum(['in', 'out']),
    author: z.enum(['contact', 'bot', 'operator', 'api']),
    parts: Contents,
    status: MessageStatus,
    error: ProviderError.nullable(),
    provider_id: z.string().nullable(),
    reply_to: z.string().nullable(),
    reactions: z.array(z.object({ emoji: z.string(), from: z.string() })),
    sent_at: instant.nullable().describe("The provider's time"),
    recorded_at: instant.describe('Our time'),
    edited_at: instant.nullable(),
    deleted_at: instant.nullable(),
    redacted: z
      .object({ at: instant, by: z.string().describe('As the audit log names them') })
      .optional()
      .describe('What it said was taken away: a mark stands in its place'),
    metadata: z.record(z.string(), z.string()),
  })
  .meta({ id: 'Message' });
export type Message = z.infer<typeof Message>;

export const SendMessage = z
  .strictObject({
    ...says,
    metadata: Metadata.optional(),
    expires_in_seconds: z
      .int()
      .min(30)
      .max(604_800)
      .default(86_400)
      .describe('What could not be sent by then ends as expired, instead of arriving out of place'),
    dry_run: z.boolean().default(false).describe('Shows what would be sent, and sends nothing'),
    author: z
      .enum(['operator', 'api'])
      .optional()
      .describe('Who says it: a person, or a program; default: as the caller is'),
  })
  .refine(oneOf, { error: 'give either text or parts', path: ['text'] })
  .meta({ id: 'SendMessage' });
export type SendMessage = z.infer<typeof SendMessage>;

export const MessageAnswer = z
  .object({
    message: Message.nullable().describe('The message as recorded; null when the answer was not awaited'),
    event_id: z.string().describe('The inbox event that was stored'),
    conversation_id: ConversationId,
    status: z
      .enum(['completed', 'pending'])
      .describe('pending: still being answered; follow the stream or the list'),
    replies: z.array(Message),
    turn_id: TurnId.nullable(),
  })
  .meta({ id: 'MessageAnswer' });
export type MessageAnswer = z.infer<typeof MessageAnswer>;

// Lists ------------------------------------------------------------------------------------------------------------

export const Page = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z.string().max(500).optional().describe('next_cursor of the page before'),
  order: z.enum(['asc', 'desc']).default('desc'),
});
export type Page = z.infer<typeof Page>;

/** A page of anything. `id` names the OpenAPI component. */
export function listOf<Item extends z.ZodType>(item: Item, id: string) {
  return z
    .object({ data: z.array(item), has_more: z.boolean(), next_cursor: z.string().nullable() })
    .meta({ id });
}
export const MessageList = listOf(Message, 'MessageList');

// Conversations ----------------------------------------------------------------------------------------------------

export const Conversation = z
  .object({
    id: ConversationId,
    channel_id: ChannelId,
    contact: z.object({ id: ContactId, name: z.string().nullable(), addresses: z.array(Address) }),
    thread: z.string(),
    state: z.enum(['open', 'snoozed', 'closed']),
    snoozed_until: instant.nullable().describe('When it comes back by itself'),
    owner: Owner,
    assignee_id: MemberId.nullable().describe('The member whose it is'),
    label_ids: z.array(LabelId),
    last_message_at: instant.nullable(),
    last_seq: z.int().nonnegative().describe('Sequence number of the newest event: resume a stream after it'),
    created_at: instant,
  })
  .meta({ id: 'Conversation' });
export type Conversation = z.infer<typeof Conversation>;

export const PassControl = z
  .strictObject({
    to: Owner.describe(
      'bot: the bot answers again · queue: it waits for an operator · operator, desk: they answer',
    ),
    reason: z.string().min(1).max(500).optional().describe('Why, for those who read the log'),
    close: z
      .boolean()
      .default(false)
      .describe('To the bot: the matter is closed; the bot goes on with nothing, and asks how it was'),
    expected_owner: Owner.optional().describe('Refused with state/conflict when it belongs to another one'),
  })
  .meta({ id: 'PassControl' });
export type PassControl = z.infer<typeof PassControl>;

// Channels ---------------------------------------------------------------------------------------------------------

export const Health = z
  .object({
    state: z.enum(['unknown', 'healthy', 'degraded', 'down']),
    reason: z.string().describe('In words that an ops person can act on'),
    since: instant,
  })
  .meta({ id: 'Health' });
export type Health = z.infer<typeof Health>;

const fallbacks = z
  .array(ChannelId)
  .max(5)
  .describe(
    'Channels whose providers take over, in order, where this one cannot be reached: of kinds that understand its messages',
  );

export const CreateChannel = z
  .strictObject({
    connector: z.string().min(1).max(64).describe('One of GET /v1/channel-types'),
    name: z.string().trim().min(1).max(100),
    settings: z
      .record(z.string(), z.unknown())
      .default({})
      .describe("By the connector's schema, secret fields included"),
    bot_id: BotId.nullable()
      .optional()
      .describe('The bot that answers; null: nobody; default: the workspace has one'),
    fallback_channel_ids: fallbacks.default([]),
  })
  .meta({ id: 'CreateChannel' });
export type CreateChannel = z.infer<typeof CreateChannel>;

export const UpdateChannel = z
  .strictObject({
    name: z.string().trim().min(1).max(100).optional(),
    settings: z
      .record(z.string(), z.unknown())
      .optional()
      .describe('Merged; a secret field left out is kept'),
    bot_id: BotId.nullable().optional(),
    fallback_channel_ids: fallbacks.optional(),
  })
  .meta({ id: 'UpdateChannel' });
export type UpdateChannel = z.infer<typeof UpdateChannel>;

export const Channel = z
  .object({
    id: ChannelId,
    connector: z.string(),
    name: z.string(),
    settings: z.record(z.string(), z.unknown()).describe('Without its secrets'),
    secrets: z.array(z.string()).describe('Names of the secret fields that are set'),
    state: z.enum(['active', 'paused']),
    health: Health,
    bot_id: BotId.nullable(),
    fallback_channel_ids: z.array(ChannelId).describe('Channels that take over, in order'),
    webhook_url: z.string().nullable().describe('Where the provider sends events'),
    created_at: instant,
    updated_at: instant,
  })
  .meta({ id: 'Channel' });
export type Channel = z.infer<typeof Channel>;

export const ChannelList = listOf(Channel, 'ChannelList');

export const ChannelType = z
  .object({
    connector: z.string(),
    label: z.string(),
    description: z.string(),
    settings_schema: z.record(z.string(), z.unknown()).describe('JSON Schema'),
    secret_fields: z.array(z.string()),
    generated_fields: z.array(z.string()).describe('Secret fields that are made when they are left out'),
    capabilities: z.record(z.string(), z.boolean()),
    limits: z.array(z.object({ name: z.string(), value: z.number(), unit: z.string(), source: z.string() })),
    steps: z.array(z.object({ title: z.string(), text: z.string() })),
  })
  .meta({ id: 'ChannelType' });
export type ChannelType = z.infer<typeof ChannelType>;
export const ChannelTypeList = listOf(ChannelType, 'ChannelTypeList');

// Bots -------------------------------------------------------------------------------------------------------------

export const Bot = z
  .object({
    id: BotId,
    name: z.string(),
    published_version: z.int().positive().nullable(),
    definition: BotDefinition.nullable().describe('The published one'),
    running_conversations: z
      .enum(['move', 'finish'])
      .describe('Whether conversations under way end with the version they began with'),
    created_at: instant,
    updated_at: instant,
  })
  .meta({ id: 'Bot' });
export type Bot = z.infer<typeof Bot>;

// Timeline ---------------------------------------------------------------------------------------------------------

export const TimelineStep = z
  .object({
    at: instant,
    step: z.enum([
      'received',
      'duplicate',
      'recorded',
      'turn-started',
      'turn-ended',
      'queued',
      'attempt',
      'sent',
      'delivered',
      'read',
      'failed',
      'unknown',
      'expired',
      'edited',
      'deleted',
    ]),
    text: z.string().describe('One sentence for a person'),
    after_ms: z.number().describe('Milliseconds since the step before'),
    detail: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'TimelineStep' });
export type TimelineStep = z.infer<typeof TimelineStep>;

export const Timeline = z
  .object({
    message_id: MessageId,
    conversation_id: ConversationId,
    direction: z.enum(['in', 'out']),
    status: MessageStatus,
    steps: z.array(TimelineStep),
    turn: z
      .object({ id: TurnId, outcome: TurnOutcome, trace: z.array(TraceStep) })
      .nullable()
      .describe('The turn that answered the message, or that made it'),
    replies: z.array(MessageId),
  })
  .meta({ id: 'Timeline' });
export type Timeline = z.infer<typeof Timeline>;
