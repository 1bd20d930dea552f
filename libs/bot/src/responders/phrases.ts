/** A state of the automaton: what was read so far is the beginning of a phrase. */
interface State {
  readonly next: Map<string, State>;
  /** The phrases that end here. */
  readonly ends: number[];
  /** The state for the longest proper ending of what was read. */
  fail: State | null;
  /** The nearest state along `fail` at which a phrase ends. */
  shorter: State | null;
}

/**
 * Finds which of many phrases occur in a text, word by word (Aho and Corasick's automaton over words).
 *
 * Building takes the sum of all phrases' words, searching the number of words in the text, whatever the phrases.
 *
 * @see Aho, Corasick: "Efficient string matching", Communications of the ACM 18 (6), 1975
 */
export class PhraseFinder {
  readonly #root: State = newState();

  /** @param phrases  each a list of words; one without words is never found */
  constructor(phrases: readonly (readonly string[])[]) {
    for (const [index, words] of phrases.entries()) this.#add(words, index);
    this.#link();
  }

  /** The indexes of the phrases that occur, each once. */
  find(words: readonly string[]): ReadonlySet<number> {
    const found = new Set<number>();
    const seen = new Set<State>();
    let at = this.#root;
    for (const word of words) {
      at = this.#step(at, word);
      // Each state is collected once, so the endings cost no more than the automaton has states.
      for (let end: State | null = at; end && !seen.has(end); end = end.shorter) {
        seen.add(end);
        for (const index of end.ends) found.add(index);
      }
    }
    return found;
  }

  #add(words: readonly string[], index: number): void {
    let at = this.#root;
    for (const word of words) {
      const next = at.next.get(word) ?? newState();
      at.next.set(word, next);
      at = next;
    }
    if (at !== this.#root) at.ends.push(index);
  }

  #link(): void {
    const queue: State[] = [this.#root];
    for (const state of queue) {
      for (const [word, next] of state.next) {
        next.fail = state.fail ? this.#step(state.fail, word) : this.#root;
        next.shorter = next.fail.ends.length > 0 ? next.fail : next.fail.shorter;
        queue.push(next);
      }
    }
  }

  #step(from: State, word: string): State {
    let at: State | null = from;
    while (at && !at.next.has(word)) at = at.fail;
    return at?.next.get(word) ?? this.#root;
  }
}

function newState(): State {
  return { next: new Map(), ends: [], fail: null, shorter: null };
}
