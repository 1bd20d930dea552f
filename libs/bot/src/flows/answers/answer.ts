import type { Content, Json } from '#libs/model';

/** What a person said, as a question looks at it. */
export interface Said {
  /** In plain words; may be empty. */
  readonly text: string;
  readonly content: readonly Content[];
  /** The id of the option that was pressed, or that the core understood. */
  readonly optionId: string | null;
}

/** What the reading of an answer may know beside it. */
export interface AnswerContext {
  /** Today where the bot is, YYYY-MM-DD. */
  readonly today: string;
  /** BCP 47; in which words are understood. Never empty. */
  readonly languages: readonly string[];
  /** ISO 3166-1, for telephone numbers; undefined when none is usual. */
  readonly country?: string | undefined;
}

/** What an answer comes to; `problem` is a short word for the trace, never what was said. */
export type Answered =
  { readonly ok: true; readonly value: Json } | { readonly ok: false; readonly problem: string };

/** The answer was understood. */
export const understood = (value: Json): Answered => ({ ok: true, value });

/** The answer was not understood, or is not allowed. */
export const refused = (problem: string): Answered => ({ ok: false, problem });

/** Longer texts are no answer to anything that is looked for in a sentence. */
export const sentenceMax = 2_000;
