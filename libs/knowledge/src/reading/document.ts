/** A question with its answer, or a row of a table. */
export interface DocumentRow {
  /** Phrasings of the question; empty for a row that is no answer. */
  readonly questions: readonly string[];
  /** Markdown. */
  readonly text: string;
  readonly title?: string | undefined;
  readonly url?: string | undefined;
}

/** What a file or page says, whatever it was written in. */
export type ReadDocument =
  | { readonly kind: 'prose'; readonly title: string | null; readonly markdown: string }
  | { readonly kind: 'rows'; readonly title: string | null; readonly rows: readonly DocumentRow[] };

/** Bytes to read, and what is said of them. */
export interface Readable {
  readonly bytes: Uint8Array;
  /** As the sender or the bytes say. */
  readonly mimeType: string | null;
  readonly fileName: string | null;
  /** Of a page: its links are made whole by it. */
  readonly url: string | null;
}

/** How much is read of one source. */
export const readingLimits = {
  /** Bytes of a file or page. */
  bytesMax: 20_000_000,
  /** Pages of a PDF. */
  pagesMax: 1_000,
  /** Characters of text: about 300 pages. */
  charactersMax: 1_000_000,
  /** Rows of a CSV. */
  rowsMax: 10_000,
  /** Milliseconds for one document, in a thread of its own. */
  timeoutMs: 60_000,
  /** Megabytes of that thread's objects. */
  heapMb: 512,
  /** Megabytes by which the process may grow while it runs: what a parser unpacks is no part of the heap. */
  grownMb: 1_000,
} as const;
