import { z } from 'zod';
import { listOf, Metadata, Page } from './api.js';
import { DryRunResult } from './api-operations.js';
import { askedInstant } from './asked.js';
import { Contents, contentLimits } from './content.js';
import { MessageStatus } from './events.js';
import { ChannelId, ContactId, ConversationId, MessageId, SendBatchId, SendId } from './ids.js';
import { Address } from './inbound.js';

const instant = z.iso.datetime().describe('RFC 3339, UTC');

/** To whom: a contact, or an address, which becomes a contact when it is nobody's. */
const target = {
  contact_id: ContactId.optional(),
  address: Address.omit({ name: true }).optional().describe('Instead of contact_id'),
};
const hasTarget = (to: { contact_id?: unknown; address?: unknown }): boolean =>
  (to.contact_id === undefined) !== (to.address === undefined);
const ONE_TARGET = { error: 'give either contact_id or address', path: ['contact_id'] };

const step = z.strictObject({
  channel_id: ChannelId,
  success: z
    .enum(['sent', 'delivered', 'read'])
    .default('sent')
    .describe('How far the message must come for this channel to have served'),
  wait_seconds: z
    .int()
    .min(1)
    .max(604_800)
    .default(300)
    .describe('How long that is waited for before the next channel is tried'),
});

const says = {
  text: z.string().min(1).max(contentLimits.textMax).optional().describe('Short for one part of type text'),
  parts: Contents.optional().describe('What the message is made of; give this or text'),
  metadata: Metadata.default({}),
  channels: z
    .array(step)
    .min(1)
    .max(5)
    .optional()
    .describe('By preference; default: the channel on which the contact wrote last'),
  send_at: askedInstant.optional().describe('Not before; default: now'),
  expires_in_seconds: z
    .int()
    .min(30)
    .max(604_800)
    .default(86_400)
    .describe('From send_at on: what could not be sent by then is not sent'),
  dry_run: z.boolean().default(false).describe('Shows what would be sent, and sends nothing'),
};
const oneOf = (body: { text?: unknown; parts?: unknown }): boolean =>
  (body.text === undefined) !== (body.parts === undefined);
const ONE_CONTENT = { error: 'give either text or parts', path: ['text'] };

export const CreateSend = z
  .strictObject({ ...target, ...says })
  .refine(hasTarget, ONE_TARGET)
  .refine(oneOf, ONE_CONTENT)
  .meta({ id: 'CreateSend' });
export type CreateSend = z.infer<typeof CreateSend>;

export const CreateSendBatch = z
  .strictObject({
    ...says,
    to: z
      .array(z.strictObject({ ...target, metadata: Metadata.optional() }).refine(hasTarget, ONE_TARGET))
      .min(1)
      .max(1_000),
  })
  .omit({ dry_run: true })
  .refine(oneOf, ONE_CONTENT)
  .meta({ id: 'CreateSendBatch' });
export type CreateSendBatch = z.infer<typeof CreateSendBatch>;

export const SendState = z.enum(['scheduled', 'sending', 'sent', 'failed', 'cancelled']);
export type SendState = z.infer<typeof SendState>;

export const SendStep = z.object({
  channel_id: ChannelId,
  success: z.enum(['sent', 'delivered', 'read']),
  wait_seconds: z.number(),
  begun_at: instant.nullable(),
  conversation_id: ConversationId.nullable(),
  message_id: MessageId.nullable(),
  status: MessageStatus.nullable().describe('How far its message has come'),
  skipped: z.string().nullable().describe('Why nothing was sent on this channel'),
});
export type SendStep = z.infer<typeof SendStep>;

export const Send = z
  .object({
    id: SendId,
    batch_id: SendBatchId.nullable(),
    contact_id: ContactId,
    parts: Contents,
    metadata: z.record(z.string(), z.string()),
    state: SendState,
    reason: z.string().nullable().describe('Why it failed'),
    channels: z.array(SendStep).describe('By preference, with what came of each'),
    send_at: instant,
    expires_at: instant,
    created_at: instant,
    done_at: instant.nullable(),
  })
  .meta({ id: 'Send' });
export type Send = z.infer<typeof Send>;
export const SendList = listOf(Send, 'SendList');

export const SendPage = Page.extend({
  batch_id: SendBatchId.optional(),
  contact_id: ContactId.optional(),
  state: SendState.optional(),
});
export type SendPage = z.infer<typeof SendPage>;

export const SendDryRun = z
  .object({
    channels: z.array(
      z.object({
        channel_id: ChannelId,
        address: z.string().nullable().describe('Where it would go'),
        refused: z.string().nullable().describe('Why nothing would be sent on this channel'),
        result: DryRunResult.nullable(),
      }),
    ),
  })
  .meta({ id: 'SendDryRun' });
export type SendDryRun = z.infer<typeof SendDryRun>;

export const SendBatch = z
  .object({
    id: SendBatchId,
    created_at: instant,
    total: z.int(),
    states: z.record(SendState, z.int()).describe('Sends by state'),
    messages: z.record(z.string(), z.int()).describe('Messages by status, of all channels tried'),
  })
  .meta({ id: 'SendBatch' });
export type SendBatch = z.infer<typeof SendBatch>;

export const CancelledSends = z.object({ cancelled: z.int() }).meta({ id: 'CancelledSends' });
export type CancelledSends = z.infer<typeof CancelledSends>;
