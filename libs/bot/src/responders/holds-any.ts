import { wordsOf } from '../fold.js';
import { PhraseFinder } from './phrases.js';

const finders = new WeakMap<readonly string[], PhraseFinder>();

/** Whether any of the phrases stands in a text, word by word. A list is prepared once, for as long as it lives. */
export function holdsAny(phrases: readonly string[], text: string): boolean {
  const finder = finders.get(phrases) ?? new PhraseFinder(phrases.map(wordsOf));
  finders.set(phrases, finder);
  return finder.find(wordsOf(text)).size > 0;
}
