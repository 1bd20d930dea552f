import { parseMarkdown, type MarkdownBlock, type MarkdownInline, type MarkdownMark } from '#libs/model';

/** How a messenger writes formatted text, where it does so with signs around words. */
export interface MarkupStyle {
  /** The sign on both sides; null where the messenger has none. */
  marks: Readonly<Record<MarkdownMark, string | null>>;
  /** The sign around code in a line; null for none. */
  code: string | null;
  /** Signs before each line of a quote, and of a list item. */
  quote: string;
  bullet: string;
  /** A link with words of its own. */
  link(words: string, url: string): string;
  /** A link that shows its address, where that does not link by itself. */
  bareLink?(url: string): string;
  /** Makes text mean itself. */
  escape(text: string): string;
}

const WORD = /[\p{L}\p{N}_]/u;

/**
 * Writes a text in the Markdown subset the way a messenger writes it. Marks that the messenger would not recognise, because they
 * touch a letter or a space on the wrong side, are left out; the words never are.
 */
export function toMarkup(markdown: string, style: MarkupStyle): string {
  return blocks(parseMarkdown(markdown).children, style);
}

function blocks(all: readonly MarkdownBlock[], style: MarkupStyle): string {
  return all.map((block) => blockText(block, style)).join('\n\n');
}

function blockText(block: MarkdownBlock, style: MarkupStyle): string {
  switch (block.type) {
    case 'paragraph':
      return inlines(block.children, style);
    case 'heading':
      return marked(
        inlines(block.children, { ...style, marks: { ...style.marks, bold: null } }),
        style.marks.bold,
      );
    case 'code-block':
      return style.code === null ? block.text : `\`\`\`\n${block.text}\n\`\`\``;
    case 'quote':
      return prefixed(blocks(block.children, style), style.quote, style.quote);
    case 'list':
      return block.items
        .map(({ children }, index) => {
          const sign = block.ordered ? `${block.start + index}. ` : style.bullet;
          return prefixed(
            children.map((child) => blockText(child, style)).join('\n'),
            sign,
            ' '.repeat(sign.length),
          );
        })
        .join('\n');
  }
}

function inlines(all: readonly MarkdownInline[], style: MarkupStyle): string {
  let text = '';
  for (const [at, inline] of all.entries()) {
    const next = all[at + 1];
    text += inlineText(inline, style, text.slice(-1), next ? inlineText(next, style, '', '').charAt(0) : '');
  }
  return text;
}

function inlineText(inline: MarkdownInline, style: MarkupStyle, before: string, after: string): string {
  switch (inline.type) {
    case 'text':
      return style.escape(inline.text);
    case 'break':
      return '\n';
    case 'code': {
      const isSafe = style.code !== null && !inline.text.includes(style.code) && inline.text.trim() !== '';
      return isSafe ? `${style.code}${style.escape(inline.text)}${style.code}` : style.escape(inline.text);
    }
    case 'link': {
      const words = inlines(inline.children, style);
      const shown = inline.url.replace(/^(mailto|tel):/, '');
      return words === style.escape(shown) || words === style.escape(inline.url)
        ? (style.bareLink?.(shown) ?? words)
        : style.link(words, shown);
    }
    case 'bold':
    case 'italic':
    case 'strike': {
      const words = inlines(inline.children, style);
      return WORD.test(before) || WORD.test(after) ? words : marked(words, style.marks[inline.type]);
    }
  }
}

/** A mark holds only around words on one line that begin and end with ink, and do not hold its sign. */
function marked(words: string, sign: string | null): string {
  const isHeld =
    sign !== null && words.trim() === words && words !== '' && !words.includes('\n') && !words.includes(sign);
  return isHeld ? `${sign}${words}${sign}` : words;
}

function prefixed(text: string, first: string, rest: string): string {
  return first + text.replaceAll('\n', `\n${rest}`);
}
