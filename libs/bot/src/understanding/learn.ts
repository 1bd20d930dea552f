import { Understanding, type BotDefinition } from '#libs/model';
import { fold } from '../fold.js';
import { slugOf } from '../versions/file-text.js';
import { matchIntents } from './match-intents.js';

/** What came of a correction. */
export type Learned =
  | { readonly ok: true; readonly definition: BotDefinition; readonly before: string | null }
  | { readonly ok: false; readonly reason: 'unknown-intent' | 'known-already' | 'of-another-intent' };

/**
 * A definition in which an intent has one more phrasing: what an operator corrected, once somebody has approved it.
 *
 * The definition that is given stays as it is. A phrasing that another intent has word for word is refused, because
 * then neither could be told from the other.
 *
 * @returns with `before`, the intent that the text fitted best until now
 */
export function withPhrasing(definition: BotDefinition, intentId: string, text: string): Learned {
  const { understanding } = definition;
  const phrasing = text.trim().slice(0, 500);
  const intent = understanding?.intents.find(({ id }) => id === intentId);
  if (!understanding || !intent || phrasing === '') return { ok: false, reason: 'unknown-intent' };
  const owner = understanding.intents.find(({ phrasings }) =>
    phrasings.some((known) => fold(known) === fold(phrasing)),
  );
  if (owner) return { ok: false, reason: owner === intent ? 'known-already' : 'of-another-intent' };
  const intents = understanding.intents.map((each) =>
    each === intent ? { ...each, phrasings: [...each.phrasings, phrasing] } : each,
  );
  const before = matchIntents(definition, phrasing)[0]?.intent.id ?? null;
  return { ok: true, definition: { ...definition, understanding: { ...understanding, intents } }, before };
}

/**
 * A definition that knows the answer to one more question: an intent of its own, whose phrasing is the question. A
 * question that stands at an intent word for word is refused, because there its answer is.
 *
 * @param answer  said as it is; signs of templates in it mean nothing
 */
export function learnAnswer(definition: BotDefinition, question: string, answer: string): Learned {
  const understanding = definition.understanding ?? Understanding.parse({});
  const phrasing = question.trim().slice(0, 500);
  const known = understanding.intents.some(({ phrasings }) =>
    phrasings.some((each) => fold(each) === fold(phrasing)),
  );
  if (known || phrasing === '') return { ok: false, reason: 'of-another-intent' };
  const intent = {
    id: freeId(phrasing, new Set(understanding.intents.map(({ id }) => id))),
    title: phrasing.slice(0, 200),
    phrasings: [phrasing],
    reply: [{ type: 'text' as const, text: literal(answer) }],
    hand_over: false,
  };
  const before = matchIntents(definition, phrasing)[0]?.intent.id ?? null;
  const intents = [...understanding.intents, intent];
  return { ok: true, definition: { ...definition, understanding: { ...understanding, intents } }, before };
}

function freeId(question: string, taken: ReadonlySet<string>): string {
  const slug = slugOf(question).slice(0, 40);
  for (let n = 1; ; n++) {
    const id = n === 1 ? slug : `${slug}-${n}`;
    if (!taken.has(id)) return id;
  }
}

/** Replies are templates; what a person wrote is not one. */
function literal(text: string): string {
  return /\{[{%]/.test(text) ? text.replaceAll(/\{(?=[{%])/g, '{{ "{" }}') : text;
}
