import { alike } from '../flows/answers/choice.js';

/** Words of a message that are looked at; the cost is this times the different words of all phrases. */
const wordsMax = 100;

/**
 * Finds which of many phrases occur in a text, slips of the pen forgiven in each word: none up to 3 letters, one up
 * to 7, two beyond.
 */
export class NearPhraseFinder {
  readonly #phrases: readonly (readonly string[])[];
  /** The phrases that begin with a word. */
  readonly #byFirst = new Map<string, number[]>();

  /** @param phrases  each a list of folded words; one without words is never found */
  constructor(phrases: readonly (readonly string[])[]) {
    this.#phrases = phrases;
    for (const [index, [first]] of phrases.entries()) {
      if (first === undefined) continue;
      const others = this.#byFirst.get(first);
      if (others) others.push(index);
      else this.#byFirst.set(first, [index]);
    }
  }

  /** The indexes of the phrases that occur, each once. */
  find(words: readonly string[]): ReadonlySet<number> {
    const read = words.slice(0, wordsMax);
    const found = new Set<number>();
    for (const [first, indexes] of this.#byFirst) {
      for (const [at, word] of read.entries()) {
        if (!alike(word, first)) continue;
        for (const index of indexes) {
          const phrase = this.#phrases[index]!;
          if (phrase.every((meant, place) => alike(read[at + place] ?? '', meant))) found.add(index);
        }
      }
    }
    return found;
  }
}
