/** Letters that Unicode does not take apart, and their plain spelling. */
const plainLetters: Readonly<Record<string, string>> = {
  ς: 'σ',
  ı: 'i',
  ø: 'o',
  đ: 'd',
  ł: 'l',
  ħ: 'h',
  æ: 'ae',
  œ: 'oe',
  þ: 'th',
  ð: 'd',
};

/**
 * Accents and other signs that a hurried writer leaves out: Latin, Greek and Cyrillic diacritics, Arabic and Hebrew
 * points, joiners and direction marks. Not the vowel signs of Indic and South-East Asian scripts, which spell the
 * word, and not the two Japanese voicing marks (U+3099, U+309A).
 */
const omissible = /(?![\u3099\u309A])[\p{Script=Inherited}\p{Cf}]|[\u0591-\u05C7]/gu;
const plainable = new RegExp(`[${Object.keys(plainLetters).join('')}]`, 'gu');

/**
 * More marks on one letter than any language has. Normalization sorts them in quadratic time, so a hostile text must
 * not have thousands.
 *
 * @see Unicode Standard Annex #15 §13, Stream-Safe Text Format: 30 (read 2026-11-21)
 */
const tooManyMarks = /(\p{M}{30})\p{M}+/gu;

/** A letter that is a word by itself: scripts that put no spaces between words are compared letter by letter. */
const wordLetter =
  '[\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}\\p{Script=Myanmar}]';
const word = new RegExp(`(?=${wordLetter})\\p{L}\\p{M}*|(?:(?!${wordLetter})[\\p{L}\\p{N}]\\p{M}*)+`, 'gu');
const spaceless = new RegExp(wordLetter, 'u');

/** Text without case, accents and compatibility forms: `ÉCOLE`, `ecole` and `ｅｃｏｌｅ` fold to the same. Linear time. */
export function fold(text: string): string {
  return text
    .replace(tooManyMarks, '$1')
    .normalize('NFKD')
    .replace(omissible, '')
    .toUpperCase()
    .toLowerCase()
    .replace(plainable, (letter) => plainLetters[letter] ?? letter)
    .normalize('NFC');
}

/** The words of a text, folded, without punctuation and symbols, in order. Linear time. */
export function wordsOf(text: string): readonly string[] {
  return fold(text).match(word) ?? [];
}

/** Whether a text has letters of a script without spaces, where one letter can be a word. */
export function isSpaceless(text: string): boolean {
  return spaceless.test(text);
}
