import { parseBlocks } from './markdown/blocks.js';
import type { MarkdownDocument, MarkdownMeter } from './markdown/tree.js';

export { plainText } from './markdown/plain.js';
export { printMarkdown } from './markdown/print.js';
export type {
  MarkdownBlock,
  MarkdownDocument,
  MarkdownInline,
  MarkdownList,
  MarkdownListItem,
  MarkdownMark,
  MarkdownMeter,
} from './markdown/tree.js';

/**
 * Parses the Markdown subset of texts in Parley.
 *
 * | written | is |
 * | --- | --- |
 * | blank line | the end of a paragraph |
 * | line end inside a paragraph | a break, as people write in chats |
 * | `# `, `## `, `### ` | a heading |
 * | `- `, `* `, `+ `, `1. `, `1) ` | a list, at most 3 deep by indentation; numbers count from the first one |
 * | `> ` | a quote, at most 3 deep |
 * | three backticks, a language word | a code block up to the closing fence, else to the end |
 * | `**bold**`, `*italic*`, `_italic_`, `~~strike~~` | marks; single signs only at the edge of a word |
 * | backticks | code |
 * | `[words](https://…)`, `<https://…>`, a bare web address | a link: http, https, mailto and tel only |
 * | a backslash before punctuation | the punctuation itself |
 *
 * Everything else stays as it was written: HTML, entities, images, tables, unknown schemes, marks that never close.
 * Never throws; takes time linear in the length, whatever the text.
 *
 * @param meter  counts the steps taken, for tests
 */
export function parseMarkdown(text: string, meter: MarkdownMeter = { steps: 0 }): MarkdownDocument {
  const lines = text.replace(/\r\n?/g, '\n').split('\n');
  return { type: 'document', children: parseBlocks(lines, meter) };
}
