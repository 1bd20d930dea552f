import { z } from 'zod';

const short = z.string().max(512);
const count = z.coerce.number().int().min(0).max(50).catch(0);

/** What Twilio posts when a message came in. @see https://www.twilio.com/docs/messaging/guides/webhook-request (read 2026-11-21) */
export const IncomingMessage = z.looseObject({
  MessageSid: short.min(1),
  AccountSid: short,
  From: short.min(1),
  To: short,
  Body: z.string().default(''),
  NumMedia: count,
  OptOutType: z.enum(['STOP', 'START', 'HELP']).optional().catch(undefined),
});
export type IncomingMessage = z.infer<typeof IncomingMessage>;

/** What Twilio posts when a message of ours got further. @see https://www.twilio.com/docs/messaging/guides/track-outbound-message-status (read 2026-11-21) */
export const StatusCallback = z.looseObject({
  MessageSid: short.min(1),
  AccountSid: short,
  MessageStatus: z.string().min(1).max(64),
  To: short.default(''),
  ErrorCode: z.string().max(32).optional(),
});
export type StatusCallback = z.infer<typeof StatusCallback>;

/** A message as the API shows it. */
export const MessageResource = z.looseObject({
  sid: z.string().min(1).max(64),
  status: z.string().optional(),
  direction: z.string().optional(),
  from: z.string().nullish(),
  to: z.string().nullish(),
  body: z.string().nullish(),
  date_sent: z.string().nullish(),
  num_media: count,
});
export type MessageResource = z.infer<typeof MessageResource>;

/** What a send answers. */
export const SendAnswer = z.looseObject({ sid: z.string().regex(/^[SM]M[0-9a-fA-F]{32}$/) });

export const MessagePage = z.looseObject({
  messages: z.array(MessageResource).default([]),
  next_page_uri: z.string().nullish(),
});

export const MediaPage = z.looseObject({
  media_list: z
    .array(z.looseObject({ sid: z.string().max(64), content_type: z.string().max(255).nullish() }))
    .default([]),
});

export const Account = z.looseObject({
  status: z.string().optional(),
  friendly_name: z.string().max(200).optional(),
});

export const Numbers = z.looseObject({
  incoming_phone_numbers: z
    .array(
      z.looseObject({
        sid: z.string().max(64),
        phone_number: z.string().max(32).optional(),
        sms_url: z.string().nullish(),
        sms_method: z.string().nullish(),
        sms_application_sid: z.string().nullish(),
      }),
    )
    .optional(),
});

export const ErrorAnswer = z.looseObject({
  code: z.coerce.string().max(32).optional(),
  message: z.string().optional(),
});
