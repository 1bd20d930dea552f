/** Something that is wrong with a definition. */
export interface BotProblem {
  /** Where, as a JSON pointer (RFC 6901) into the definition; empty for the whole. */
  readonly pointer: string;
  /** A short word for machines, for example `missing-node`. */
  readonly code: string;
  /** For the person who wrote it. */
  readonly message: string;
}

/** A JSON pointer of keys and indexes. @see RFC 6901 §3 */
export function pointerOf(path: readonly PropertyKey[]): string {
  return path.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** Collects problems below a place. */
export class Problems {
  readonly found: BotProblem[] = [];

  add(path: readonly PropertyKey[], code: string, message: string): void {
    // A definition can be wrong in every line; a person reads the first hundred at most.
    if (this.found.length < 200) this.found.push({ pointer: pointerOf(path), code, message });
  }
}
