import { z } from 'zod';
import { contentLimits } from './content-limits.js';
import { Contents } from './content.js';

/** Who an address belongs to, as a provider names it. */
export const Address = z
  .strictObject({
    kind: z
      .string()
      .regex(/^[a-z][a-z0-9-]{0,31}$/)
      .describe(
        'What sort of address: `phone` (E.164), `email`, `visitor`, `slack`, `external`; unique with value',
      ),
    value: z.string().min(1).max(512).describe('Normalized by the connector, so that equal means same'),
    name: z.string().max(200).optional().describe('Display name as the provider gave it; never trusted'),
  })
  .meta({ id: 'Address' });
export type Address = z.infer<typeof Address>;

/** What a provider says became of a message that we sent. */
export const ReceiptStatus = z.enum(['sent', 'delivered', 'read', 'failed']);
export type ReceiptStatus = z.infer<typeof ReceiptStatus>;

/** The provider's own code and words for a refusal, kept as they came. */
export const ProviderError = z
  .strictObject({
    name: z.string().max(64).describe('The provider'),
    code: z.string().max(64),
    message: z.string().max(1_000),
  })
  .meta({ id: 'ProviderError' });
export type ProviderError = z.infer<typeof ProviderError>;

const common = {
  event_key: z
    .string()
    .min(1)
    .max(512)
    .describe(
      "The provider's id of this event, or one derived from its content: the same event always has the same key",
    ),
  thread: z
    .string()
    .min(1)
    .max(512)
    .describe(
      'What tells one conversation of this channel from another: an address, a Slack thread, a session',
    ),
  sent_at: z.iso
    .datetime({ offset: true })
    .optional()
    .describe("The provider's time of the event, when it says"),
};

export const InboundMessage = z.strictObject({
  kind: z.literal('message'),
  ...common,
  from: Address,
  provider_id: z
    .string()
    .min(1)
    .max(512)
    .describe("The provider's id of the message, for edits, replies and receipts"),
  content: Contents,
  reply_to: z.string().max(512).optional().describe("Provider's id of the message this one quotes"),
  consent: z
    .enum(['opted-out', 'opted-in'])
    .optional()
    .describe(
      'The person asked, in words the network defines (STOP, START), to get no more messages, or to get them again',
    ),
  automatic: z
    .boolean()
    .optional()
    .describe('A machine wrote it (auto-reply, bounce, list): it is shown, and the bot never answers it'),
  join: z
    .strictObject({
      of: z.string().min(1).max(128).describe("What all parts share, among the sender's messages of an hour"),
      part: z.int().min(1).max(255).describe('From 1'),
      total: z.int().min(2).max(255),
      halves: z
        .strictObject({
          first: z.int().min(0xdc00).max(0xdfff).optional(),
          last: z.int().min(0xd800).max(0xdbff).optional(),
        })
        .optional()
        .describe(
          'Code units of signs that were cut in two: what stands before and behind the text of this part',
        ),
    })
    .optional()
    .describe('It is one part of a long message that the network brought in parts, in any order'),
  metadata: z
    .record(z.string().max(64), z.string().max(contentLimits.textMax))
    .optional()
    .describe('Page address, campaign, device; subject and quoted text of an e-mail'),
});
export const InboundEdit = z.strictObject({
  kind: z.literal('edit'),
  ...common,
  from: Address,
  provider_id: z.string().min(1).max(512),
  content: Contents,
});
export const InboundDeletion = z.strictObject({
  kind: z.literal('deletion'),
  ...common,
  from: Address,
  provider_id: z.string().min(1).max(512),
});
export const InboundReaction = z.strictObject({
  kind: z.literal('reaction'),
  ...common,
  from: Address,
  provider_id: z.string().min(1).max(512).describe('The message reacted to'),
  emoji: z.string().min(1).max(64),
  removed: z.boolean().default(false),
});
export const InboundReceipt = z.strictObject({
  kind: z.literal('receipt'),
  ...common,
  provider_ref: z.string().min(1).max(512).describe('The reference that the send returned'),
  status: ReceiptStatus,
  key: z
    .string()
    .max(128)
    .optional()
    .describe('The key of our send, where the provider echoes it: settles a send whose answer was lost'),
  error: ProviderError.optional(),
});
/** Someone is writing. Not stored: it only rings in the streams of that conversation. */
export const InboundTyping = z.strictObject({
  kind: z.literal('typing'),
  ...common,
  from: Address,
  active: z.boolean(),
});
/** An option was taken by pressing something; typed answers arrive as messages and are resolved by the bot core. */
export const InboundChoice = z.strictObject({
  kind: z.literal('choice'),
  ...common,
  from: Address,
  provider_id: z.string().min(1).max(512),
  option_id: z.string().min(1).max(128),
  label: z.string().max(200),
});
/** Genuine, but nothing that Parley acts on; kept with its reason. */
export const InboundIgnored = z.strictObject({
  kind: z.literal('ignored'),
  event_key: common.event_key,
  reason: z.string().min(1).max(500),
});

/** One thing a provider told us, in Parley's words. Connectors produce it; the inbox stores it beside what was received. */
export const InboundEvent = z.discriminatedUnion('kind', [
  InboundMessage,
  InboundEdit,
  InboundDeletion,
  InboundReaction,
  InboundReceipt,
  InboundTyping,
  InboundChoice,
  InboundIgnored,
]);

export type InboundMessage = z.infer<typeof InboundMessage>;
export type InboundEdit = z.infer<typeof InboundEdit>;
export type InboundDeletion = z.infer<typeof InboundDeletion>;
export type InboundReaction = z.infer<typeof InboundReaction>;
export type InboundReceipt = z.infer<typeof InboundReceipt>;
export type InboundTyping = z.infer<typeof InboundTyping>;
export type InboundChoice = z.infer<typeof InboundChoice>;
export type InboundIgnored = z.infer<typeof InboundIgnored>;
export type InboundEvent = z.infer<typeof InboundEvent>;
export type InboundKind = InboundEvent['kind'];
