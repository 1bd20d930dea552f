import { parseInlines } from './inlines.js';
import type { MarkdownBlock, MarkdownList, MarkdownListItem, MarkdownMeter } from './tree.js';

/** How deep lists may stand in lists, and quotes in quotes. */
const depthMax = 3;
/** Higher numbers begin no list, so that counting on from one never leaves nine digits. */
const startMax = 900_000_000;

const fence = /^(`{3,})[ \t]*([A-Za-z0-9+#._-]{0,32})$/;
const heading = /^[ \t]*(#{1,3})[ \t]+(\S.*)$/s;
const quote = /^[ \t]*> ?/;
const marker = /^[ \t]*([-*+]|\d{1,9}[.)])[ \t]+(?=\S)/;
const blank = /^[ \t]*$/;

/** How deep a stretch of lines stands. */
interface Depth {
  readonly lists: number;
  readonly quotes: number;
}

/** Parses lines into blocks. Each line is looked at a bounded number of times for each level it is nested. */
export function parseBlocks(lines: readonly string[], meter: MarkdownMeter): MarkdownBlock[] {
  return new BlockParser(lines, { lists: 0, quotes: 0 }, meter).parse();
}

/** Whether a line, standing first in a paragraph, would begin another block; such a line is written with a backslash. */
export function beginsBlock(line: string): 'heading' | 'quote' | 'bullet' | 'number' | null {
  if (heading.test(line)) return 'heading';
  if (quote.test(line)) return 'quote';
  const sign = marker.exec(line)?.[1];
  if (sign === undefined) return null;
  return isOrdered(sign) ? 'number' : 'bullet';
}

class BlockParser {
  readonly #lines: readonly string[];
  readonly #depth: Depth;
  readonly #meter: MarkdownMeter;
  #at = 0;

  constructor(lines: readonly string[], depth: Depth, meter: MarkdownMeter) {
    this.#lines = lines;
    this.#depth = depth;
    this.#meter = meter;
  }

  parse(): MarkdownBlock[] {
    const blocks: MarkdownBlock[] = [];
    for (this.#skipBlank(); this.#at < this.#lines.length; this.#skipBlank()) {
      const before = this.#at;
      blocks.push(this.#block(this.#lines[before]!));
      for (let i = before; i < this.#at; i++) this.#meter.steps += this.#lines[i]!.length + 1;
    }
    return blocks;
  }

  #block(line: string): MarkdownBlock {
    const opening = fence.exec(trim(line));
    if (opening) return this.#codeBlock(opening[1]!, opening[2]!, columns(line));
    const title = heading.exec(line);
    if (title) return this.#heading(title[1]!.length as 1 | 2 | 3, title[2]!);
    if (this.#isQuote(line)) return this.#quote();
    return this.#startsList(line) ? this.#list(line) : this.#paragraph();
  }

  #heading(level: 1 | 2 | 3, text: string): MarkdownBlock {
    this.#at++;
    return { type: 'heading', level, children: parseInlines(trim(text), this.#meter) };
  }

  /** Up to a closing fence at least as long, else to the end. */
  #codeBlock(ticks: string, language: string, indent: number): MarkdownBlock {
    const text: string[] = [];
    for (this.#at++; this.#at < this.#lines.length; this.#at++) {
      const line = this.#lines[this.#at]!;
      const closing = fence.exec(trim(line));
      if (closing && closing[2] === '' && closing[1]!.length >= ticks.length) {
        this.#at++;
        break;
      }
      text.push(dedent(line, indent));
    }
    return { type: 'code-block', language: language || null, text: text.join('\n') };
  }

  #quote(): MarkdownBlock {
    const inner: string[] = [];
    while (this.#at < this.#lines.length && quote.test(this.#lines[this.#at]!)) {
      inner.push(this.#lines[this.#at++]!.replace(quote, ''));
    }
    const depth = { ...this.#depth, quotes: this.#depth.quotes + 1 };
    return { type: 'quote', children: new BlockParser(inner, depth, this.#meter).parse() };
  }

  #list(first: string): MarkdownList {
    const sign = marker.exec(first)![1]!;
    const ordered = isOrdered(sign);
    const start = ordered ? Number.parseInt(sign, 10) : 1;
    const items: MarkdownListItem[] = [];
    let isCounting = false;
    for (;;) {
      items.push(this.#item());
      const next = this.#nextSign();
      if (next === null || isOrdered(next) !== ordered) break;
      const number = Number.parseInt(next, 10);
      // Numbers count up, or are all the same; anything else is a list of its own, with its own number.
      const countsUp = number === start + items.length;
      if (ordered && !countsUp && (isCounting || number !== start)) break;
      isCounting ||= countsUp;
      this.#skipBlank();
    }
    return { type: 'list', ordered, start, items };
  }

  /** The line with the marker, and all that is indented below it. */
  #item(): MarkdownListItem {
    const line = this.#lines[this.#at++]!;
    const head = marker.exec(line)![0];
    const indent = columns(line);
    const offset = Array.from(head).reduce((sum, char) => sum + widthOf(char), 0);
    const inner = [line.slice(head.length)];
    let blanks: string[] = [];
    for (let i = this.#at; i < this.#lines.length; i++) {
      const next = this.#lines[i]!;
      if (blank.test(next)) {
        blanks.push(dedent(next, offset));
        continue;
      }
      if (columns(next) < Math.min(offset, indent + 2)) break;
      for (const each of blanks) inner.push(each);
      inner.push(dedent(next, offset));
      blanks = [];
      this.#at = i + 1;
    }
    const depth = { ...this.#depth, lists: this.#depth.lists + 1 };
    return { children: new BlockParser(inner, depth, this.#meter).parse() };
  }

  /** The marker of the next line that is not blank, if it has one. */
  #nextSign(): string | null {
    let i = this.#at;
    while (i < this.#lines.length && blank.test(this.#lines[i]!)) i++;
    const line = this.#lines[i];
    return line === undefined || fence.test(trim(line)) ? null : (marker.exec(line)?.[1] ?? null);
  }

  #paragraph(): MarkdownBlock {
    const start = this.#at++;
    while (this.#at < this.#lines.length && !this.#interrupts(this.#lines[this.#at]!)) this.#at++;
    const lines = this.#lines.slice(start, this.#at).map(trim);
    const shown = lines.map((line, index) => (index < lines.length - 1 ? withoutBreakSign(line) : line));
    return { type: 'paragraph', children: parseInlines(shown.filter(Boolean).join('\n'), this.#meter) };
  }

  /** Whether a line ends the paragraph before it. Only the number 1 does: “in⏎2024. It was” is a sentence. */
  #interrupts(line: string): boolean {
    if (blank.test(line) || fence.test(trim(line)) || heading.test(line) || this.#isQuote(line)) return true;
    if (!this.#startsList(line)) return false;
    const sign = marker.exec(line)![1]!;
    return !isOrdered(sign) || Number.parseInt(sign, 10) === 1;
  }

  #isQuote(line: string): boolean {
    return this.#depth.quotes < depthMax && quote.test(line);
  }

  #startsList(line: string): boolean {
    const sign = this.#depth.lists < depthMax ? marker.exec(line)?.[1] : undefined;
    return sign !== undefined && (!isOrdered(sign) || Number.parseInt(sign, 10) <= startMax);
  }

  #skipBlank(): void {
    while (this.#at < this.#lines.length && blank.test(this.#lines[this.#at]!)) this.#at++;
  }
}

function isOrdered(sign: string): boolean {
  return sign.length > 1;
}

/** Every line end is a break, so the backslash that asks for one says nothing more. */
function withoutBreakSign(line: string): string {
  let end = line.length;
  while (line[end - 1] === '\\') end--;
  return (line.length - end) % 2 === 1 ? trim(line.slice(0, -1)) : line;
}

function trim(line: string): string {
  let start = 0;
  let end = line.length;
  while (start < end && isPad(line[start])) start++;
  while (end > start && isPad(line[end - 1])) end--;
  return line.slice(start, end);
}

function isPad(char: string | undefined): boolean {
  return char === ' ' || char === '\t';
}

/** Columns that the white space at the beginning of a line takes; a tab counts four. */
function columns(line: string): number {
  let count = 0;
  for (let i = 0; isPad(line[i]); i++) count += widthOf(line[i]);
  return count;
}

function widthOf(char: string | undefined): number {
  return char === '\t' ? 4 : 1;
}

/** Takes away up to so many columns of white space; of a tab that is wider the rest stays as spaces. */
function dedent(line: string, width: number): string {
  let taken = 0;
  let at = 0;
  while (taken < width && isPad(line[at])) taken += widthOf(line[at++]);
  return ' '.repeat(Math.max(0, taken - width)) + line.slice(at);
}
