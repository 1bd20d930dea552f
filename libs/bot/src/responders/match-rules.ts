import type { BotDefinition, Rule } from '#libs/model';
import { holds, type Scope } from '../conditions.js';
import { wordsOf } from '../fold.js';
import type { Heard } from '../hearing.js';
import { hasPattern } from '../patterns.js';
import { NearPhraseFinder } from './near-phrases.js';
import { PhraseFinder } from './phrases.js';

/** A rule that matches, and for which message. */
export interface FoundRule {
  readonly rule: Rule;
  readonly message: Heard;
  /** The conditions that the rule has, all of which hold. */
  readonly conditions: readonly string[];
}

/**
 * The rule that answers: one for the option taken last before all others, then by priority, then in written order.
 *
 * @param heard    newest first
 * @param scopeOf  what the conditions of a rule see for a message
 */
export function findRule(
  definition: BotDefinition,
  heard: readonly Heard[],
  scopeOf: (message: Heard) => Scope,
): FoundRule | null {
  const { ordered } = compile(definition);
  const reader = new MessageReader(definition, scopeOf);
  const firstOf = (candidates: readonly Rule[], messages: readonly Heard[]): FoundRule | null => {
    for (const rule of candidates) {
      for (const message of messages) {
        const conditions = reader.matches(rule, message);
        if (conditions) return { rule, message, conditions };
      }
    }
    return null;
  };
  const newestChoice = heard.find((message) => message.choice);
  const forOptions = ordered.filter((rule) => rule.when.option !== undefined);
  return (newestChoice && firstOf(forOptions, [newestChoice])) ?? firstOf(ordered, heard);
}

/** Reads each message once for all rules, and each kind of condition only when a rule has it. */
class MessageReader {
  readonly #spoken = new Map<Heard, ReadonlySet<Rule>>();
  readonly #near = new Map<Heard, ReadonlySet<Rule>>();
  readonly #scopes = new Map<Heard, Scope>();

  constructor(
    private readonly definition: BotDefinition,
    private readonly scopeOf: (message: Heard) => Scope,
  ) {}

  /** The names of the rule's conditions when all hold for a message, else null; a rule without any never matches. */
  matches(rule: Rule, message: Heard): readonly string[] | null {
    const { words, option, first_message: first, phrases = [], patterns = [], condition, hours } = rule.when;
    // The cheap ones first: an expression is only run where all the others hold.
    const conditions: { name: string; holds: () => boolean }[] = [];
    if (option !== undefined) {
      conditions.push({ name: 'option', holds: () => message.choice?.optionId === option });
    }
    if (first === true) conditions.push({ name: 'first message', holds: () => message.first });
    if (words.length > 0) conditions.push({ name: 'words', holds: () => this.#isSpoken(rule, message) });
    if (phrases.length > 0) conditions.push({ name: 'phrases', holds: () => this.#isNear(rule, message) });
    if (patterns.length > 0) {
      const isIn = (pattern: string): boolean => hasPattern(pattern, message.text);
      conditions.push({ name: 'patterns', holds: () => patterns.some(isIn) });
    }
    if (hours !== undefined) {
      const wanted = hours === 'open';
      conditions.push({ name: 'hours', holds: () => this.#scope(message).time['is_open'] === wanted });
    }
    if (condition !== undefined) {
      conditions.push({ name: 'condition', holds: () => holds(condition, this.#scope(message)) });
    }
    const isMatch = conditions.length > 0 && conditions.every((each) => each.holds());
    return isMatch ? conditions.map(({ name }) => name) : null;
  }

  #isSpoken(rule: Rule, message: Heard): boolean {
    const { finder, ruleOf } = compile(this.definition);
    return once(this.#spoken, message, () => rulesAt(finder.find(wordsOf(message.text)), ruleOf)).has(rule);
  }

  #isNear(rule: Rule, message: Heard): boolean {
    const { nearFinder, nearRuleOf } = compile(this.definition);
    return once(this.#near, message, () => rulesAt(nearFinder.find(wordsOf(message.text)), nearRuleOf)).has(
      rule,
    );
  }

  #scope(message: Heard): Scope {
    return once(this.#scopes, message, () => this.scopeOf(message));
  }
}

function once<V>(known: Map<Heard, V>, message: Heard, make: () => V): V {
  const before = known.get(message);
  if (before !== undefined) return before;
  const made = make();
  known.set(message, made);
  return made;
}

function rulesAt(indexes: ReadonlySet<number>, ruleOf: readonly Rule[]): ReadonlySet<Rule> {
  return new Set([...indexes].map((index) => ruleOf[index]!));
}

interface Compiled {
  /** By priority, then as written. */
  readonly ordered: readonly Rule[];
  readonly finder: PhraseFinder;
  /** The rule of each phrase. */
  readonly ruleOf: readonly Rule[];
  readonly nearFinder: NearPhraseFinder;
  readonly nearRuleOf: readonly Rule[];
}

/** A published definition never changes; it is prepared once for as long as somebody holds it. */
const compiled = new WeakMap<BotDefinition, Compiled>();

function compile(definition: BotDefinition): Compiled {
  const known = compiled.get(definition);
  if (known) return known;
  const of = (phrasesOf: (rule: Rule) => readonly string[]): { rule: Rule; words: readonly string[] }[] =>
    definition.rules.flatMap((rule) => phrasesOf(rule).map((phrase) => ({ rule, words: wordsOf(phrase) })));
  const exact = of(({ when }) => when.words);
  const near = of(({ when }) => when.phrases ?? []);
  const made: Compiled = {
    ordered: [...definition.rules].sort((a, b) => (b.priority ?? 0) - (a.priority ?? 0)),
    finder: new PhraseFinder(exact.map(({ words }) => words)),
    ruleOf: exact.map(({ rule }) => rule),
    nearFinder: new NearPhraseFinder(near.map(({ words }) => words)),
    nearRuleOf: near.map(({ rule }) => rule),
  };
  compiled.set(definition, made);
  return made;
}
