import { z } from 'zod';
import { listOf, Message } from './api.js';
import { Contents, contentLimits } from './content.js';
import { PreChat } from './pre-chat.js';
import { VisitorIdentity } from './api-visitors.js';
import { ChannelId, ConversationId, InboxEventId, MessageId, SessionId } from './ids.js';

export const CreateWidgetSession = z
  .strictObject({
    channel_id: ChannelId,
    page_url: z
      .url({ protocol: /^https?$/ })
      .max(500)
      .optional()
      .describe('The page the chat stands on'),
    referrer: z
      .url({ protocol: /^https?$/ })
      .max(500)
      .optional()
      .describe('Where the visitor came from'),
    identity: VisitorIdentity.optional().describe(
      'Who the visitor is, on the word of your server: they go on where they were, on whatever device',
    ),
    topic: z
      .string()
      .regex(/^[a-z0-9]{8,64}$/)
      .optional()
      .describe(
        'With `identity`: one of several conversations of this person, by a name of yours; without it they go on where they spoke last',
      ),
    locale: z.string().min(2).max(35).optional().describe('Language of the visitor, BCP 47'),
  })
  .meta({ id: 'CreateWidgetSession' });
export type CreateWidgetSession = z.infer<typeof CreateWidgetSession>;

/** How the chat looks, and who answers in it. */
export const WidgetLook = z
  .object({
    title: z.string(),
    greeting: z.string().describe('Shown above the messages; may be empty'),
    accent_color: z.string().describe('#rrggbb'),
    pre_chat: PreChat.nullable().describe('Asked before a conversation begins: POST /v1/widget/form'),
    transcript: z
      .boolean()
      .describe('Whether visitors can have what was said sent by mail: POST /v1/widget/transcript'),
    hours: z
      .object({
        is_open: z.boolean().describe('Whether people are there now'),
        opens_at: z.iso
          .datetime()
          .nullable()
          .describe('When they are next; null when they are there, or not soon'),
      })
      .nullable()
      .describe('When people answer; null when nobody said'),
    assistant: z
      .object({ name: z.string(), disclosure: z.string().nullable() })
      .nullable()
      .describe('The bot that answers; null when people do'),
  })
  .meta({ id: 'WidgetLook' });
export type WidgetLook = z.infer<typeof WidgetLook>;

export const WidgetSession = z
  .object({
    id: SessionId,
    conversation_id: ConversationId,
    client_token: z.string().describe('For the other widget routes; sent again, it resumes the session'),
    expires_at: z.iso.datetime(),
    look: WidgetLook,
  })
  .meta({ id: 'WidgetSession' });
export type WidgetSession = z.infer<typeof WidgetSession>;

export const CreateWidgetMessage = z
  .strictObject({
    client_id: z.string().min(1).max(128).describe('Yours: the same one is one message, however often sent'),
    text: z.string().min(1).max(contentLimits.textMax).optional(),
    parts: Contents.optional(),
  })
  .refine((body) => (body.text === undefined) !== (body.parts === undefined), {
    error: 'give either text or parts',
    path: ['text'],
  })
  .meta({ id: 'CreateWidgetMessage' });
export type CreateWidgetMessage = z.infer<typeof CreateWidgetMessage>;

/** What a page says of its visitor; nobody has proven any of it. */
export const SaidOfVisitor = z
  .record(z.string().regex(/^[A-Za-z]\w{0,57}$/), z.string().max(500).nullable())
  .refine((said) => Object.keys(said).length <= 20, { error: 'at most 20 keys' });
export type SaidOfVisitor = z.infer<typeof SaidOfVisitor>;

export const WidgetForm = z
  .strictObject({
    fields: z
      .record(z.string().min(1).max(64), z.string().trim().max(500))
      .optional()
      .describe('By the ids of the fields of `look.pre_chat`'),
    said: SaidOfVisitor.optional().describe(
      'What your page says of the visitor, unproven: each becomes the attribute `said_…` of the contact; null takes one away',
    ),
  })
  .refine(({ fields, said }) => fields !== undefined || said !== undefined, {
    error: 'give fields, said or both',
  })
  .meta({ id: 'WidgetForm' });
export type WidgetForm = z.infer<typeof WidgetForm>;

export const CreateWidgetTranscript = z
  .strictObject({
    email: z.email().max(254).describe('Where it is sent'),
    locale: z.string().min(2).max(35).optional().describe('Language of times, BCP 47'),
    time_zone: z.string().min(1).max(64).optional().describe('IANA name; default: UTC'),
  })
  .meta({ id: 'CreateWidgetTranscript' });
export type CreateWidgetTranscript = z.infer<typeof CreateWidgetTranscript>;

export const WidgetAccepted = z
  .object({
    event_id: InboxEventId,
    message_id: MessageId.describe('The id that the message has in the list and the stream'),
    is_duplicate: z.boolean(),
  })
  .meta({ id: 'WidgetAccepted' });
export type WidgetAccepted = z.infer<typeof WidgetAccepted>;

/** A message as its visitor sees it: without what is between us and the provider. */
export const WidgetMessage = Message.pick({
  id: true,
  seq: true,
  direction: true,
  author: true,
  parts: true,
  status: true,
  reactions: true,
  sent_at: true,
  recorded_at: true,
  edited_at: true,
  deleted_at: true,
})
  .extend({ client_id: z.string().nullable().describe('Of what the visitor sent') })
  .meta({ id: 'WidgetMessage' });
export type WidgetMessage = z.infer<typeof WidgetMessage>;
export const WidgetMessageList = listOf(WidgetMessage, 'WidgetMessagePage')
  .extend({ last_seq: z.int().nonnegative().describe('Follow the stream after it') })
  .meta({ id: 'WidgetMessageList' });

/** What a visitor does beside speaking. */
export const WidgetTyping = z
  .strictObject({
    type: z
      .enum(['typing.started', 'typing.stopped', 'answer.stopped', 'session.ended'])
      .describe(
        '`answer.stopped`: no more of the answer that is being written; `session.ended`: the visitor has logged out, and the token opens nothing any more',
      ),
  })
  .meta({ id: 'WidgetTyping' });
export type WidgetTyping = z.infer<typeof WidgetTyping>;
