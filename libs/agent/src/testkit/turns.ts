import { BotCore, standardRowOf, type BotCoreOptions, type Live } from '#libs/bot';
import {
  BotDefinition,
  type Content,
  type Turn,
  type TurnMessage,
  type TurnResult,
  type WorkspaceId,
  newId,
} from '#libs/model';
import { makeAgent } from '../agent.js';
import type { AgentPorts } from '../ports.js';
import type { ToolSubject } from '../tools/http-tool.js';

const workspaceId: WorkspaceId = newId('workspace');

/** Somebody for whom a tool is called. */
export function testSubject(): ToolSubject {
  return {
    workspaceId,
    contact: {
      contactId: newId('contact'),
      name: 'Ada',
      attributes: { email: 'ada@home.example', plan: 'gold' },
    },
    conversation: {
      conversationId: newId('conversation'),
      channelId: newId('channel'),
      owner: 'bot',
      state: {},
      hasReplies: true,
    },
  };
}

/** A message of a person, or of ours. */
export function message(text: string | readonly Content[], direction: 'in' | 'out' = 'in'): TurnMessage {
  const content = typeof text === 'string' ? [{ type: 'text' as const, text }] : text;
  return { messageId: newId('message'), direction, content, sentAt: '2026-11-21T09:00:00.000Z' };
}

/** A bot with an agent; what is given overrides. */
export function agentDefinition(
  agent: Record<string, unknown> = {},
  definition: Record<string, unknown> = {},
): BotDefinition {
  return BotDefinition.parse({
    persona: { name: 'Robin' },
    fallback: [{ type: 'text', text: 'I do not know.' }],
    agent: { models: [{ provider: 'openai', name: 'one' }], limits: { silence_ms: 1_000 }, ...agent },
    ...definition,
  });
}

/** A turn over what somebody says. */
export function agentTurn(
  definition: BotDefinition,
  says: string | readonly Content[],
  over: Partial<Turn> = {},
): Turn {
  return {
    ...testSubject(),
    bot: { botId: newId('bot'), version: 1, definition },
    messages: [message(says)],
    history: async () => [],
    signal: new AbortController().signal,
    ...over,
  };
}

/** Runs a turn through the whole row with the agent behind the intents. */
export function answerWith(
  ports: AgentPorts,
  turn: Turn,
  live?: Live,
  options: BotCoreOptions = {},
): Promise<TurnResult> {
  const { approvals, agent } = makeAgent(ports);
  const core = new BotCore(standardRowOf({ behindIntents: [approvals, agent] }), options);
  return core.answer(turn, live);
}

/** The text of all replies. */
export function textOf({ replies }: TurnResult): string {
  return replies
    .flat()
    .map((content) => ('text' in content ? content.text : ''))
    .join('\n');
}
