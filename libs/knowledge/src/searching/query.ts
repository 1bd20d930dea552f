import { forgiven, slips, wordsOf } from '#libs/bot';
import { isEmptyWord } from './empty-words.js';
import type { AskedWord, KnownWord, NearWord, SearchedBase, SearchLexeme } from '#libs/store';

const WORDS_MAX = 48;
/** Passages that the words of a query may find together; rarer words are taken first. */
const FOUND_MAX = 1_500;
/** Words that one misspelt word may have been meant to be. */
const ALIKE_MAX = 4;
/** How much a form counts that is not what was written. */
const SYNONYM = 0.9;
const SLIP = 0.9;
const FAMILY = 0.7;
/** A word with which people ask weighs little, because questions are told apart by others. */
const EMPTY = 0.2;
/** A word of the same family begins with as many letters. */
const FAMILY_LETTERS = 5;

/** A word of the query, or a synonym of it. */
export interface QueryWord {
  /** Place among the words of the query. */
  readonly group: number;
  /** As written, in lower case. */
  readonly written: string;
  readonly folded: string;
  /** 1 for what was written; less for synonyms. */
  readonly quality: number;
}

/** A word of the query with what it weighs and by what it is found. */
export interface QueryTerm {
  readonly group: number;
  readonly folded: string;
  /** 0 for words that say nothing; else the rarer, the more. */
  readonly weight: number;
  /** What it was taken for, where nobody knows it as it was written. */
  readonly meant: readonly string[];
}

/** A query made ready to find and weigh passages. */
export interface PreparedQuery {
  readonly terms: readonly QueryTerm[];
  readonly lexemes: readonly SearchLexeme[];
  /** Of each lexeme: how much it counts, 0–1. */
  readonly qualities: readonly number[];
}

/** The words of a query, with synonyms behind them. */
export function queryWords(query: string, bases: readonly Pick<SearchedBase, 'synonyms'>[]): QueryWord[] {
  const own = (query.toLowerCase().match(/[\p{L}\p{N}\p{M}]+/gu) ?? [])
    .flatMap((token): { written: string; folded: string }[] => {
      const folded = wordsOf(token);
      return folded.length === 1
        ? [{ written: token, folded: folded[0]! }]
        : folded.map((word) => ({ written: word, folded: word }));
    })
    .slice(0, WORDS_MAX)
    .map((word, group): QueryWord => ({ ...word, group, quality: 1 }));
  const said = ` ${own.map(({ folded }) => folded).join(' ')} `;
  const synonyms = new Map<string, QueryWord>();
  for (const group of bases.flatMap((base) => base.synonyms)) {
    const phrases = group.map((phrase) => wordsOf(phrase));
    const held = phrases.find((words) => words.length > 0 && said.includes(` ${words.join(' ')} `));
    if (!held) continue;
    const at = own.findIndex((_, start) =>
      held.every((word, offset) => own[start + offset]?.folded === word),
    );
    for (const word of phrases.flat()) {
      if (held.includes(word) || word.length < 3 || synonyms.size >= WORDS_MAX) continue;
      synonyms.set(`${at} ${word}`, { group: at, written: word, folded: word, quality: SYNONYM });
    }
  }
  return [...own, ...synonyms.values()];
}

/** What is asked of the store about the words. */
export function askedWords(words: readonly QueryWord[]): AskedWord[] {
  return words.map(({ written, folded }, i) => ({ i, o: written, w: folded }));
}

/**
 * Weighs the words of a query by how few passages hold them, and gives misspelt ones what they look like.
 *
 * @param passages  of all searched bases
 */
export function prepareQuery(
  words: readonly QueryWord[],
  known: readonly KnownWord[],
  near: readonly NearWord[],
  passages: number,
): PreparedQuery {
  const total = Math.max(passages, 10);
  const weightOf = (n: number): number => Math.log(1 + total / Math.max(n, 1));
  const byPlace = new Map(known.map((word) => [word.i, word]));
  const forms: { group: number; lexeme: string; passages: number; quality: number }[] = [];
  const terms = words.flatMap((word, i): QueryTerm[] => {
    const found = byPlace.get(i);
    const lexemes = found?.lexemes ?? [];
    for (const { l, n } of lexemes)
      forms.push({ group: word.group, lexeme: l, passages: n, quality: word.quality });
    const alike = likeWords(word.folded, near, lexemes.length === 0);
    for (const one of alike)
      forms.push({
        group: word.group,
        lexeme: one.word,
        passages: one.passages,
        quality: one.quality * word.quality,
      });
    if (word.quality < 1) return [];
    const best = forms.filter(({ group }) => group === word.group).map((form) => form.passages);
    const share = found?.stop ? 0 : isEmptyWord(word.folded) ? EMPTY : 1;
    const weight = share * weightOf(best.length > 0 ? Math.max(...best) : 1);
    return [
      {
        group: word.group,
        folded: word.folded,
        weight,
        meant: lexemes.length === 0 ? alike.map((one) => one.word) : [],
      },
    ];
  });
  const weights = new Map(terms.map(({ group, weight }) => [group, weight]));
  const telling = forms.filter(({ group }) => (weights.get(group) ?? 0) > 0);
  const used = (telling.length > 0 ? telling : forms).sort(
    (a, b) => a.passages - b.passages || b.quality - a.quality,
  );
  let found = 0;
  const lexemes = used.map(({ group, lexeme, passages: n, quality }, at): SearchLexeme => {
    const isFinding = at === 0 || found + n <= FOUND_MAX;
    if (isFinding) found += n;
    return { g: group, l: lexeme, w: Math.max(weights.get(group) ?? 0, 0.01) * quality, f: isFinding };
  });
  return { terms, lexemes, qualities: used.map(({ quality }) => quality) };
}

/** Words that one was meant to be: a slip away where nobody knows it, or of the same family. */
function likeWords(
  folded: string,
  near: readonly NearWord[],
  isUnknown: boolean,
): (NearWord & { quality: number })[] {
  return near
    .filter(({ asked, word }) => asked === folded && word !== folded)
    .flatMap((one) => {
      const isSlip = isUnknown && slips(folded, one.word, forgiven(folded)) <= forgiven(folded);
      if (isSlip) return [{ ...one, quality: SLIP }];
      const length = Math.min(folded.length, one.word.length);
      const isFamily = length >= FAMILY_LETTERS && folded.slice(0, length) === one.word.slice(0, length);
      return isFamily ? [{ ...one, quality: FAMILY }] : [];
    })
    .sort((a, b) => b.quality - a.quality)
    .slice(0, ALIKE_MAX);
}
