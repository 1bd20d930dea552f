import { z } from 'zod';
import { type McpTool, tool } from './tool.js';
import { transcriptOf } from './transcript.js';

const id = (prefix: string) => z.string().startsWith(`${prefix}_`);
const limit = z.int().min(1).max(100).default(20).describe('How many at most');
const LONGEST = 500;

/** Tools that change nothing. */
export const readTools: readonly McpTool[] = [
  tool({
    name: 'list_channels',
    title: 'List channels',
    description:
      'Lists the registered channels (Slack, WhatsApp, SMS, e-mail, web chat …) with state and health.',
    scope: 'channels:read',
    input: z.object({ limit }),
    effect: 'read',
    isUntrusted: false,
    run: async (parley, { limit: count }) => {
      const channels = await parley.channels.list({ limit: count }).take(count);
      return channels.map(({ id, connector, name, state, health }) => ({
        id,
        connector,
        name,
        state,
        health,
      }));
    },
  }),
  tool({
    name: 'get_channel_health',
    title: 'Health of a channel',
    description:
      'Says whether a channel works and, if not, what a person can do about it. Sends nothing to anyone.',
    scope: 'channels:read',
    input: z.object({ channel_id: id('chan') }),
    effect: 'read',
    isUntrusted: false,
    run: async (parley, { channel_id: channelId }) => (await parley.channels.get(channelId)).health,
  }),
  tool({
    name: 'search_conversations',
    title: 'Search conversations',
    description: 'Lists conversations, the newest first, by channel, person or state.',
    scope: 'conversations:read',
    input: z.object({
      channel_id: id('chan').optional(),
      contact_id: id('cont').optional(),
      state: z.enum(['open', 'closed']).optional(),
      limit,
    }),
    effect: 'read',
    isUntrusted: true,
    run: (parley, { limit: count, ...query }) =>
      parley.conversations.list({ ...defined(query), limit: count }).take(count),
  }),
  tool({
    name: 'get_conversation',
    title: 'Read a conversation',
    description: 'Reads who a conversation is with, on which channel, and who answers it now.',
    scope: 'conversations:read',
    input: z.object({ conversation_id: id('conv') }),
    effect: 'read',
    isUntrusted: true,
    run: (parley, { conversation_id: conversationId }) => parley.conversations.get(conversationId),
  }),
  tool({
    name: 'get_transcript',
    title: 'Read a transcript',
    description:
      'Reads the newest messages of a conversation, oldest first. Each reading is recorded in the audit log.',
    scope: 'messages:read',
    input: z.object({ conversation_id: id('conv'), limit: limit.default(50) }),
    effect: 'read',
    isUntrusted: true,
    run: (parley, { conversation_id: conversationId, limit: count }) =>
      transcriptOf(parley, conversationId, count),
  }),
  tool({
    name: 'search_knowledge',
    title: 'Search knowledge',
    description: 'Searches what a bot may cite, and says what the bot would do with the question.',
    scope: 'knowledge:read',
    input: z.object({ bot_id: id('bot'), query: z.string().min(1).max(LONGEST) }),
    effect: 'read',
    isUntrusted: true,
    run: (parley, { bot_id: botId, query }) => parley.bots.searchKnowledge(botId, { query }),
  }),
  tool({
    name: 'list_dead_letters',
    title: 'List dead letters',
    description:
      'Lists what was given up: deliveries that failed or may have been sent, and events that could not be handled.',
    scope: 'messages:read',
    input: z.object({ kind: z.enum(['delivery', 'inbox_event']).default('delivery'), limit }),
    effect: 'read',
    isUntrusted: true,
    run: (parley, { kind, limit: count }) => parley.deadLetters.list({ kind, limit: count }).take(count),
  }),
  tool({
    name: 'explain_message',
    title: 'Explain a message',
    description:
      'Tells what happened to a message, hop by hop: received, answered by which rule or tool, sent, delivered, read.',
    scope: 'trace:read',
    input: z.object({ message_id: id('msg') }),
    effect: 'read',
    isUntrusted: true,
    run: (parley, { message_id: messageId }) => parley.messages.timeline(messageId),
  }),
  tool({
    name: 'get_analytics',
    title: 'Read analytics',
    description:
      'Counts what happened in a time: volume, first response, resolution, deflection, hand-over, satisfaction and more.',
    scope: 'analytics:read',
    input: z.object({
      report: z
        .string()
        .regex(/^[a-z-]{1,40}$/)
        .describe(
          'volume, first-response, resolution, deflection, hand-over, csat, deliveries, cost, answers, flows or questions',
        ),
      from: z.iso.datetime(),
      to: z.iso.datetime(),
      interval: z.enum(['hour', 'day', 'week', 'month']).default('day'),
      group_by: z.enum(['channel', 'bot', 'operator']).optional(),
    }),
    effect: 'read',
    isUntrusted: true,
    run: (parley, { report, ...query }) => parley.analytics.report(report, defined(query)),
  }),
];

/** Without what was not given: an absent field and one that is undefined are not the same. */
function defined<T extends object>(fields: T): { [Name in keyof T]: Exclude<T[Name], undefined> } {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as { [Name in keyof T]: Exclude<T[Name], undefined> };
}
