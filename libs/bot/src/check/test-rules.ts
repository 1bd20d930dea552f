import { newId, type BotDefinition, type Rule, type Turn } from '#libs/model';
import { hear } from '../hearing.js';
import { findRule } from '../responders/match-rules.js';
import { scopeOf } from '../scope.js';

/** One example of a rule, and what came of it. */
export interface RuleTest {
  readonly rule: string;
  /** Which of the rule's examples, from 0. */
  readonly index: number;
  readonly passed: boolean;
  /** The rule that answered instead, or that answered at all. */
  readonly answeredBy: string | null;
}

/**
 * Runs the examples that stand at the rules: each is said by somebody unknown, as a message in the midst of a
 * conversation. An example passes when its rule answers it (and not one before it), or does not where it must not.
 *
 * @param nowMs  for rules that look at the time
 */
export function testRules(definition: BotDefinition, nowMs: number): readonly RuleTest[] {
  return definition.rules.flatMap((rule) => testsOf(rule, definition, nowMs));
}

function testsOf(rule: Rule, definition: BotDefinition, nowMs: number): RuleTest[] {
  return (rule.tests ?? []).map(({ says, matches }, index) => {
    const turn = strangerSays(says, definition, nowMs);
    const heard = hear(turn.messages, [], false);
    const found = findRule(definition, heard, (message) => scopeOf(turn, nowMs, message));
    const answeredBy = found?.rule.id ?? null;
    return { rule: rule.id, index, passed: (found?.rule === rule) === matches, answeredBy };
  });
}

/** A turn in which somebody about whom nothing is known says one thing. */
function strangerSays(says: string, definition: BotDefinition, nowMs: number): Turn {
  return {
    workspaceId: newId('workspace'),
    bot: { botId: newId('bot'), version: 0, definition },
    conversation: {
      conversationId: newId('conversation'),
      channelId: newId('channel'),
      owner: 'bot',
      state: {},
      hasReplies: true,
    },
    contact: { contactId: newId('contact'), name: null, attributes: {} },
    messages: [
      {
        messageId: newId('message'),
        direction: 'in',
        content: [{ type: 'text', text: says }],
        sentAt: new Date(nowMs).toISOString(),
      },
    ],
    history: async () => [],
    signal: new AbortController().signal,
  };
}
