import { z } from 'zod';
import { Contents } from './content.js';

/** What becomes of a conversation that the bot hands over. */
export const HandoffSettings = z
  .strictObject({
    to: z
      .enum(['queue', 'desk'])
      .default('queue')
      .describe('queue: our operators · desk: an external system, which hears of it by a webhook'),
    hours: z
      .enum(['always', 'business'])
      .default('always')
      .describe('business: nobody is there outside the business hours of the bot'),
    wait_s: z
      .int()
      .min(1)
      .max(604_800)
      .optional()
      .describe(
        'Seconds after which the bot takes a conversation back that nobody took; a desk takes it by answering or passing it on',
      ),
    no_one: z
      .strictObject({
        reply: Contents.describe('Said instead of what goes with the hand-over; a Liquid template'),
        open_menu: z
          .string()
          .max(64)
          .optional()
          .describe('A menu behind it: a ticket, a call back, whatever else there is'),
      })
      .optional()
      .describe('When nobody is there; the conversation stays with the bot'),
  })
  .refine((handoff) => handoff.no_one !== undefined || (handoff.hours === 'always' && !handoff.wait_s), {
    error: 'is needed where nobody may be there: with business hours, and with a time to wait',
    path: ['no_one'],
  })
  .meta({ id: 'HandoffSettings' });
export type HandoffSettings = z.infer<typeof HandoffSettings>;
