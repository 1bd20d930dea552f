import { beginsBlock } from './blocks.js';
import { shownOf } from './links.js';
import type { MarkdownBlock, MarkdownDocument, MarkdownInline, MarkdownList } from './tree.js';

/** Writes a document so that parsing gives it back. Takes what `parseMarkdown` made. */
export function printMarkdown(document: MarkdownDocument): string {
  return printBlocks(document.children);
}

function printBlocks(blocks: readonly MarkdownBlock[]): string {
  return blocks.map(printBlock).join('\n\n');
}

function printBlock(block: MarkdownBlock): string {
  switch (block.type) {
    case 'paragraph':
      return printInlines(block.children).split('\n').map(guardLine).join('\n');
    case 'heading':
      return `${'#'.repeat(block.level)} ${printInlines(block.children)}`;
    case 'code-block':
      return printCodeBlock(block.language, block.text);
    case 'quote':
      return prefixLines(printBlocks(block.children), '> ', '> ').replace(/^> $/gm, '>');
    case 'list':
      return printList(block);
  }
}

function printCodeBlock(language: string | null, text: string): string {
  const ticks = '`'.repeat(Math.max(3, longestRun(text) + 1));
  return `${ticks}${language ?? ''}\n${text === '' ? '' : `${text}\n`}${ticks}`;
}

function printList(list: MarkdownList): string {
  const items = list.items.map((item, index) => {
    const sign = list.ordered ? `${list.start + index}. ` : '- ';
    return prefixLines(printItem(item.children), sign, ' '.repeat(sign.length));
  });
  return items.join('\n');
}

/** A list may follow its paragraph closely, where it would be taken for a list there. */
function printItem(blocks: readonly MarkdownBlock[]): string {
  return blocks.reduce((text, block, index) => {
    const before = blocks[index - 1];
    const isClose = before?.type === 'paragraph' && block.type === 'list' && block.start === 1;
    return `${text}${index === 0 ? '' : isClose ? '\n' : '\n\n'}${printBlock(block)}`;
  }, '');
}

function prefixLines(text: string, first: string, rest: string): string {
  const lines = text.split('\n');
  return lines
    .map((line, index) => (index === 0 ? first + line : line === '' && rest.trim() === '' ? '' : rest + line))
    .join('\n');
}

/** Puts a backslash where the line would otherwise begin another block. */
function guardLine(line: string): string {
  const kind = beginsBlock(line);
  if (kind === null) return line;
  return kind === 'number' ? line.replace(/[.)]/, '\\$&') : line.replace(/^ */, '$&\\');
}

const signs = { bold: '**', italic: '_', strike: '~~' } as const;

function printInlines(inlines: readonly MarkdownInline[]): string {
  return inlines.map(printInline).join('');
}

function printInline(inline: MarkdownInline): string {
  switch (inline.type) {
    case 'text':
      return escape(inline.text);
    case 'bold':
    case 'italic':
    case 'strike':
      return signs[inline.type] + printInlines(inline.children) + signs[inline.type];
    case 'code':
      return printCode(inline.text);
    case 'link':
      return printLink(inline.url, inline.children);
    case 'break':
      return '\n';
  }
}

function printCode(text: string): string {
  const runs = new Set((text.match(/`+/g) ?? []).map((run) => run.length));
  let size = 1;
  while (runs.has(size)) size++;
  const isTouching = text.startsWith('`') || text.endsWith('`');
  const isPadded = text.startsWith(' ') && text.endsWith(' ') && text.trim() !== '';
  const pad = isTouching || isPadded ? ' ' : '';
  const ticks = '`'.repeat(size);
  return ticks + pad + text + pad + ticks;
}

function printLink(url: string, children: readonly MarkdownInline[]): string {
  const [only] = children;
  const isBare = children.length === 1 && only?.type === 'text' && only.text === shownOf(url);
  return isBare ? `<${url}>` : `[${printInlines(children)}](${url.replace(/[()[\]]/g, '\\$&')})`;
}

/** Signs that could mean something get a backslash; an underscore inside a word cannot. */
function escape(text: string): string {
  return text
    .replace(/[\\`*~[\]]|<(?![^a-z])|:(?=\/\/)/gi, '\\$&')
    .replace(/_/g, (sign, at: number) => (isInWord(text, at, sign) ? sign : `\\${sign}`));
}

function isInWord(text: string, at: number, sign: string): boolean {
  return /^[a-z0-9][a-z0-9]$/i.test(`${text[at - sign.length] ?? ''}${text[at + sign.length] ?? ''}`);
}

function longestRun(text: string): number {
  return (text.match(/`+/g) ?? []).reduce((longest, run) => Math.max(longest, run.length), 0);
}
