/** Where code spans end: all runs of backticks are found once, and each length remembers how far it was used. */
export class BacktickRuns {
  readonly #starts = new Map<number, { at: number[]; used: number }>();
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
    for (const { 0: run, index } of text.matchAll(/`+/g)) {
      const known = this.#starts.get(run.length) ?? { at: [], used: 0 };
      known.at.push(index);
      this.#starts.set(run.length, known);
    }
  }

  /** The end of the run at a position, and the start of the next run of the same length, if there is one. */
  spanAt(at: number): { open: number; close: number | null } {
    let open = at;
    while (this.#text[open] === '`') open++;
    const runs = this.#starts.get(open - at);
    if (!runs) return { open, close: null };
    while (runs.used < runs.at.length && runs.at[runs.used]! < open) runs.used++;
    return { open, close: runs.at[runs.used] ?? null };
  }
}
