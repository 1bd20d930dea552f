import {
  Address,
  Contents,
  contentLimits,
  InboundChoice,
  InboundDeletion,
  InboundEdit,
  InboundMessage,
  InboundReaction,
  InboundReceipt,
  InboundTyping,
  ReceiptStatus,
  type Content,
} from '#libs/model';
import { z } from 'zod';

/** Events in one post. */
export const EVENTS_MAX = 100;

const id = z
  .string()
  .min(1)
  .max(512)
  .describe('Your id of the event: the same event always has the same one');
const own = {
  id,
  event_key: z.string().min(1).max(512).optional().describe('When it must differ from id'),
  thread: z
    .string()
    .min(1)
    .max(512)
    .optional()
    .describe("One conversation each; default: the sender's address"),
};
const says = {
  content: Contents.optional(),
  text: z.string().min(1).max(contentLimits.textMax).optional().describe('Short for content of one text'),
};
const saysOnce = (item: { content?: unknown; text?: unknown }): boolean =>
  (item.content === undefined) !== (item.text === undefined);
const ONCE = { error: 'give either content or text', path: ['content'] };

/** What may stand in an inbound post, by its `type`: the fields of the event of that kind, with their defaults. */
export const items = {
  message: InboundMessage.omit({ kind: true })
    .extend({ ...own, ...says, provider_id: z.string().min(1).max(512).optional().describe('Default: id') })
    .refine(saysOnce, ONCE),
  edit: InboundEdit.omit({ kind: true })
    .extend({ ...own, ...says })
    .refine(saysOnce, ONCE),
  deletion: InboundDeletion.omit({ kind: true }).extend(own),
  reaction: InboundReaction.omit({ kind: true }).extend(own),
  receipt: InboundReceipt.omit({ kind: true }).extend({ ...own, thread: z.string().min(1).max(512) }),
  typing: InboundTyping.omit({ kind: true }).extend({ ...own, active: z.boolean().default(true) }),
  choice: InboundChoice.omit({ kind: true }).extend({
    ...own,
    provider_id: z.string().min(1).max(512).optional(),
  }),
} as const;
export type ItemType = keyof typeof items;

/** What is posted to the receiver for one part. */
export interface OutboundPost {
  type: 'message';
  /** The same for every attempt; also `webhook-id`. */
  id: string;
  conversation_id: string;
  thread: string;
  to: Address | null;
  content: Content[];
  sent_at: string;
}

/** What the receiver may answer; an empty body says the same as `{}`. */
export const Answer = z.object({
  id: z.string().min(1).max(512).optional().describe('Your reference, by which receipts name the message'),
  status: ReceiptStatus.exclude(['failed']).optional().describe('Further than sent, when you know at once'),
});

/** What the receiver may say when it refuses. */
export const Refusal = z.object({
  code: z.union([z.string(), z.number()]).transform(String).optional().catch(undefined),
  message: z.string().optional().catch(undefined),
});
