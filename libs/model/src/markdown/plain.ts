import { shownOf } from './links.js';
import type { MarkdownBlock, MarkdownDocument, MarkdownInline } from './tree.js';

/** What a document says without any formatting: lists keep their signs, links their addresses, code its lines. */
export function plainText(document: MarkdownDocument): string {
  return plainBlocks(document.children);
}

function plainBlocks(blocks: readonly MarkdownBlock[]): string {
  return blocks.map(plainBlock).join('\n\n');
}

function plainBlock(block: MarkdownBlock): string {
  switch (block.type) {
    case 'paragraph':
    case 'heading':
      return plainInlines(block.children);
    case 'code-block':
      return block.text;
    case 'quote':
      return indent(plainBlocks(block.children), '> ', '> ');
    case 'list':
      return block.items
        .map((item, index) => {
          const sign = block.ordered ? `${block.start + index}. ` : '- ';
          return indent(item.children.map(plainBlock).join('\n'), sign, ' '.repeat(sign.length));
        })
        .join('\n');
  }
}

function plainInlines(inlines: readonly MarkdownInline[]): string {
  return inlines.map(plainInline).join('');
}

function plainInline(inline: MarkdownInline): string {
  switch (inline.type) {
    case 'text':
    case 'code':
      return inline.text;
    case 'break':
      return '\n';
    case 'link': {
      const words = plainInlines(inline.children);
      const shown = shownOf(inline.url);
      return words === shown || words === inline.url ? words : `${words} (${shown})`;
    }
    case 'bold':
    case 'italic':
    case 'strike':
      return plainInlines(inline.children);
  }
}

function indent(text: string, first: string, rest: string): string {
  return first + text.replaceAll('\n', `\n${rest}`);
}
