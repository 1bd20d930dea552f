import { z } from 'zod';
import { Conversation, listOf, Page } from './api.js';
import { askedInstant, askedNumber } from './asked.js';
import { Owner } from './bot.js';
import {
  CannedReplyId,
  ChannelId,
  ContactId,
  ConversationId,
  LabelId,
  MemberId,
  MessageId,
  NoteId,
} from './ids.js';

const instant = z.iso.datetime().describe('RFC 3339, UTC');

/** The last thing said in a conversation, short, as a list shows it. */
export const LastMessage = z
  .object({
    id: MessageId,
    seq: z.int().positive(),
    direction: z.enum(['in', 'out']),
    author: z.enum(['contact', 'bot', 'operator', 'api']),
    text: z.string().describe('At most 200 characters of plain text; empty when it has no words'),
    kind: z.string().describe('The type of its first part: text, media, choices, …'),
    at: instant,
  })
  .meta({ id: 'LastMessage' });
export type LastMessage = z.infer<typeof LastMessage>;

/** A conversation as the inbox lists it for one operator. */
export const InboxConversation = Conversation.extend({
  last_message: LastMessage.nullable(),
  last_message_seq: z.int().nonnegative().describe('Position of the newest message'),
  unread_count: z
    .int()
    .nonnegative()
    .describe('Messages of the person after what the caller has read; at most 99'),
  active_at: instant.describe('When something was last said, else when it began: the inbox is sorted by it'),
}).meta({ id: 'InboxConversation' });
export type InboxConversation = z.infer<typeof InboxConversation>;
export const InboxList = listOf(InboxConversation, 'InboxList');

/** Whose conversations a list holds. */
export const InboxView = z.enum(['mine', 'unassigned', 'all', 'bot']);
export type InboxView = z.infer<typeof InboxView>;

export const InboxPage = Page.extend({
  view: InboxView.default('all').describe(
    'mine: assigned to the caller · unassigned: for operators, and nobody’s yet · bot: those that the bot answers · all',
  ),
  state: z.enum(['open', 'snoozed', 'closed', 'any']).default('open'),
  channel_id: ChannelId.optional(),
  label_id: LabelId.optional(),
  contact_id: ContactId.optional(),
  assignee_id: MemberId.optional(),
});
export type InboxPage = z.infer<typeof InboxPage>;

export const InboxCounts = z
  .object({
    mine: z.int().nonnegative(),
    unassigned: z.int().nonnegative(),
    all: z.int().nonnegative(),
    bot: z.int().nonnegative(),
  })
  .meta({ id: 'InboxCounts', description: 'Open conversations by view' });
export type InboxCounts = z.infer<typeof InboxCounts>;

// Changing a conversation --------------------------------------------------------------------------------------------

export const UpdateConversation = z
  .strictObject({
    state: z.enum(['open', 'snoozed', 'closed']).optional(),
    snoozed_until: askedInstant
      .optional()
      .describe('With `state: snoozed`: when it comes back; a new message brings it back too'),
    assignee_id: MemberId.nullable().optional().describe('Whose it is; null: nobody’s'),
    expected_assignee_id: MemberId.nullable()
      .optional()
      .describe('Refused with state/conflict when it is somebody else’s by now'),
  })
  .refine((body) => (body.state === 'snoozed') === (body.snoozed_until !== undefined), {
    error: 'give snoozed_until exactly with the state snoozed',
    path: ['snoozed_until'],
  })
  .meta({ id: 'UpdateConversation' });
export type UpdateConversation = z.infer<typeof UpdateConversation>;

export const ChangeLabels = z
  .strictObject({
    add: z.array(LabelId).max(50).default([]),
    remove: z.array(LabelId).max(50).default([]),
  })
  .meta({ id: 'ChangeLabels', description: 'What two people change at once does not undo each other' });
export type ChangeLabels = z.infer<typeof ChangeLabels>;

export const MarkRead = z
  .strictObject({
    seq: askedNumber.describe('Position of the newest message that was seen; 0: unread'),
  })
  .meta({ id: 'MarkRead' });
export type MarkRead = z.infer<typeof MarkRead>;

export const OperatorTyping = z
  .strictObject({ type: z.enum(['typing.started', 'typing.stopped']) })
  .meta({ id: 'OperatorTyping' });
export type OperatorTyping = z.infer<typeof OperatorTyping>;

export const Handoff = z
  .object({
    at: instant,
    reason: z.string().nullable(),
    summary: z.string().nullable().describe('What the bot says of it so far'),
    department: z.string().nullable(),
  })
  .meta({ id: 'Handoff' });
export type Handoff = z.infer<typeof Handoff>;

/** What an operator needs to know besides what was said. */
export const ConversationContext = z
  .object({
    handoff: Handoff.nullable().describe('The last time that the bot asked for a person'),
    fields: z.record(z.string(), z.unknown()).describe('What the flows of the bot have asked for'),
    page: z.record(z.string(), z.string()).describe('Where a visitor came from: page, referrer, campaign'),
  })
  .meta({ id: 'ConversationContext' });
export type ConversationContext = z.infer<typeof ConversationContext>;

// Labels, notes, canned replies --------------------------------------------------------------------------------------

/** Names of colours; how they look is the console's affair. */
export const LabelColour = z.enum([
  'gray',
  'red',
  'orange',
  'yellow',
  'green',
  'teal',
  'blue',
  'violet',
  'pink',
]);
export type LabelColour = z.infer<typeof LabelColour>;

const labelName = z.string().trim().min(1).max(50);
export const CreateLabel = z
  .strictObject({ name: labelName, colour: LabelColour.default('gray') })
  .meta({ id: 'CreateLabel' });
export type CreateLabel = z.infer<typeof CreateLabel>;
export const UpdateLabel = z
  .strictObject({ name: labelName.optional(), colour: LabelColour.optional() })
  .meta({ id: 'UpdateLabel' });
export type UpdateLabel = z.infer<typeof UpdateLabel>;
export const Label = z
  .object({ id: LabelId, name: z.string(), colour: LabelColour, created_at: instant })
  .meta({ id: 'Label' });
export type Label = z.infer<typeof Label>;
export const LabelList = listOf(Label, 'LabelList');

export const CreateNote = z
  .strictObject({ text: z.string().trim().min(1).max(10_000).describe('Markdown') })
  .meta({ id: 'CreateNote' });
export type CreateNote = z.infer<typeof CreateNote>;
export const Note = z
  .object({
    id: NoteId,
    conversation_id: ConversationId,
    author: z.string().describe('Who wrote it: a kind and an id'),
    author_name: z.string().nullable(),
    text: z.string(),
    created_at: instant,
  })
  .meta({ id: 'Note', description: 'What operators tell each other: it is sent to nobody' });
export type Note = z.infer<typeof Note>;
export const NoteList = listOf(Note, 'NoteList');

const canned = {
  shortcut: z
    .string()
    .trim()
    .regex(/^[\p{L}\p{N}_-]{1,40}$/u, { error: 'letters, digits, - and _, at most 40' })
    .describe('What is typed after a slash'),
  title: z.string().trim().min(1).max(100),
  text: z
    .string()
    .min(1)
    .max(4_000)
    .describe('A Liquid template: contact.name, contact.attributes, operator.name, conversation.id'),
};
export const CreateCannedReply = z.strictObject(canned).meta({ id: 'CreateCannedReply' });
export type CreateCannedReply = z.infer<typeof CreateCannedReply>;
export const UpdateCannedReply = z
  .strictObject({
    shortcut: canned.shortcut.optional(),
    title: canned.title.optional(),
    text: canned.text.optional(),
  })
  .meta({ id: 'UpdateCannedReply' });
export type UpdateCannedReply = z.infer<typeof UpdateCannedReply>;
export const CannedReply = z
  .object({ id: CannedReplyId, ...canned, shortcut: z.string(), created_at: instant, updated_at: instant })
  .meta({ id: 'CannedReply' });
export type CannedReply = z.infer<typeof CannedReply>;
export const CannedReplyList = listOf(CannedReply, 'CannedReplyList');

export const RenderCannedReply = z
  .strictObject({ conversation_id: ConversationId.describe('For whose person it is filled in') })
  .meta({ id: 'RenderCannedReply' });
export type RenderCannedReply = z.infer<typeof RenderCannedReply>;
export const RenderedReply = z.object({ text: z.string() }).meta({ id: 'RenderedReply' });
export type RenderedReply = z.infer<typeof RenderedReply>;

// Search -------------------------------------------------------------------------------------------------------------

export const SearchQuery = z.strictObject({
  q: z
    .string()
    .trim()
    .min(1)
    .max(200)
    .describe('Words, the last one perhaps unfinished; part of a name or an address'),
  limit: z.coerce.number().int().min(1).max(50).default(20),
});
export type SearchQuery = z.infer<typeof SearchQuery>;

export const SearchResult = z
  .object({
    messages: z.array(
      z.object({
        message_id: MessageId,
        conversation_id: ConversationId,
        contact: z.object({ id: ContactId, name: z.string().nullable() }),
        seq: z.int().positive(),
        author: z.enum(['contact', 'bot', 'operator', 'api']),
        excerpt: z.string().describe('Plain text around the first word that was found'),
        at: instant,
      }),
    ),
    contacts: z.array(
      z.object({ id: ContactId, name: z.string().nullable(), addresses: z.array(z.string()) }),
    ),
  })
  .meta({ id: 'SearchResult', description: 'The newest messages, and the contacts that are most alike' });
export type SearchResult = z.infer<typeof SearchResult>;

// Operators ----------------------------------------------------------------------------------------------------------

export const Operator = z
  .object({ id: MemberId, name: z.string(), is_online: z.boolean() })
  .meta({ id: 'Operator', description: 'Somebody who can be given a conversation' });
export type Operator = z.infer<typeof Operator>;
export const OperatorList = z.object({ data: z.array(Operator) }).meta({ id: 'OperatorList' });
export type OperatorList = z.infer<typeof OperatorList>;

export const SetPresence = z
  .strictObject({
    tab: z.string().min(8).max(64).describe('Of your choice, one per window'),
    conversation_id: ConversationId.nullable().default(null).describe('What it shows'),
    is_replying: z.boolean().default(false),
    is_leaving: z.boolean().default(false).describe('The window closes'),
  })
  .meta({ id: 'SetPresence' });
export type SetPresence = z.infer<typeof SetPresence>;

export const Presence = z
  .object({
    operator: z.string().describe('A kind and an id: `member:mem_…`'),
    name: z.string().nullable(),
    conversation_id: ConversationId.nullable(),
    is_replying: z.boolean(),
  })
  .meta({ id: 'Presence' });
export type Presence = z.infer<typeof Presence>;
export const PresenceList = z
  .object({
    data: z.array(Presence),
    you: z.string().optional().describe('Who the caller is among them; not in what the stream tells'),
  })
  .meta({ id: 'PresenceList' });
export type PresenceList = z.infer<typeof PresenceList>;

/** What the stream of the inbox tells: things as they are now, so that hearing one twice does no harm. */
export const InboxEvent = z
  .discriminatedUnion('type', [
    z.object({ type: z.literal('inbox.conversation'), data: z.object({ conversation: InboxConversation }) }),
    z.object({ type: z.literal('inbox.notes'), data: z.object({ conversation_id: ConversationId }) }),
    z.object({ type: z.literal('inbox.presence'), data: PresenceList }),
    z.object({
      type: z.literal('inbox.typing'),
      data: z.object({ conversation_id: ConversationId, is_typing: z.boolean() }),
    }),
    z.object({ type: z.literal('stream.reset'), data: z.object({}) }),
  ])
  .meta({ id: 'InboxEvent' });
export type InboxEvent = z.infer<typeof InboxEvent>;

/** Who owns a conversation may be said of several views at once. */
export const inboxOwners: Record<'unassigned' | 'bot', readonly z.infer<typeof Owner>[]> = {
  unassigned: ['queue', 'operator', 'desk'],
  bot: ['bot'],
};
