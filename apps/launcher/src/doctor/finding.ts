/** One thing that was looked at. */
export interface Finding {
  /** What it is, in a word or two. */
  readonly what: string;
  /** `warning` works and wants attention; `wrong` has to be mended. */
  readonly state: 'well' | 'warning' | 'wrong';
  /** What is so, and why that matters where it is not well. */
  readonly words: string;
  /** What to do; absent where nothing has to be done. */
  readonly action?: string;
}

/** It is as it should be. */
export const well = (what: string, words: string): Finding => ({ what, state: 'well', words });

/** It works, and wants attention. */
export const warning = (what: string, words: string, action: string): Finding => ({
  what,
  state: 'warning',
  words,
  action,
});

/** It has to be mended. */
export const wrong = (what: string, words: string, action: string): Finding => ({
  what,
  state: 'wrong',
  words,
  action,
});

/** A size for people. @param bytes  any number */
export function sizeOf(bytes: number): string {
  return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.round(bytes / 1e6)} MB`;
}
