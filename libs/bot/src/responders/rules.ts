import { menuOptionOf, perform } from '../actions.js';
import type { FlowRunner } from '../flows/runner.js';
import { answer, pass, type Decision, type Responder } from '../responder.js';
import { scopeOf } from '../scope.js';
import { detectLanguage } from '../understanding/language.js';
import type { BotDefinition, Turn } from '#libs/model';
import type { TurnContext } from '../context.js';
import { findRule } from './match-rules.js';

/**
 * The bot's rules, and its menus.
 *
 * All conditions of a rule must hold for the same message. When several new messages came, they get one answer:
 * first from the option of a menu or a rule for the option that was taken last, then from the first rule, by priority
 * and in written order, that matches any of the messages. So “opening hours?” followed by “thanks” is answered with
 * the hours, when the rule for thanks stands below the one for hours.
 *
 * @param runner  begins the flows that rules and menus lead to
 */
export function makeRules(runner: FlowRunner): Responder {
  return {
    name: 'rules',
    respond: async (turn, draft) =>
      (await answerMenu(turn, draft, runner)) ?? (await answerRule(turn, draft, runner)),
  };
}

async function answerMenu(turn: Turn, draft: TurnContext, runner: FlowRunner): Promise<Decision | null> {
  const taken = menuOptionOf(turn.bot.definition, draft.choice?.optionId);
  if (!taken) return null;
  const { menu, option } = taken;
  const message = draft.heard.find(({ choice }) => choice === draft.choice) ?? null;
  const scope = scopeOf(turn, draft.now, message);
  const { replies, detail } = await perform(option, `Menu ${menu.id}`, turn, draft, scope, runner);
  return answer(`Option ${option.id} of menu ${menu.id} was taken`, replies, {
    ...detail,
    of_menu: menu.id,
    option: option.id,
  });
}

async function answerRule(turn: Turn, draft: TurnContext, runner: FlowRunner): Promise<Decision> {
  const { definition } = turn.bot;
  const newest = draft.heard[0]?.text ?? '';
  const language = asksForLanguage(definition) ? await detectLanguage(newest) : null;
  const found = findRule(definition, draft.heard, (message) => scopeOf(turn, draft.now, message, language));
  if (!found) return pass('No rule matches', { rules: definition.rules.length });
  const { rule, conditions, message } = found;
  const scope = scopeOf(turn, draft.now, message, language);
  const { replies, detail } = await perform(rule, `Rule ${rule.id}`, turn, draft, scope, runner);
  return answer(`Rule ${rule.id} matches by ${conditions.join(' and ')}`, replies, {
    rule: rule.id,
    matched_by: conditions.join(', '),
    ...detail,
  });
}

/** Languages are only told apart for bots that look at them: that takes half a second the first time. */
export function asksForLanguage({ rules }: BotDefinition): boolean {
  return rules.some(({ when }) => when.condition?.includes('language') === true);
}
