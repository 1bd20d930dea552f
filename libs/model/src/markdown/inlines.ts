import { BacktickRuns } from './backticks.js';
import { autolinkAt, bareUrlAt, isLinkable, shownOf, targetAt } from './links.js';
import type { MarkdownInline, MarkdownMark, MarkdownMeter } from './tree.js';

/** A stretch that has begun and may or may not come to its end. Each kind is open at most once. */
interface Frame {
  readonly kind: MarkdownMark | 'link' | 'root';
  /** What opened it, and what it is if it never ends. */
  readonly literal: string;
  readonly children: Node[];
}

/** While brackets are open it is not known yet whether an address stands inside a link, where it is only text. */
type Node =
  | { type: 'text'; text: string }
  | { type: MarkdownMark; children: Node[] }
  | { type: 'code'; text: string }
  | { type: 'link'; url: string; children: Node[] }
  | { type: 'address'; text: string }
  | { type: 'break' };

const special = /[\\`*_~[\]<\nhH]/g;
const punctuation = /[!-/:-@[-`{-~]/;
const wordChar = /[\p{L}\p{N}]/u;
const space = /\s/;

/** Parses the text of a paragraph or heading. One pass, no way back: what never closes stays what it was. */
export function parseInlines(text: string, meter: MarkdownMeter): MarkdownInline[] {
  return new InlineParser(text, meter).parse();
}

class InlineParser {
  readonly #text: string;
  readonly #meter: MarkdownMeter;
  readonly #frames: Frame[] = [{ kind: 'root', literal: '', children: [] }];
  readonly #ticks: BacktickRuns;
  #at = 0;

  constructor(text: string, meter: MarkdownMeter) {
    this.#text = text;
    this.#meter = meter;
    this.#ticks = new BacktickRuns(text);
  }

  parse(): MarkdownInline[] {
    while (this.#at < this.#text.length) {
      const before = this.#at;
      this.#next();
      this.#meter.steps += this.#at - before;
    }
    while (this.#frames.length > 1) this.#giveUp(this.#frames.length - 1);
    return finish(this.#frames[0]!.children, false);
  }

  #next(): void {
    special.lastIndex = this.#at;
    const found = special.exec(this.#text)?.index ?? this.#text.length;
    if (found > this.#at) this.#take(found);
    else this.#special(this.#text[found]!);
  }

  #special(char: string): void {
    if (char === '\n') this.#add({ type: 'break' }, this.#at + 1);
    else if (char === '\\') this.#escape();
    else if (char === '`') this.#code();
    else if (char === '[') this.#open('link', '[');
    else if (char === ']') this.#closeLink();
    else if (char === '<') this.#autolink();
    else if (char === 'h' || char === 'H') this.#bareUrl();
    else this.#delimiters(char);
  }

  #escape(): void {
    const next = this.#text[this.#at + 1];
    if (next === undefined || !punctuation.test(next)) return this.#take(this.#at + 1);
    this.#add({ type: 'text', text: next }, this.#at + 2);
  }

  #code(): void {
    const found = this.#ticks.spanAt(this.#at);
    if (found.close === null) return this.#take(found.open);
    const raw = this.#text.slice(found.open, found.close).replaceAll('\n', ' ');
    const isPadded = raw.startsWith(' ') && raw.endsWith(' ') && raw.trim() !== '';
    this.#add(
      { type: 'code', text: isPadded ? raw.slice(1, -1) : raw },
      found.close + (found.open - this.#at),
    );
  }

  #autolink(): void {
    const url = this.#find('link') > 0 ? null : autolinkAt(this.#text, this.#at, this.#meter);
    if (url === null) return this.#take(this.#at + 1);
    const children: Node[] = [{ type: 'text', text: shownOf(url) }];
    this.#add({ type: 'link', url, children }, this.#at + url.length + 2);
  }

  #bareUrl(): void {
    const isInsideWord = this.#at > 0 && wordChar.test(this.#before());
    const url = isInsideWord ? null : bareUrlAt(this.#text, this.#at, this.#meter);
    if (url === null) return this.#take(this.#at + 1);
    this.#add({ type: isLinkable(url) ? 'address' : 'text', text: url }, this.#at + url.length);
  }

  #closeLink(): void {
    const index = this.#find('link');
    const target = this.#text[this.#at + 1] === '(' ? targetAt(this.#text, this.#at + 1, this.#meter) : null;
    const isEmpty =
      index > 0 && index === this.#frames.length - 1 && this.#frames[index]!.children.length === 0;
    if (index > 0 && target && !isEmpty) {
      const children = this.#close(index);
      return this.#add({ type: 'link', url: target.url, children }, target.end);
    }
    if (index > 0) this.#giveUp(index);
    this.#take(this.#at + 1);
  }

  /** A run of `*`, `_` or `~`: closes what it can, innermost first, then opens what it can. */
  #delimiters(char: string): void {
    let end = this.#at + 1;
    while (this.#text[end] === char) end++;
    const longest = { '*': 3, _: 1, '~': 2 }[char]!;
    let left = end - this.#at;
    if (left > longest || (char === '~' && left === 1)) return this.#take(end);
    const before = this.#before();
    const after = this.#text.slice(end, end + 2);
    while (left > 0) {
      const size = this.#closeOne(char, left, before, after) || this.#openOne(char, left, before, after);
      if (size === 0) break;
      left -= size;
    }
    if (left > 0) this.#take(this.#at + left);
  }

  #closeOne(char: string, left: number, before: string, after: string): number {
    if (before === '' || space.test(before)) return 0;
    const index = this.#closable(char, left);
    if (index < 1) return 0;
    const { kind, literal } = this.#frames[index]!;
    if (kind === 'italic' && startsWord(after)) return 0;
    const children = this.#close(index);
    this.#add({ type: kind as MarkdownMark, children }, this.#at + literal.length);
    return literal.length;
  }

  /** The mark that so many signs end: the one written with as many, else the innermost that is shorter. */
  #closable(char: string, left: number): number {
    const exact = this.#frames.findLastIndex(({ literal }) => literal === char.repeat(left));
    if (exact > 0) return exact;
    return this.#frames.findLastIndex(({ literal }) => literal[0] === char && literal.length <= left);
  }

  #openOne(char: string, left: number, before: string, after: string): number {
    if (after === '' || space.test(after[0]!)) return 0;
    if (char === '~') return this.#open('strike', '~~');
    if (left >= 2) return this.#open('bold', '**') || (endsWord(before) ? 0 : this.#open('italic', '*'));
    return endsWord(before) ? 0 : this.#open('italic', char);
  }

  /** @returns how much of the text was taken; 0 when a mark of this kind is open already */
  #open(kind: Exclude<Frame['kind'], 'root'>, literal: string): number {
    const index = this.#find(kind);
    if (index > 0 && kind !== 'link') return 0;
    // Of two opening brackets the later one is the nearer to its end.
    if (index > 0) this.#giveUp(index);
    this.#frames.push({ kind, literal, children: [] });
    this.#at += literal.length;
    return literal.length;
  }

  /** Ends a frame; what was opened inside and is still open stays literal. @returns its children */
  #close(index: number): Node[] {
    while (this.#frames.length - 1 > index) this.#giveUp(this.#frames.length - 1);
    return this.#frames.pop()!.children;
  }

  /** Turns a frame back into what was written. */
  #giveUp(index: number): void {
    const [frame] = this.#frames.splice(index, 1);
    const below = this.#frames[index - 1]!.children;
    append(below, { type: 'text', text: frame!.literal });
    for (const child of frame!.children) append(below, child);
    this.#meter.steps += frame!.children.length + 1;
  }

  #find(kind: Frame['kind']): number {
    return this.#frames.findIndex((frame) => frame.kind === kind);
  }

  /** Takes the text up to a position as it is. */
  #take(end: number): void {
    this.#add({ type: 'text', text: this.#text.slice(this.#at, end) }, end);
  }

  #add(node: Node, end: number): void {
    append(this.#frames.at(-1)!.children, node);
    this.#at = end;
  }

  /** The character before the position, whole; empty at the beginning. */
  #before(): string {
    return Array.from(this.#text.slice(Math.max(0, this.#at - 2), this.#at)).at(-1) ?? '';
  }
}

/** Adds a node behind others. Neighbours of one kind become one, so that a tree can be written in one way only. */
function append(to: Node[], node: Node): void {
  const last = to.at(-1);
  if (last?.type === 'text' && node.type === 'text') last.text += node.text;
  else if (last?.type === 'code' && node.type === 'code') last.text += node.text;
  else if (last && isMark(last) && last.type === node.type)
    for (const child of node.children) append(last.children, child);
  else to.push(node);
}

function isMark(node: Node): node is Extract<Node, { type: MarkdownMark }> {
  return node.type === 'bold' || node.type === 'italic' || node.type === 'strike';
}

/** Decides about addresses: outside of links each is one, inside it is text. */
function finish(nodes: readonly Node[], isInLink: boolean): MarkdownInline[] {
  const done: Node[] = [];
  for (const node of nodes) append(done, finishOne(node, isInLink));
  return done as MarkdownInline[];
}

function finishOne(node: Node, isInLink: boolean): Node {
  if (node.type === 'address') {
    const text: Node = { type: 'text', text: node.text };
    return isInLink ? text : { type: 'link', url: node.text, children: [text] };
  }
  if (!('children' in node)) return node;
  return { ...node, children: finish(node.children, isInLink || node.type === 'link') as Node[] };
}

function endsWord(before: string): boolean {
  return wordChar.test(before);
}

function startsWord(after: string): boolean {
  return wordChar.test(Array.from(after)[0] ?? '');
}
