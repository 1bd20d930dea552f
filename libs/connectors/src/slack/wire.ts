import { z } from 'zod';

const text = z.string();
const ts = z.string().regex(/^\d{1,12}\.\d{1,9}$/);

/** A file beside a message. */
export const WireFile = z.looseObject({
  id: z.string().min(1).max(64),
  name: text.nullish(),
  title: text.nullish(),
  mimetype: text.optional(),
  size: z.int().nonnegative().optional(),
  mode: text.optional(),
  url_private: text.optional(),
  url_private_download: text.optional(),
});
export type WireFile = z.infer<typeof WireFile>;

/** A message as it stands in an event, in `message_changed`, and in a history. */
export const WireMessage = z.looseObject({
  ts,
  thread_ts: ts.optional(),
  subtype: text.optional(),
  user: text.max(64).optional(),
  bot_id: text.nullish(),
  text: text.nullish(),
  files: z.array(z.unknown()).optional(),
  edited: z.looseObject({ ts: text.optional() }).optional(),
  user_profile: z
    .looseObject({ display_name: text.optional(), real_name: text.optional() })
    .optional()
    .catch(undefined),
  metadata: z
    .looseObject({ event_type: text.optional(), event_payload: z.looseObject({}).optional() })
    .optional()
    .catch(undefined),
  reply_count: z.int().optional().catch(undefined),
  latest_reply: ts.optional().catch(undefined),
});
export type WireMessage = z.infer<typeof WireMessage>;

/** The inner event of what the Events API delivers. */
export const WireEvent = z.looseObject({
  type: text,
  subtype: text.optional(),
  channel: text.max(64).optional(),
  channel_type: text.optional(),
});

/** What the Events API delivers. */
export const WireEnvelope = z.looseObject({
  type: z.literal('event_callback'),
  team_id: text.optional(),
  api_app_id: text.optional(),
  event_id: text.optional(),
  event: WireEvent,
  authorizations: z
    .array(
      z.looseObject({ team_id: text.nullish(), user_id: text.nullish(), is_bot: z.boolean().optional() }),
    )
    .optional()
    .catch(undefined),
});
export type WireEnvelope = z.infer<typeof WireEnvelope>;

export const WireMessageChanged = z.looseObject({
  channel: text.max(64),
  channel_type: text.optional(),
  message: WireMessage,
  previous_message: WireMessage.optional().catch(undefined),
});
export const WireMessageDeleted = z.looseObject({
  channel: text.max(64),
  channel_type: text.optional(),
  deleted_ts: ts,
  previous_message: WireMessage.optional().catch(undefined),
});
export const WireReaction = z.looseObject({
  type: z.enum(['reaction_added', 'reaction_removed']),
  user: text.min(1).max(64),
  reaction: text.min(1).max(60),
  item: z.looseObject({ type: z.literal('message'), channel: text.max(64), ts }),
  event_ts: ts.optional(),
});

export const WireCommand = z.looseObject({
  command: text.min(1).max(100),
  text: text.optional(),
  channel_id: text.min(1).max(64),
  channel_name: text.optional(),
  user_id: text.min(1).max(64),
  user_name: text.optional(),
  trigger_id: text.min(1).max(400),
});

export type WireCommand = z.infer<typeof WireCommand>;

const option = z.looseObject({ value: text, text: z.looseObject({ text }).optional() });

/** One element of `state.values`, or one action: which fields it has depends on its type. */
export const WireAnswer = z.looseObject({
  type: text.optional(),
  value: text.nullish(),
  selected_option: option.nullish().catch(null),
  selected_options: z.array(option).nullish().catch(null),
  selected_date: text.nullish(),
  selected_time: text.nullish(),
  selected_date_time: z.number().nullish(),
  selected_user: text.nullish(),
  selected_channel: text.nullish(),
  selected_conversation: text.nullish(),
});
export type WireAnswer = z.infer<typeof WireAnswer>;

export const WireAction = WireAnswer.extend({
  action_id: text.max(255).default(''),
  action_ts: text.max(64).default(''),
  block_id: text.max(255).default(''),
  text: z.looseObject({ text }).optional().catch(undefined),
});
export type WireAction = z.infer<typeof WireAction>;

const state = z
  .looseObject({ values: z.record(z.string(), z.record(z.string(), z.unknown())) })
  .optional()
  .catch(undefined);
const user = z.looseObject({ id: text.min(1).max(64), username: text.optional(), name: text.optional() });

/** What a person did with something interactive. */
export const WireInteraction = z.looseObject({
  type: text,
  user: user.optional(),
  team: z.looseObject({ id: text }).nullish(),
  api_app_id: text.optional(),
  trigger_id: text.max(400).optional(),
  channel: z.looseObject({ id: text.min(1).max(64) }).nullish(),
  message: z.looseObject({ ts, thread_ts: ts.optional() }).nullish().catch(null),
  actions: z.array(z.unknown()).optional(),
  state,
  view: z
    .looseObject({
      id: text.optional(),
      hash: text.optional(),
      callback_id: text.optional(),
      private_metadata: text.optional(),
      state,
    })
    .nullish(),
});
export type WireInteraction = z.infer<typeof WireInteraction>;

/** What every method of the Web API answers. */
export const WireAnswerOfMethod = z.looseObject({
  ok: z.boolean(),
  error: text.optional(),
  needed: text.optional(),
  response_metadata: z
    .looseObject({ next_cursor: text.optional(), messages: z.array(text).optional() })
    .optional()
    .catch(undefined),
});
export type WireAnswerOfMethod = z.infer<typeof WireAnswerOfMethod>;
