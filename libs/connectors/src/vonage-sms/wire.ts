import { z } from 'zod';

const short = z.string().max(200);
const count = z.coerce.number().int().min(1).max(255).optional().catch(undefined);

/** A message to the number. @see https://developer.vonage.com/messaging/sms/guides/inbound-sms (read 2026-11-21) */
export const InboundSms = z.looseObject({
  msisdn: short.min(1),
  to: short.default(''),
  messageId: short.min(1),
  text: z.string(),
  type: z.enum(['text', 'unicode']).default('text'),
  'message-timestamp': short.optional(),
  'concat-ref': short.optional(),
  'concat-total': count,
  'concat-part': count,
});
export type InboundSms = z.infer<typeof InboundSms>;

/** What became of a message of ours. @see https://developer.vonage.com/messaging/sms/guides/delivery-receipts (read 2026-11-21) */
export const DeliveryReceipt = z.looseObject({
  msisdn: short.default(''),
  messageId: short.min(1),
  status: short.min(1),
  'err-code': short.optional(),
  'client-ref': short.optional(),
});
export type DeliveryReceipt = z.infer<typeof DeliveryReceipt>;

/** What a send answers: one entry for each segment. */
export const SendAnswer = z.looseObject({
  messages: z
    .array(
      z.looseObject({
        status: z.coerce.string(),
        'message-id': z.string().min(1).max(200).optional(),
        'error-text': z.string().optional(),
      }),
    )
    .min(1),
});
export type SendAnswer = z.infer<typeof SendAnswer>;

export const Balance = z.looseObject({ value: z.coerce.number().optional().catch(undefined) });

export const Numbers = z.looseObject({
  numbers: z
    .array(
      z.looseObject({ country: z.string().length(2), msisdn: z.string(), moHttpUrl: z.string().nullish() }),
    )
    .default([]),
});
