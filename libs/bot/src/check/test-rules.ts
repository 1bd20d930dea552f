import { contentLimits, newId, type BotDefinition, type Content, type Rule, type Turn } from '#libs/model';
import { hear } from '../hearing.js';
import { findRule } from '../responders/match-rules.js';
import { asksForLanguage } from '../responders/rules.js';
import { scopeOf } from '../scope.js';
import { detectLanguage } from '../understanding/language.js';

/** One example of a rule, and what came of it. */
export interface RuleTest {
  readonly rule: string;
  /** Which of the rule's examples, from 0. */
  readonly index: number;
  readonly passed: boolean;
  /** The rule that answered instead, or that answered at all. */
  readonly answeredBy: string | null;
}

type Example = NonNullable<Rule['tests']>[number];

/**
 * Runs the examples that stand at the rules: each is one message, in the midst of a conversation and of somebody unknown
 * unless the example says otherwise. It passes when its rule answers it (and not one before it), or does not where it
 * must not.
 *
 * @param nowMs  when the others are said
 */
export async function testRules(definition: BotDefinition, nowMs: number): Promise<readonly RuleTest[]> {
  const tests: RuleTest[] = [];
  for (const rule of definition.rules) {
    for (const [index, example] of (rule.tests ?? []).entries()) {
      const answeredBy = await ruleFor(example, definition, nowMs);
      const passed = (answeredBy === rule) === example.matches;
      tests.push({ rule: rule.id, index, passed, answeredBy: answeredBy?.id ?? null });
    }
  }
  return tests;
}

/** The rule that answers an example; null when none does. */
async function ruleFor(example: Example, definition: BotDefinition, nowMs: number): Promise<Rule | null> {
  const saidMs = example.at === undefined ? nowMs : Date.parse(example.at);
  const turn = turnOf(example, definition, saidMs);
  const heard = hear(turn.messages, [], example.first === true);
  const language = asksForLanguage(definition) ? await detectLanguage(example.says) : null;
  return findRule(definition, heard, (message) => scopeOf(turn, saidMs, message, language))?.rule ?? null;
}

function turnOf(
  { says, option, contact, channel, first }: Example,
  definition: BotDefinition,
  saidMs: number,
): Turn {
  const content: Content =
    option === undefined
      ? { type: 'text', text: says }
      : { type: 'choice_taken', option_id: option, label: says.slice(0, contentLimits.labelMax) };
  return {
    workspaceId: newId('workspace'),
    bot: { botId: newId('bot'), version: 0, definition },
    conversation: {
      conversationId: newId('conversation'),
      channelId: newId('channel'),
      owner: 'bot',
      state: {},
      hasReplies: first !== true,
    },
    contact: {
      contactId: newId('contact'),
      name: contact?.name ?? null,
      attributes: contact?.attributes ?? {},
    },
    ...(channel !== undefined && { channel: { label: channel } }),
    messages: [
      {
        messageId: newId('message'),
        direction: 'in',
        content: [content],
        sentAt: new Date(saidMs).toISOString(),
      },
    ],
    history: async () => [],
    signal: new AbortController().signal,
  };
}
