import { z } from 'zod';
import { BotId, MessageId } from './ids.js';

const said = {
  rating: z.enum(['up', 'down']).describe('up: the answer was good'),
  reason: z
    .enum(['incorrect', 'incomplete', 'outdated', 'off_topic', 'unclear', 'tone', 'other'])
    .optional()
    .describe('Why, in a word'),
  comment: z.string().trim().min(1).max(2_000).optional().describe('Why, in their own words'),
};

/** What a visitor says of an answer. */
export const GiveVisitorFeedback = z.strictObject(said).meta({ id: 'GiveVisitorFeedback' });
export type GiveVisitorFeedback = z.infer<typeof GiveVisitorFeedback>;

export const GiveFeedback = z
  .strictObject({
    ...said,
    by: z
      .enum(['contact', 'operator'])
      .optional()
      .describe(
        'Whose opinion it is: the person’s, or the caller’s; default: a member gives their own, a program the person’s',
      ),
  })
  .meta({ id: 'GiveFeedback' });
export type GiveFeedback = z.infer<typeof GiveFeedback>;

/** What somebody thinks of an answer of the bot. */
export const MessageFeedback = z
  .object({
    message_id: MessageId,
    by: z.enum(['contact', 'operator']),
    actor: z.string().nullable().describe('Which operator or program, as in the audit log; null: the person'),
    rating: said.rating,
    reason: said.reason.unwrap().nullable(),
    comment: z.string().nullable(),
    bot_id: BotId.nullable(),
    answered_by: z.string().nullable().describe('Who in the bot had the answer, such as `rules` or `agent`'),
    created_at: z.iso.datetime(),
    updated_at: z.iso.datetime().describe('Since when they think so'),
  })
  .meta({ id: 'MessageFeedback' });
export type MessageFeedback = z.infer<typeof MessageFeedback>;

export const MessageFeedbackList = z
  .object({ data: z.array(MessageFeedback) })
  .meta({ id: 'MessageFeedbackList' });
export type MessageFeedbackList = z.infer<typeof MessageFeedbackList>;
