import { z } from 'zod';

// What providers post, in their own words. Of each only what is used here; the rest may be anything.

/** @see https://www.twilio.com/docs/sendgrid/for-developers/parsing-email/setting-up-the-inbound-parse-webhook (read 2026-11-21) */
export const SendGridEnvelope = z.object({ from: z.string().catch(''), to: z.array(z.string()).catch([]) });

export const SendGridCharsets = z.record(z.string(), z.string());

export const SendGridFiles = z.record(
  z.string(),
  z.object({
    filename: z.string().optional(),
    name: z.string().optional(),
    type: z.string().optional(),
    'content-id': z.string().optional(),
  }),
);

/** @see https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event (read 2026-11-21) */
export const SendGridEvent = z.looseObject({
  event: z.string(),
  sg_event_id: z.string().optional(),
  timestamp: z.number().optional(),
  parley_ref: z.string().max(512).optional(),
  'smtp-id': z.string().max(512).optional(),
  reason: z.string().optional(),
  status: z.string().optional(),
  email: z.string().optional(),
});

/** @see https://documentation.mailgun.com/docs/mailgun/user-manual/receive-forward-store/receive-http (read 2026-11-21) */
export const MailgunHeaders = z.array(z.tuple([z.string(), z.string()]));

export const MailgunContentIds = z.record(z.string(), z.string());

/** An event webhook. @see https://documentation.mailgun.com/docs/mailgun/user-manual/tracking-messages (read 2026-11-21) */
export const MailgunEvent = z.object({
  signature: z.looseObject({ timestamp: z.string(), token: z.string(), signature: z.string() }),
  'event-data': z.looseObject({
    event: z.string(),
    id: z.string().max(400),
    timestamp: z.number().optional(),
    severity: z.string().optional(),
    reason: z.string().optional(),
    message: z
      .looseObject({ headers: z.looseObject({ 'message-id': z.string().max(512).optional() }).optional() })
      .optional(),
    'delivery-status': z
      .looseObject({
        code: z.union([z.string(), z.number()]).optional(),
        'enhanced-code': z.string().optional(),
        message: z.string().optional(),
        description: z.string().optional(),
      })
      .optional(),
  }),
});
export type MailgunEvent = z.infer<typeof MailgunEvent>;

/** @see https://postmarkapp.com/developer/webhooks/inbound-webhook (read 2026-11-21) */
const Attachment = z.looseObject({
  Name: z.string().catch(''),
  ContentType: z.string().catch(''),
  ContentLength: z.number().catch(0),
  ContentID: z.string().nullish(),
  Content: z.string().catch(''),
});

export const PostmarkMail = z.looseObject({
  MessageID: z.string(),
  From: z.string().optional(),
  FromFull: z.looseObject({ Email: z.string(), Name: z.string().catch('') }),
  To: z.string().catch(''),
  Cc: z.string().catch(''),
  ReplyTo: z.string().catch(''),
  Subject: z.string().catch(''),
  Date: z.string().catch(''),
  OriginalRecipient: z.string().catch(''),
  TextBody: z.string().catch(''),
  HtmlBody: z.string().catch(''),
  RawEmail: z.string().optional(),
  Headers: z.array(z.looseObject({ Name: z.string(), Value: z.string() })).catch([]),
  Attachments: z.array(Attachment).catch([]),
});
export type PostmarkMail = z.infer<typeof PostmarkMail>;

/** @see https://postmarkapp.com/developer/webhooks/webhooks-overview (read 2026-11-21) */
export const PostmarkEvent = z.looseObject({
  RecordType: z.string(),
  MessageID: z.string().max(200).optional(),
  Metadata: z.record(z.string(), z.string()).optional(),
  Type: z.string().optional(),
  Description: z.string().optional(),
  Details: z.string().optional(),
  ID: z.number().optional(),
  DeliveredAt: z.string().optional(),
  BouncedAt: z.string().optional(),
  ReceivedAt: z.string().optional(),
});
export type PostmarkEvent = z.infer<typeof PostmarkEvent>;

/** @see https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html (read 2026-11-21) */
export const SnsMessage = z.looseObject({
  Type: z.enum(['Notification', 'SubscriptionConfirmation', 'UnsubscribeConfirmation']),
  MessageId: z.string().max(200),
  TopicArn: z.string().max(500),
  Message: z.string(),
  Timestamp: z.string(),
  Subject: z.string().nullish(),
  Signature: z.string().optional(),
  SignatureVersion: z.string().optional(),
  SigningCertURL: z.string().optional(),
  SubscribeURL: z.string().optional(),
  Token: z.string().optional(),
});
export type SnsMessage = z.infer<typeof SnsMessage>;

const Verdicts = z.object({ status: z.string() }).optional();

const Recipient = z.looseObject({
  emailAddress: z.string().catch(''),
  status: z.string().optional(),
  diagnosticCode: z.string().optional(),
});

/** @see https://docs.aws.amazon.com/ses/latest/dg/receiving-email-notifications-contents.html and notification-contents.html (read 2026-11-21) */
export const SesNotification = z.looseObject({
  notificationType: z.string().optional(),
  eventType: z.string().optional(),
  content: z.string().optional(),
  receipt: z
    .looseObject({
      spfVerdict: Verdicts,
      dkimVerdict: Verdicts,
      dmarcVerdict: Verdicts,
      action: z.looseObject({ encoding: z.string().optional() }).optional(),
    })
    .optional(),
  mail: z
    .looseObject({
      messageId: z.string().max(400).optional(),
      source: z.string().optional(),
      timestamp: z.string().optional(),
    })
    .optional(),
  bounce: z
    .looseObject({
      bounceType: z.string().optional(),
      bounceSubType: z.string().optional(),
      bouncedRecipients: z.array(Recipient).catch([]),
      timestamp: z.string().optional(),
    })
    .optional(),
  delivery: z.looseObject({ timestamp: z.string().optional() }).optional(),
});
export type SesNotification = z.infer<typeof SesNotification>;
