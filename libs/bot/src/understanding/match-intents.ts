import MiniSearch from 'minisearch';
import type { BotDefinition, Intent, Understanding } from '#libs/model';
import { forgiven, slips } from '../choices/typo.js';
import { isSpaceless, wordsOf } from '../fold.js';
import { stopWords } from './stop-words.js';

/** An intent with how well a text fits it. */
export interface IntentMatch {
  readonly intent: Intent;
  /** 0–1; 1 is one of its phrasings word for word. */
  readonly score: number;
}

/** Candidates that are compared in full. */
const candidatesMax = 20;
const wordsMax = 60;
/** Synonyms that are compared with every word nobody knows. */
const singlesMax = 2_000;

/**
 * The intents that a text fits, the best first, at most 5; those that do not fit at all are left out.
 *
 * MiniSearch finds candidates among the phrasings (slips, beginnings, synonyms); each is then scored by how much of
 * the meaning of both texts is shared: words that few phrasings have weigh more, a word that is only alike weighs less.
 * The score does not depend on how many intents a bot has, so that thresholds keep their meaning.
 */
export function matchIntents(definition: BotDefinition, text: string): readonly IntentMatch[] {
  const { understanding } = definition;
  if (!understanding || understanding.intents.length === 0) return [];
  const index = indexOf(understanding);
  const said = index.termsOf(text);
  if (said.length === 0) return [];
  const found = index.search.search(said.join(' ')).slice(0, candidatesMax);
  const best = new Map<Intent, number>();
  for (const { id } of found) {
    const phrasing = index.phrasings[Number(id)]!;
    const score = index.score(said, phrasing.terms);
    if (score > (best.get(phrasing.intent) ?? 0)) best.set(phrasing.intent, score);
  }
  return [...best]
    .map(([intent, score]) => ({ intent, score }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .slice(0, 5);
}

interface Phrasing {
  readonly id: number;
  readonly intent: Intent;
  readonly terms: readonly string[];
}

/** The phrasings of a bot, made ready to be searched. */
class IntentIndex {
  readonly phrasings: readonly Phrasing[];
  readonly search: MiniSearch<Phrasing>;
  readonly #canonical: ReadonlyMap<string, string>;
  readonly #longestSynonym: number;
  readonly #frequency = new Map<string, number>();
  /** Synonyms of one word that forgive slips. */
  readonly #singles: readonly string[];

  constructor({ intents, synonyms }: Understanding) {
    const groups = synonyms.flatMap((group) => {
      const phrases = group.map((phrase) => wordsOf(phrase).join(' '));
      return phrases.map((phrase) => [phrase, phrases[0]!.replaceAll(' ', '_')] as const);
    });
    this.#canonical = new Map(groups);
    this.#longestSynonym = Math.max(1, ...groups.map(([phrase]) => phrase.split(' ').length));
    this.#singles = [...this.#canonical.keys()]
      .filter((phrase) => !phrase.includes(' ') && forgiven(phrase) > 0)
      .slice(0, singlesMax);
    this.phrasings = intents
      .flatMap((intent) => intent.phrasings.map((phrasing) => ({ intent, terms: this.termsOf(phrasing) })))
      .map((phrasing, id) => ({ ...phrasing, id }));
    for (const { terms } of this.phrasings) {
      for (const term of new Set(terms)) this.#frequency.set(term, (this.#frequency.get(term) ?? 0) + 1);
    }
    this.search = new MiniSearch<Phrasing>({
      fields: ['terms'],
      extractField: (phrasing, field) => (field === 'id' ? String(phrasing.id) : phrasing.terms.join(' ')),
      tokenize: (joined) => joined.split(' '),
      processTerm: (term) => term,
      searchOptions: {
        combineWith: 'OR',
        fuzzy: (term) => (isSpaceless(term) ? 0 : forgiven(term)),
        prefix: (term) => term.length >= 4,
      },
    });
    this.search.addAll(this.phrasings);
  }

  /** The words that carry meaning, each synonym as the first of its group; all words when none would be left. */
  termsOf(text: string): readonly string[] {
    const words = wordsOf(text.slice(0, 1_000)).slice(0, wordsMax);
    const terms = this.#joinSynonyms(words);
    const telling = terms.filter((term) => !stopWords.has(term)).map(stemmed);
    return telling.length > 0 ? telling : terms;
  }

  /** The group of a synonym that is misspelt; undefined for a word that the phrasings know, or that is alike to two. */
  #misspelt(word: string): string | undefined {
    if (this.#frequency.size === 0 || this.#frequency.has(stemmed(word)) || stopWords.has(word))
      return undefined;
    const near = this.#singles.filter((single) => slips(word, single, 1) <= 1);
    const groups = new Set(near.map((single) => this.#canonical.get(single)));
    return groups.size === 1 && !/\p{Nd}/u.test(word) ? [...groups][0] : undefined;
  }

  /** The shared part of two texts, between 0 and 1. */
  score(said: readonly string[], meant: readonly string[]): number {
    const shared = this.#covered(said, meant);
    const sharedBack = this.#covered(meant, said);
    const total = this.#weightOf(said) + this.#weightOf(meant);
    return total === 0 ? 0 : (shared + sharedBack) / total;
  }

  #covered(from: readonly string[], by: readonly string[]): number {
    return [...new Set(from)].reduce((sum, term) => {
      const nearness = Math.max(0, ...by.map((other) => likeness(term, other)));
      return sum + nearness * this.#weight(term);
    }, 0);
  }

  #weightOf(terms: readonly string[]): number {
    return [...new Set(terms)].reduce((sum, term) => sum + this.#weight(term), 0);
  }

  /** What a term says: much when few phrasings have it. One that none has may be a slip of a rare one. */
  #weight(term: string): number {
    const frequency = this.#frequency.get(term) ?? 1;
    return Math.log(1 + this.phrasings.length / frequency);
  }

  #joinSynonyms(words: readonly string[]): string[] {
    const terms: string[] = [];
    for (let at = 0; at < words.length;) {
      let taken = 1;
      let term = words[at]!;
      for (let length = Math.min(this.#longestSynonym, words.length - at); length >= 1; length--) {
        const phrase = words.slice(at, at + length).join(' ');
        const canonical = this.#canonical.get(phrase) ?? (length === 1 ? this.#misspelt(phrase) : undefined);
        if (canonical === undefined) continue;
        term = canonical;
        taken = length;
        break;
      }
      terms.push(term);
      at += taken;
    }
    return terms;
  }
}

/** 1 for the same word, less for a slip or another ending, 0 for another word. */
function likeness(a: string, b: string): number {
  if (a === b) return 1;
  if (isSpaceless(a) || /\p{Nd}/u.test(a + b)) return 0;
  const [shorter, longer] = a.length <= b.length ? [a, b] : [b, a];
  if (shorter.length >= 4 && longer.startsWith(shorter)) return 0.85;
  const max = Math.min(forgiven(a), forgiven(b));
  const distance = max === 0 ? 1 : slips(a, b, max);
  return distance > max ? 0 : 1 - 0.15 * distance;
}

/** Common English endings are left out; other languages are helped by `likeness`. */
function stemmed(term: string): string {
  if (term.length < 5) return term;
  return term.replace(/(?:ies|ied)$/, 'y').replace(/(?<=[^s])(?:ing|ed|es|s)$/, '');
}

const indexes = new WeakMap<Understanding, IntentIndex>();

function indexOf(understanding: Understanding): IntentIndex {
  const known = indexes.get(understanding);
  if (known) return known;
  const made = new IntentIndex(understanding);
  indexes.set(understanding, made);
  return made;
}
