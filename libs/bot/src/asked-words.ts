import { type Content, plainTextOf } from '#libs/model';
import { wordsOf } from './fold.js';
import { redact } from './pii.js';

const EXAMPLE_MAX = 500;
const WORDS_MAX = 300;

/** A question as it may be kept for bots to learn from. */
export interface AskedWords {
  /** As it was asked, without private pieces. */
  example: string;
  /** Folded, without punctuation: by these the same question is known again. */
  words: string;
}

/** What was asked in a message; null where there are no words to learn from. Pure. */
export function askedWords(content: readonly Content[], region: string | undefined): AskedWords | null {
  const said = content.map(plainTextOf).filter(Boolean).join('\n');
  const { text } = redact(said, { region });
  const words = wordsOf(text).join(' ').slice(0, WORDS_MAX);
  return /\p{L}{2}/u.test(words) ? { example: text.slice(0, EXAMPLE_MAX), words } : null;
}
