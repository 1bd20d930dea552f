import { wordsOf } from '#libs/bot';
import { sentencesOf } from '../cutting/sentences.js';

const SENTENCES_MAX = 3;
const CHARACTERS_MAX = 500;

/**
 * The sentences of a passage that say most of what was asked: one to three that stand together, as they were written.
 *
 * @param forms  of the words that were asked for, with their weights
 */
export function extractAnswer(body: string, forms: readonly { form: string; weight: number }[]): string {
  const sentences = sentencesOf(body);
  if (body.length <= CHARACTERS_MAX && sentences.length <= SENTENCES_MAX) return body;
  const held = sentences.map((sentence) => new Set(formsIn(sentence, forms)));
  let best = { from: 0, to: 1, score: -1 };
  for (let from = 0; from < sentences.length; from++) {
    const seen = new Set<string>();
    let length = 0;
    for (let to = from + 1; to <= Math.min(sentences.length, from + SENTENCES_MAX); to++) {
      length += sentences[to - 1]!.length + 1;
      if (length > CHARACTERS_MAX && to > from + 1) break;
      for (const form of held[to - 1]!) seen.add(form);
      const weight = forms.reduce((sum, { form, weight: own }) => sum + (seen.has(form) ? own : 0), 0);
      // Among windows that say the same, the shorter one; a sentence that adds a word is worth having.
      const score = weight - (to - from) * 0.05;
      if (score > best.score) best = { from, to, score };
    }
  }
  const text = sentences.slice(best.from, best.to).join(' ');
  return text.length <= CHARACTERS_MAX * 2
    ? text
    : `${text.slice(0, CHARACTERS_MAX * 2).replace(/\s+\S*$/, '')} …`;
}

function formsIn(sentence: string, forms: readonly { form: string }[]): string[] {
  const words = wordsOf(sentence);
  return forms
    .filter(({ form }) =>
      words.some((word) => word === form || (form.length >= 4 && word.startsWith(form.slice(0, -1)))),
    )
    .map(({ form }) => form);
}
