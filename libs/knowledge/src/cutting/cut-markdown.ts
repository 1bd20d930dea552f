import { sentencesOf } from './sentences.js';

/** A piece of a text with the headings above it, outermost first. */
export interface Piece {
  readonly headings: readonly string[];
  readonly text: string;
}

/** Characters of a piece: about what a person reads at a glance, and a search can tell apart. */
const TARGET = 1_000;
const MAX = 1_200;

/**
 * Cuts Markdown into pieces of at most 1,200 characters: at headings first, then between blocks, then between
 * sentences, then between words. Nothing is left out but headings, which stand with each piece, and nothing overlaps.
 *
 * A block that begins where it began before gives the same piece, whatever stands elsewhere.
 */
export function cutMarkdown(markdown: string): Piece[] {
  return sectionsOf(markdown).flatMap(({ headings, blocks }) =>
    packed(blocks.flatMap(fitting)).map((text) => ({ headings, text })),
  );
}

function sectionsOf(markdown: string): { headings: string[]; blocks: string[] }[] {
  const sections: { headings: string[]; blocks: string[] }[] = [];
  let path: (string | undefined)[] = [];
  let blocks: string[] = [];
  let lines: string[] = [];
  let fence: string | null = null;
  const endBlock = (): void => {
    const text = lines.join('\n').trim();
    if (text !== '') blocks.push(text);
    lines = [];
  };
  const endSection = (): void => {
    endBlock();
    if (blocks.length > 0) sections.push({ headings: path.filter((one) => one !== undefined), blocks });
    blocks = [];
  };
  for (const line of markdown.replace(/\r\n?/g, '\n').split('\n')) {
    const [, ticks] = /^\s*(```+|~~~+)/.exec(line) ?? [];
    if (fence !== null || ticks !== undefined) {
      lines.push(line);
      if (fence === null) fence = ticks!;
      else if (ticks?.startsWith(fence)) fence = null;
      continue;
    }
    const [, signs, words] = /^(#{1,6})[ \t]+(.*)$/.exec(line) ?? [];
    if (signs !== undefined && words !== undefined) {
      endSection();
      const level = signs.length;
      path = [...Array.from({ length: level - 1 }, (_, at) => path[at]), plainHeading(words) || undefined];
    } else if (line.trim() === '') endBlock();
    else lines.push(line);
  }
  endSection();
  return sections;
}

/** A heading without marks and links. */
function plainHeading(words: string): string {
  // Cut first: the patterns look back, and nobody names a chapter with a thousand characters.
  return words
    .trim()
    .slice(0, 1_000)
    .replace(/\s*#+$/, '')
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll(/(?:\*\*|__|`|(?<!\w)[*_]|[*_](?!\w))/g, '')
    .trim()
    .slice(0, 200);
}

/** A block as blocks that fit. */
function fitting(block: string): string[] {
  if (block.length <= MAX) return [block];
  const lines = block.split('\n');
  if (lines.length > 1) return packed(lines.flatMap(fitting), '\n');
  const sentences = sentencesOf(block);
  if (sentences.length > 1) return packed(sentences.flatMap(fitting), ' ');
  const words = block.split(/\s+/);
  if (words.length > 1) return packed(words.flatMap(fitting), ' ');
  const letters = Array.from(block);
  return Array.from({ length: Math.ceil(letters.length / TARGET) }, (_, at) =>
    letters.slice(at * TARGET, (at + 1) * TARGET).join(''),
  );
}

/** Puts neighbours together as long as they are small. */
function packed(parts: readonly string[], between = '\n\n'): string[] {
  const out: string[] = [];
  let text = '';
  for (const part of parts) {
    if (text !== '' && text.length + between.length + part.length > TARGET) {
      out.push(text);
      text = '';
    }
    text = text === '' ? part : text + between + part;
  }
  if (text !== '') out.push(text);
  return out;
}
