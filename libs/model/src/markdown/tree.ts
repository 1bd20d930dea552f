/** A text in the Markdown subset, as a tree. */
export interface MarkdownDocument {
  readonly type: 'document';
  /** In order; empty for blank text. */
  readonly children: readonly MarkdownBlock[];
}

/** What a document, a quote and a list item are made of. */
export type MarkdownBlock =
  | { readonly type: 'paragraph'; readonly children: readonly MarkdownInline[] }
  | { readonly type: 'heading'; readonly level: 1 | 2 | 3; readonly children: readonly MarkdownInline[] }
  /** `language` is the word behind the opening fence; `text` keeps its line ends but the last. */
  | { readonly type: 'code-block'; readonly language: string | null; readonly text: string }
  /** At most 3 deep. */
  | { readonly type: 'quote'; readonly children: readonly MarkdownBlock[] }
  | MarkdownList;

/** A list; at most 3 deep. The number of an item is `start` and its position, whatever was written. */
export interface MarkdownList {
  readonly type: 'list';
  readonly ordered: boolean;
  /** Number of the first item; 1 where `ordered` is false. */
  readonly start: number;
  readonly items: readonly MarkdownListItem[];
}

/** One item: mostly one paragraph, perhaps followed by a list. Never empty. */
export interface MarkdownListItem {
  readonly children: readonly MarkdownBlock[];
}

/** What a paragraph or a heading is made of. No kind stands inside itself. */
export type MarkdownInline =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: MarkdownMark; readonly children: readonly MarkdownInline[] }
  | { readonly type: 'code'; readonly text: string }
  /** `url` begins with `http://`, `https://`, `mailto:` or `tel:`, and holds no space, quote or angle bracket. */
  | { readonly type: 'link'; readonly url: string; readonly children: readonly MarkdownInline[] }
  | { readonly type: 'break' };

/** What can be done to a stretch of text. */
export type MarkdownMark = 'bold' | 'italic' | 'strike';

/** Counts what parsing looks at: characters, lines and moved nodes. For tests that parsing takes linear time. */
export interface MarkdownMeter {
  steps: number;
}
