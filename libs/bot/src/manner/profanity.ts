import { fold } from '../fold.js';
import { swearWords } from './swear-words.js';

const listOf = (words: string): string[] => words.split(/\s+/).map(keyOf);

const anywhere = new Set(listOf(swearWords.anywhere));
const pairs = new Set(swearWords.pairs.map(keyOf));
const beginnings = swearWords.beginnings.map(keyOf);
const only = new Map(Object.entries(swearWords.only).map(([language, words]) => [language, listOf(words)]));
const masked = [...anywhere, 'fuck', 'fucking', 'fucker', 'scheisse', 'bullshit'];
/** Letters, marks and invisible signs of a word, and what hides its letters. */
const piece = /[\p{L}\p{M}\p{N}\p{Cf}*@#$]+/gu;

/**
 * The first swear word of a text, as a whole word, without regard to case, accents, invisible signs and asterisks in
 * place of letters.
 *
 * @param language  ISO 639-1, for words that are harmless elsewhere; null where it is not known
 * @returns the place in UTF-16 units; null when there is none
 */
export function swearingIn(text: string, language: string | null): number | null {
  const own = new Set(only.get(language ?? '') ?? []);
  let last = '';
  for (const { 0: found, index } of text.matchAll(piece)) {
    // Around a word they are Markdown or a hashtag, not a mask.
    const bare = found.replaceAll(/^[*@#$]+|[*@#$]+$/g, '');
    const key = keyOf(bare);
    const isSworn =
      anywhere.has(key) ||
      own.has(key) ||
      pairs.has(`${last} ${key}`) ||
      beginnings.some((beginning) => key.startsWith(beginning)) ||
      isMasked(key);
    if (isSworn) return index + found.indexOf(bare);
    last = key;
  }
  return null;
}

/** `f*ck`, `sh*t`, `a**hole`: at least the first letter and another one are there. */
function isMasked(key: string): boolean {
  if (!/^[a-z](?=.*[a-z])[a-z*@#$]{3,20}$/.test(key) || !/[*@#$]/.test(key)) return false;
  const hidden = new RegExp(`^${key.replaceAll(/[*@#$]/g, '[a-z]')}$`);
  return masked.some((word) => hidden.test(word));
}

/** Folded, but with its ñ: “cono” is a cone. */
function keyOf(word: string): string {
  return fold(word.replaceAll(/ñ|Ñ|[nN]\u0303/gu, 'n~'));
}
