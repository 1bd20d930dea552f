import { parseMarkdown, type MarkdownBlock, type MarkdownInline, type MarkdownListItem } from '#libs/model';
import { el, link } from './dom.js';

const TAG_OF_MARK = { bold: 'strong', italic: 'em', strike: 's' } as const;

/** A text in the Markdown subset as nodes. */
export function markdownNodes(text: string): Node[] {
  return parseMarkdown(text).children.map(blockNode);
}

function blockNode(block: MarkdownBlock): Node {
  switch (block.type) {
    case 'paragraph':
      return el('p', {}, ...block.children.map(inlineNode));
    case 'heading':
      return el('p', { class: 'heading' }, ...block.children.map(inlineNode));
    case 'code-block':
      return el('pre', { tabindex: '0' }, el('code', {}, block.text));
    case 'quote':
      return el('blockquote', {}, ...block.children.map(blockNode));
    case 'list':
      return block.ordered
        ? el('ol', { start: String(block.start) }, ...block.items.map(itemNode))
        : el('ul', {}, ...block.items.map(itemNode));
  }
}

function itemNode({ children }: MarkdownListItem): Node {
  return el('li', {}, ...children.map(blockNode));
}

function inlineNode(inline: MarkdownInline): Node {
  switch (inline.type) {
    case 'text':
      return document.createTextNode(inline.text);
    case 'break':
      return el('br');
    case 'code':
      return el('code', {}, inline.text);
    case 'link':
      return link(inline.url, ...inline.children.map(inlineNode));
    case 'bold':
    case 'italic':
    case 'strike':
      return el(TAG_OF_MARK[inline.type], {}, ...inline.children.map(inlineNode));
  }
}
