import type { BotDefinition, Rule } from '#libs/model';
import { wordsOf } from '../fold.js';
import type { Heard } from '../hearing.js';
import { answer, pass, type Responder } from '../responder.js';
import { PhraseFinder } from './phrases.js';

/**
 * The bot's rules.
 *
 * All conditions of a rule must hold for the same message. When several new messages came, they get one answer:
 * first from a rule for the option that was taken last, then from the first rule in written order that matches any
 * of the messages. So “opening hours?” followed by “thanks” is answered with the hours, when the rule for thanks
 * stands below the one for hours.
 */
export const rules: Responder = {
  name: 'rules',
  respond: async ({ bot: { definition } }, draft) => {
    const found = findRule(definition, draft.heard);
    if (!found) return pass('No rule matches', { rules: definition.rules.length });
    const { rule, conditions } = found;
    if (rule.hand_over) draft.emit({ kind: 'hand-over', to: 'queue', reason: `Rule ${rule.id}` });
    const detail = { rule: rule.id, matched_by: conditions.join(', '), hand_over: rule.hand_over };
    return answer(`Rule ${rule.id} matches by ${conditions.join(' and ')}`, [rule.reply], detail);
  },
};

interface FoundRule {
  readonly rule: Rule;
  /** The conditions that the rule has, all of which hold. */
  readonly conditions: readonly string[];
}

function findRule(definition: BotDefinition, heard: readonly Heard[]): FoundRule | null {
  const isSpoken = speakers(definition);
  const matches = (rule: Rule, message: Heard): readonly string[] | null => {
    const { words, option, first_message: first } = rule.when;
    const conditions = [
      ...(words.length > 0 ? [{ name: 'words', holds: isSpoken(rule, message) }] : []),
      ...(option === undefined ? [] : [{ name: 'option', holds: message.choice?.optionId === option }]),
      ...(first === true ? [{ name: 'first message', holds: message.first }] : []),
    ];
    const isMatch = conditions.length > 0 && conditions.every(({ holds }) => holds);
    return isMatch ? conditions.map(({ name }) => name) : null;
  };
  const firstOf = (candidates: readonly Rule[], messages: readonly Heard[]): FoundRule | null => {
    for (const rule of candidates) {
      for (const message of messages) {
        const conditions = matches(rule, message);
        if (conditions) return { rule, conditions };
      }
    }
    return null;
  };
  const newestChoice = heard.find((message) => message.choice);
  const forOptions = definition.rules.filter((rule) => rule.when.option !== undefined);
  return (newestChoice && firstOf(forOptions, [newestChoice])) ?? firstOf(definition.rules, heard);
}

interface Compiled {
  readonly finder: PhraseFinder;
  /** The rule of each phrase. */
  readonly ruleOf: readonly Rule[];
}

/** A published definition never changes; it is prepared once for as long as somebody holds it. */
const compiled = new WeakMap<BotDefinition, Compiled>();

function compile(definition: BotDefinition): Compiled {
  const known = compiled.get(definition);
  if (known) return known;
  const phrases = definition.rules.flatMap((rule) => rule.when.words.map((phrase) => ({ rule, phrase })));
  const made = {
    finder: new PhraseFinder(phrases.map(({ phrase }) => wordsOf(phrase))),
    ruleOf: phrases.map(({ rule }) => rule),
  };
  compiled.set(definition, made);
  return made;
}

/** Says whether one of a rule's phrases is in a message; each message is read once for all rules. */
function speakers(definition: BotDefinition): (rule: Rule, message: Heard) => boolean {
  const spoken = new Map<Heard, ReadonlySet<Rule>>();
  return (rule, message) => {
    const known = spoken.get(message) ?? rulesSpokenIn(message.text, compile(definition));
    spoken.set(message, known);
    return known.has(rule);
  };
}

function rulesSpokenIn(text: string, { finder, ruleOf }: Compiled): ReadonlySet<Rule> {
  return new Set([...finder.find(wordsOf(text))].map((index) => ruleOf[index]!));
}
