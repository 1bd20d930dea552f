import { wordsOf } from '#libs/bot';
import type { Candidate } from '#libs/store';
import { isEmptyWord } from './empty-words.js';
import type { PreparedQuery } from './query.js';

/** Why a passage has its score. */
export interface Why {
  /** Share of what was asked that the passage speaks of, by weight of the words: 0–1. */
  readonly coverage: number;
  /** Share of its question or heading that was asked for: 0–1. */
  readonly focus: number;
  /** Of its label and the query, by trigrams: 0–1. */
  readonly similarity: number;
  /** Nearness in meaning: 0–1; null without embeddings. */
  readonly meaning: number | null;
  /** Words of the query, folded. */
  readonly words: readonly string[];
  readonly missing: readonly string[];
}

/** A word in the body alone counts less than one in the question or heading. */
const BODY = 0.75;
/** What a passage that has all words, and none in its heading, keeps of its score. */
const PROSE_BASE = 0.85;
const ANSWER_BASE = 0.65;
/** Share of the score that trigrams of the question have. */
const TRIGRAMS = 0.15;

/**
 * How well a passage answers a query: 0–1. It does not depend on how many passages there are, so that thresholds keep
 * their meaning.
 *
 * @param meaning  cosine of the embeddings; null without
 */
export function scorePassage(
  query: PreparedQuery,
  candidate: Candidate,
  meaning: number | null,
): { score: number; why: Why } {
  const held = new Map<number, number>();
  for (const [index, isInLabel] of candidate.hits) {
    const lexeme = query.lexemes[index];
    if (!lexeme) continue;
    const share = (query.qualities[index] ?? 0) * (isInLabel ? 1 : BODY);
    held.set(lexeme.g, Math.max(held.get(lexeme.g) ?? 0, share));
  }
  const telling = query.terms.filter(({ weight }) => weight > 0);
  const terms = telling.length > 0 ? telling : query.terms;
  const weightOf = (weight: number): number => Math.max(weight, 0.01);
  const total = terms.reduce((sum, { weight }) => sum + weightOf(weight), 0);
  const covered = terms.reduce(
    (sum, { group, weight }) => sum + weightOf(weight) * (held.get(group) ?? 0),
    0,
  );
  const coverage = total === 0 ? 0 : covered / total;
  const focus = focusOf(query, candidate);
  const base = candidate.isAnswer ? ANSWER_BASE : PROSE_BASE;
  const byWords = coverage * (base + (1 - base) * focus);
  const lexical = candidate.isAnswer
    ? byWords * (1 - TRIGRAMS) + TRIGRAMS * Math.min(1, candidate.similarity) * coverage
    : byWords;
  const near = meaning === null ? null : nearness(meaning);
  const score = near === null ? lexical : Math.max(lexical, (lexical + near) / 2, near * 0.9);
  const why: Why = {
    coverage: rounded(coverage),
    focus: rounded(focus),
    similarity: rounded(candidate.similarity),
    meaning: near === null ? null : rounded(near),
    words: terms.filter(({ group }) => held.has(group)).map(({ folded }) => folded),
    missing: terms.filter(({ group }) => !held.has(group)).map(({ folded }) => folded),
  };
  return { score: rounded(Math.min(1, score)), why };
}

/** The best line of the label: how much of it was asked for. */
function focusOf(query: PreparedQuery, { label }: Candidate): number {
  const forms = query.lexemes.map(({ l }) => l);
  const shares = label.split('\n').map((line) => {
    const words = wordsOf(line).filter((word) => !isEmptyWord(word));
    if (words.length === 0) return 0;
    return words.filter((word) => forms.some((form) => isSameWord(word, form))).length / words.length;
  });
  return Math.max(0, ...shares);
}

/** A form of full text and a word: stems are beginnings but for their last letters (`deliveri`, `delivery`). */
function isSameWord(word: string, form: string): boolean {
  if (word === form) return true;
  const length = Math.min(word.length, form.length);
  if (length < 3) return false;
  const shared = length > 5 ? length - 1 : length;
  return word.slice(0, shared) === form.slice(0, shared) && word.length - length <= 5;
}

/**
 * Cosines of common models lie close together: what has nothing in common is at about 0.2, the same thing in other words
 * at about 0.75.
 *
 * @see OpenAI text-embedding-3 and BGE score distributions differ; the ends are those between which all of them tell apart
 */
function nearness(cosine: number): number {
  return Math.max(0, Math.min(1, (cosine - 0.2) / 0.55));
}

function rounded(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}
