import { z } from 'zod';
import { Conversation, Message } from './api.js';
import { TraceStep } from './bot.js';
import { ContactId, ConversationId, OfferId, TurnId } from './ids.js';

const instant = z.iso.datetime().describe('RFC 3339, UTC');
const operator = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .describe('An operator, by the name that you know them by: a member, an e-mail address, a seat');

export const OfferConversation = z
  .strictObject({
    operators: z.array(operator).min(1).max(20).describe('Who is asked, one after the other'),
    timeout_s: z.int().min(1).max(3_600).default(30).describe('Seconds after which the next one is asked'),
  })
  .meta({ id: 'OfferConversation' });
export type OfferConversation = z.infer<typeof OfferConversation>;

export const AnswerOffer = z
  .strictObject({
    operator,
    answer: z.enum(['accept', 'decline']),
    reason: z.string().min(1).max(500).optional(),
  })
  .meta({ id: 'AnswerOffer' });
export type AnswerOffer = z.infer<typeof AnswerOffer>;

export const Offer = z
  .object({
    id: OfferId,
    operator,
    status: z
      .enum(['waiting', 'offered', 'accepted', 'declined', 'lapsed', 'withdrawn'])
      .describe('lapsed: no answer in time · withdrawn: the conversation is elsewhere, or others are asked'),
    offered_at: instant.nullable(),
    ends_at: instant.nullable(),
    decided_at: instant.nullable(),
    reason: z.string().nullable(),
  })
  .meta({ id: 'Offer' });
export type Offer = z.infer<typeof Offer>;

export const OfferList = z.object({ data: z.array(Offer) }).meta({ id: 'OfferList' });
export type OfferList = z.infer<typeof OfferList>;

/** What whoever takes a conversation over wants to know. */
export const Handover = z
  .object({
    conversation_id: ConversationId,
    owner: Conversation.shape.owner,
    requested_at: instant.nullable().describe('Null when the bot has not asked for a person'),
    reason: z.string().nullable(),
    department: z.string().nullable(),
    summary: z.string().describe('A few sentences, put together from what follows'),
    contact: z.object({
      id: ContactId,
      name: z.string().nullable(),
      addresses: Conversation.shape.contact.shape.addresses,
      attributes: z.record(z.string(), z.unknown()),
    }),
    fields: z.record(z.string(), z.unknown()).describe('What flows have collected in this conversation'),
    goals: z.array(z.object({ goal: z.string(), data: z.record(z.string(), z.unknown()) })),
    transcript: z.array(Message).describe('The last 50 messages, oldest first'),
    turns: z
      .array(z.object({ id: TurnId, outcome: z.string(), trace: z.array(TraceStep) }))
      .describe('The last turns of the bot and their traces, oldest first: at most 5'),
  })
  .meta({ id: 'Handover' });
export type Handover = z.infer<typeof Handover>;
