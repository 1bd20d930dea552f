import { z } from 'zod';

/** What Meta posts, as far as Parley reads it. Unknown fields are let through; what is missing makes an item ignored. */

const text = z.string();
const Media = z.looseObject({
  id: text.max(256),
  mime_type: text.max(255).optional(),
  caption: text.optional(),
  filename: text.optional(),
});

const Reply = z.looseObject({ id: text.min(1).max(256), title: text });

export const WireMessage = z.looseObject({
  from: text.max(64).optional(),
  from_user_id: text.max(128).optional(),
  group_id: text.max(256).optional(),
  id: text.min(1).max(500),
  timestamp: text.max(20).optional(),
  type: text.max(64),
  context: z.looseObject({ id: text.max(500).optional(), forwarded: z.boolean().optional() }).optional(),
  text: z.looseObject({ body: text }).optional(),
  image: Media.optional(),
  audio: Media.optional(),
  video: Media.optional(),
  document: Media.optional(),
  sticker: Media.optional(),
  location: z
    .looseObject({
      latitude: z.number(),
      longitude: z.number(),
      name: text.optional(),
      address: text.optional(),
    })
    .optional(),
  contacts: z
    .array(
      z.looseObject({
        name: z.looseObject({ formatted_name: text }),
        phones: z.array(z.looseObject({ phone: text.optional(), wa_id: text.optional() })).optional(),
        emails: z.array(z.looseObject({ email: text.optional() })).optional(),
        org: z.looseObject({ company: text.optional() }).optional(),
      }),
    )
    .optional(),
  reaction: z.looseObject({ message_id: text.min(1).max(500), emoji: text.max(64).optional() }).optional(),
  interactive: z
    .looseObject({
      button_reply: Reply.optional(),
      list_reply: Reply.optional(),
      nfm_reply: z.looseObject({ response_json: text }).optional(),
    })
    .optional(),
  button: z.looseObject({ payload: text.max(256).optional(), text }).optional(),
  order: z
    .looseObject({
      text: text.optional(),
      product_items: z.array(
        z.looseObject({
          product_retailer_id: text,
          quantity: z.coerce.number(),
          item_price: z.coerce.number().optional(),
          currency: text.optional(),
        }),
      ),
    })
    .optional(),
  referral: z.looseObject({}).optional(),
  errors: z.array(z.looseObject({ code: z.number().optional(), title: text.optional() })).optional(),
});
export type WireMessage = z.infer<typeof WireMessage>;

export const WireStatus = z.looseObject({
  id: text.min(1).max(500),
  status: text.max(32),
  timestamp: text.max(20).optional(),
  recipient_id: text.max(128).optional(),
  biz_opaque_callback_data: text.max(512).optional(),
  errors: z
    .array(
      z.looseObject({
        code: z.number(),
        title: text.optional(),
        message: text.optional(),
        error_data: z.looseObject({ details: text.optional() }).optional(),
      }),
    )
    .optional(),
});
export type WireStatus = z.infer<typeof WireStatus>;

export const WireValue = z.looseObject({
  metadata: z.looseObject({ phone_number_id: text }).optional(),
  contacts: z
    .array(
      z.looseObject({
        wa_id: text.optional(),
        user_id: text.optional(),
        profile: z.looseObject({ name: text.optional() }).optional(),
      }),
    )
    .optional(),
  messages: z.array(z.unknown()).optional(),
  statuses: z.array(z.unknown()).optional(),
  errors: z.array(z.looseObject({ code: z.number().optional(), title: text.optional() })).optional(),
});
export type WireValue = z.infer<typeof WireValue>;

export const WireBody = z.looseObject({
  object: text,
  entry: z
    .array(
      z.looseObject({
        id: text.optional(),
        changes: z.array(z.looseObject({ field: text, value: z.unknown() })),
      }),
    )
    .max(1_000),
});

/** The answer to a send. */
export const SendAnswer = z.looseObject({
  messages: z.array(z.looseObject({ id: text.min(1).max(500) })).min(1),
});

export const ErrorAnswer = z.looseObject({
  error: z.looseObject({
    code: z.number(),
    message: text.optional(),
    error_data: z.looseObject({ details: text.optional() }).optional(),
  }),
});
