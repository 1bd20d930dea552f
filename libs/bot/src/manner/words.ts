/** A word of a text where it stands. */
export interface PlacedWord {
  readonly word: string;
  /** Its place in the text, in UTF-16 units. */
  readonly at: number;
  /** What stands between it and the word before. */
  readonly gap: string;
  /** The word before and the one behind; empty at the ends. */
  readonly before: string;
  readonly behind: string;
  /** The sign right behind it; empty at the end. */
  readonly next: string;
}

/** The words of a text in order: letters with their marks; signs, digits and hyphens stand between them. */
export function placedWords(text: string): PlacedWord[] {
  const found = [...text.matchAll(/[\p{L}\p{M}]+/gu)];
  return found.map((match, index) => {
    const last = found[index - 1];
    const from = last ? last.index + last[0].length : 0;
    const end = match.index + match[0].length;
    return {
      word: match[0],
      at: match.index,
      gap: text.slice(from, match.index),
      before: last?.[0] ?? '',
      behind: found[index + 1]?.[0] ?? '',
      next: text.slice(end, end + 1),
    };
  });
}

/** Whether a word may be the first of a sentence; in doubt it is. */
export function mayBegin({ gap, before }: PlacedWord): boolean {
  const bare = gap.replaceAll(/[*_ \t]/g, '');
  return before === '' || (bare !== '' && !/^[,;–—]+$/.test(bare));
}

/** Whether a word is part of something longer: `Du-Form`, `snake_case`, `x2`, `dir.exe`. */
export function isPart({ gap, next }: PlacedWord, joins = /[-_/\\@#\d\uFFFC]$/u): boolean {
  return joins.test(gap) || /^[-_/\\@\d\uFFFC]/u.test(next);
}

/** Whether a word is written in capitals only. */
export function isCapitals(word: string): boolean {
  return word.length > 1 && word === word.toUpperCase() && word !== word.toLowerCase();
}
