import type { BotDefinition } from '#libs/model';
import { fold } from '../fold.js';
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
