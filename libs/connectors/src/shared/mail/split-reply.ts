import { attributionWithin, findMark, isBlank, isQuoted, isRule, type Mark } from './find-quote.js';
import { isFooter, signatureStart } from './find-signature.js';
import { CLOSINGS } from './reply-phrases.js';

/** What somebody wrote, apart from what their program put around it. Nothing is lost: the three together are the mail. */
export interface SplitReply {
  /** The new text; empty only when there is none at all. */
  reply: string;
  /** What was written before, as it stands in the mail. */
  quoted: string;
  signature: string;
}

/** Longer texts are kept whole, and only their beginning is looked at. */
export const REPLY_CHARS_MAX = 200_000;

/**
 * Separates what a person wrote from what they quote and from their signature.
 *
 * Losing words of the person is the worse fault: where it is not clear what is new, it counts as new. When answers stand
 * between the quoted lines, the quoted lines stay where they are.
 *
 * @param text  the plain text of a mail, as decoded
 */
export function splitReply(text: string): SplitReply {
  const clean = normalized(text.slice(0, REPLY_CHARS_MAX));
  const rest = text.slice(REPLY_CHARS_MAX);
  const lines = clean.split('\n').flatMap(apart);
  const { own, quoted } = separate(lines);
  const from = signatureStart(own);
  const split = {
    reply: joined(trimRules(own.slice(0, from))),
    quoted: joined(quoted),
    signature: joined(own.slice(from)),
  };
  if (split.reply === '' && split.signature !== '' && split.quoted === '')
    return { reply: split.signature, quoted: rest, signature: '' };
  return { ...split, quoted: split.quoted + rest };
}

function normalized(text: string): string {
  return text
    .replace(/\r\n?|\u2028|\u2029/g, '\n')
    .replace(/[\u200b\u200e\u200f\u202a-\u202e\u2060\ufeff\u00ad]/g, '')
    .replace(/[\u00a0\u2007\u202f]/g, ' ')
    .replace(/^ᐧ$/gmu, '');
}

/** A reply and an attribution that share a line stand on two. */
function apart(line: string): string[] {
  const at = attributionWithin(line);
  return at === 0 ? [line] : [line.slice(0, at).replace(/[\s-]+$/, ''), line.slice(at)];
}

interface Separated {
  own: readonly string[];
  quoted: readonly string[];
}

function separate(lines: readonly string[]): Separated {
  const mark = findMark(lines);
  const footer = footerWithin(lines, mark?.start ?? lines.length);
  if (footer !== null) return { own: lines.slice(0, footer), quoted: lines.slice(footer) };
  if (!mark) return withoutTail(lines);
  const before = lines.slice(0, mark.start);
  if (mark.kind !== 'attribution') return atHeaders(lines, mark, before);
  const { end, hasQuotes } = quotedBlock(lines, mark.end);
  const after = lines.slice(end);
  if (!hasQuotes) {
    // Without signs, everything below is old; above there must be something for it to be an answer.
    return hasInk(before)
      ? { own: trimRules(before), quoted: lines.slice(mark.start) }
      : below(lines, mark, mark.end);
  }
  if (!hasOwnWords(after)) return { own: trimRules(before), quoted: lines.slice(mark.start) };
  if (!hasInk(before)) return below(lines, mark, end);
  if (isFarewell(after))
    return { own: [...trimRules(before), '', ...after], quoted: lines.slice(mark.start, end) };
  return between(lines, mark, end);
}

/** A telephone's footer between blank lines, with words above it: below stands only what was there before. */
function footerWithin(lines: readonly string[], end: number): number | null {
  for (let at = 1; at < end - 1; at++) {
    const isAlone = isBlank(lines[at - 1]!) && isBlank(lines[at + 1]!);
    if (isAlone && isFooter(lines[at]!))
      return hasInk(lines.slice(at + 1, end)) &&
        hasOwnWords(lines.slice(0, at)) &&
        !lines.slice(at + 1, end).some((line) => isFooter(line))
        ? at
        : null;
  }
  return null;
}

/** Old headers: all below them is old, but for a forwarded mail that has nothing above. */
function atHeaders(lines: readonly string[], mark: Mark, before: readonly string[]): Separated {
  const kept = trimRules(before);
  if (hasInk(kept)) {
    const inner = withoutTail(kept);
    return { own: inner.own, quoted: [...inner.quoted, ...lines.slice(mark.start)] };
  }
  let from = mark.end;
  for (let next = findMark(lines, from); next && !hasInk(lines.slice(from, next.start));) {
    from = next.end;
    next = findMark(lines, from);
  }
  return { own: lines.slice(from), quoted: lines.slice(0, from) };
}

/** The answer stands below what it answers. */
function below(lines: readonly string[], mark: Mark, end: number): Separated {
  const inner = separate(lines.slice(end));
  return { own: inner.own, quoted: [...lines.slice(mark.start, end), ...inner.quoted] };
}

/** Answers stand above and below, or between the quoted lines: the quoted lines stay, only the attribution goes. */
function between(lines: readonly string[], mark: Mark, end: number): Separated {
  const tail = separate(lines.slice(end));
  return {
    own: [...lines.slice(0, mark.start), ...lines.slice(mark.end, end), ...tail.own],
    quoted: [...lines.slice(mark.start, mark.end), ...tail.quoted],
  };
}

/** Quoted lines at the very end are old even when nothing says whose they are; a footer may stand below them. */
function withoutTail(lines: readonly string[]): Separated {
  let end = lines.length;
  while (end > 0 && isBlank(lines[end - 1]!)) end--;
  const footer = footerStart(lines, end);
  let start = footer;
  while (start > 0 && (isQuoted(lines[start - 1]!) || isBlank(lines[start - 1]!))) start--;
  const hasTail = lines.slice(start, footer).some(isQuoted);
  if (!hasTail || !hasInk(lines.slice(0, start))) return { own: lines, quoted: [] };
  return { own: lines.slice(0, start), quoted: lines.slice(start) };
}

/** Where the lines begin that stand below a quotation and are nobody's words. */
function footerStart(lines: readonly string[], end: number): number {
  for (let at = end - 1; at >= Math.max(0, end - 12); at--) {
    if (isQuoted(lines[at]!)) return hasOwnWords(lines.slice(at + 1, end)) ? end : at + 1;
  }
  return end;
}

/** The quoted lines from here on, with the blank lines and wrapped ends between them. */
function quotedBlock(lines: readonly string[], from: number): { end: number; hasQuotes: boolean } {
  let end = from;
  let hasQuotes = false;
  for (let at = from; at < lines.length; at++) {
    if (isQuoted(lines[at]!)) {
      hasQuotes = true;
      end = at + 1;
    } else if (isWrappedEnd(lines, at)) end = at + 1;
    else if (!isBlank(lines[at]!)) break;
  }
  return { end, hasQuotes };
}

/** The end of a quoted line that a program broke off: it stands alone below a long quoted line, or is what only a program writes. */
function isWrappedEnd(lines: readonly string[], at: number): boolean {
  const [above, here, below] = [lines[at - 1], lines[at]!, lines[at + 1]];
  if (above === undefined || !isQuoted(above) || isBlank(here)) return false;
  if (below !== undefined && !isQuoted(below) && !isBlank(below)) return false;
  if (/^\s*(?:\(?https?:\S+|_\S+\)?)\s*>?$/.test(here)) return below !== undefined && isQuoted(below);
  if (above.length > 60 && here.length < 30 && below !== undefined && isQuoted(below)) return true;
  return above.length > 60 && here.length < 72 && /^\s*[\p{Ll}\d)(]/u.test(here);
}

/** "Regards, Ann" below a quotation. */
function isFarewell(lines: readonly string[]): boolean {
  const said = lines.slice(0, signatureStart(lines)).filter((line) => !isBlank(line));
  return said.length <= 3 && CLOSINGS.test(said[0] ?? '') && said.every((line) => line.length <= 40);
}

const hasInk = (lines: readonly string[]): boolean => lines.some((line) => !isBlank(line) && !isRule(line));

/** Whether somebody wrote something here, beside signatures and the footers of lists. */
function hasOwnWords(lines: readonly string[]): boolean {
  return hasInk(lines.slice(0, signatureStart(lines)));
}

function trimRules(lines: readonly string[]): readonly string[] {
  let end = lines.length;
  while (end > 0 && (isBlank(lines[end - 1]!) || isRule(lines[end - 1]!))) end--;
  return lines.slice(0, end);
}

const joined = (lines: readonly string[]): string =>
  lines
    .join('\n')
    .replace(/^(?:[ \t]*\n)+/, '')
    .trimEnd();
