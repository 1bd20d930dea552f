// What a bot could learn, until a person agrees.
import { z } from 'zod';
import { listOf } from './api.js';
import { BotId, BotProposalId, MessageId } from './ids.js';

const instant = z.iso.datetime().describe('RFC 3339, UTC');

const lesson = z.string().trim().min(1).max(500);

export const CreateBotProposal = z
  .strictObject({
    text: lesson.optional().describe('What a person said'),
    message_id: MessageId.optional().describe('The message in which they said it; give this or text'),
    intent_id: z.string().max(64).optional().describe('The intent that it meant'),
    answer: z.string().trim().min(1).max(4_000).optional().describe('What the bot should have said'),
    answer_message_id: MessageId.optional().describe('The message in which an operator said it'),
  })
  .refine(({ text, message_id: id }) => (text === undefined) !== (id === undefined), {
    error: 'give either text or message_id',
    path: ['text'],
  })
  .refine(
    ({ intent_id: intent, answer, answer_message_id: said }) =>
      [intent, answer, said].filter((one) => one !== undefined).length === 1,
    { error: 'give one of intent_id, answer and answer_message_id', path: ['intent_id'] },
  )
  .meta({ id: 'CreateBotProposal' });
export type CreateBotProposal = z.infer<typeof CreateBotProposal>;

/** Something the bot could learn, and that waits until a person agrees. */
export const BotProposal = z
  .object({
    id: BotProposalId,
    bot_id: BotId,
    kind: z.enum(['phrasing', 'answer']).describe('phrasing: of an intent · answer: to a new question'),
    text: z.string().describe('What was said, without private pieces'),
    intent_id: z.string().nullable().describe('For a phrasing: the intent that it means'),
    answer: z.string().nullable().describe('For an answer; null: nobody has given one yet'),
    source: z
      .enum(['operator', 'unanswered', 'feedback'])
      .describe('feedback: there was an answer, and somebody said that it was not good'),
    times: z.int().positive().describe('How often it was proposed'),
    state: z.enum(['waiting', 'approved', 'dismissed']),
    decided_by: z.string().nullable(),
    decided_at: instant.nullable(),
    created_at: instant,
  })
  .meta({ id: 'BotProposal' });
export type BotProposal = z.infer<typeof BotProposal>;
export const BotProposalList = listOf(BotProposal, 'BotProposalList');

export const ApproveBotProposal = z
  .strictObject({
    text: lesson.optional().describe('In other words than they were said'),
    intent_id: z.string().max(64).optional().describe('Makes it a phrasing of this intent'),
    answer: z.string().trim().min(1).max(4_000).optional().describe('Makes it a question with this answer'),
  })
  .refine(({ intent_id: intent, answer }) => intent === undefined || answer === undefined, {
    error: 'give either intent_id or answer',
    path: ['intent_id'],
  })
  .meta({ id: 'ApproveBotProposal' });
export type ApproveBotProposal = z.infer<typeof ApproveBotProposal>;
