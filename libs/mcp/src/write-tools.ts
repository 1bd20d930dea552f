import { z } from 'zod';
import { type McpTool, tool } from './tool.js';

const id = (prefix: string) => z.string().startsWith(`${prefix}_`);
const TEXT_MAX = 4_000;

/** Tools that reach people or change something. */
export const writeTools: readonly McpTool[] = [
  tool({
    name: 'send_message',
    title: 'Send a message',
    description:
      'Sends a text to the person of a conversation, on the channel it is on. This reaches a real person and cannot be taken back. With dry_run it only shows what would be sent.',
    scope: 'messages:write',
    input: z.object({
      conversation_id: id('conv'),
      text: z.string().min(1).max(TEXT_MAX),
      dry_run: z.boolean().default(false),
    }),
    effect: 'write',
    isUntrusted: false,
    run: (parley, { conversation_id: conversationId, text, dry_run }) =>
      parley.conversations.send(conversationId, { text, dry_run }),
  }),
  tool({
    name: 'handoff',
    title: 'Hand a conversation over',
    description:
      'Gives a conversation to a person (queue) or back to the bot. The bot is silent while a person has it.',
    scope: 'messages:write',
    input: z.object({
      conversation_id: id('conv'),
      to: z.enum(['queue', 'bot']),
      reason: z.string().min(1).max(500).describe('Why, for those who read the log'),
    }),
    effect: 'write',
    isUntrusted: true,
    run: (parley, { conversation_id: conversationId, to, reason }) =>
      parley.conversations.pass(conversationId, { to, reason }),
  }),
  tool({
    name: 'add_note',
    title: 'Write a note',
    description:
      'Writes a note on a conversation for the operators. The person of the conversation never sees it.',
    scope: 'messages:write',
    input: z.object({ conversation_id: id('conv'), text: z.string().min(1).max(TEXT_MAX) }),
    effect: 'write',
    isUntrusted: false,
    run: (parley, { conversation_id: conversationId, text }) =>
      parley.conversations.addNote(conversationId, { text }),
  }),
  tool({
    name: 'assign',
    title: 'Assign a conversation',
    description: 'Gives a conversation to a member, or to nobody. It tells no person anything.',
    scope: 'messages:write',
    input: z.object({
      conversation_id: id('conv'),
      member_id: id('mem').nullable().describe('null: to nobody'),
    }),
    effect: 'write',
    isUntrusted: true,
    run: (parley, { conversation_id: conversationId, member_id: memberId }) =>
      parley.conversations.update(conversationId, { assignee_id: memberId }),
  }),
  tool({
    name: 'retry_dead_letter',
    title: 'Try a dead letter again',
    description:
      'Tries again what was given up. When it may have been sent already, the person can get it twice: ask whoever is responsible first.',
    scope: 'messages:write',
    input: z.object({ dead_letter_id: z.string().regex(/^(dlv|inb)_/) }),
    effect: 'write',
    isUntrusted: false,
    run: async (parley, { dead_letter_id: deadLetterId }) => {
      await parley.deadLetters.replay(deadLetterId);
      return { replayed: deadLetterId };
    },
  }),
];
