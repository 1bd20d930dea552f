import { isBlank, isQuoted, isRule } from './find-quote.js';
import { CLOSINGS, FOOTERS } from './reply-phrases.js';

/** More lines than this below a delimiter are no signature. */
const SIGNATURE_LINES = 14;
const SIGNATURE_CHARS = 1_200;
const FOOTER_CHARS = 160;

/**
 * Where the signature begins: the standard delimiter with few lines below it, or footers that a program wrote.
 *
 * @returns the number of lines when there is none
 */
export function signatureStart(lines: readonly string[]): number {
  const end = withoutFooters(lines, inkEnd(lines, lines.length));
  const delimiter =
    delimiterBefore(lines, end) ?? ruledContactBefore(lines, end) ?? closingWithContact(lines, end);
  const start = delimiter === null ? end : withoutFooters(lines, inkEnd(lines, delimiter));
  return start === inkEnd(lines, lines.length) ? lines.length : start;
}

/** The last line that has something on it, and is not only a rule. */
function inkEnd(lines: readonly string[], from: number): number {
  let end = from;
  while (end > 0 && (isBlank(lines[end - 1]!) || isRule(lines[end - 1]!) || isDelimiter(lines[end - 1]!)))
    end--;
  return end;
}

function withoutFooters(lines: readonly string[], from: number): number {
  let end = from;
  while (end > 0 && isFooter(lines[end - 1]!)) end = inkEnd(lines, end - 1);
  return end;
}

function delimiterBefore(lines: readonly string[], end: number): number | null {
  let chars = 0;
  for (let at = end - 1; at >= Math.max(0, end - SIGNATURE_LINES); at--) {
    const line = lines[at]!;
    chars += line.length;
    if (chars > SIGNATURE_CHARS || isQuoted(line)) return null;
    if (isDelimiter(line)) return at;
  }
  return null;
}

const CONTACT =
  /\bhttps?:\/\/|\bwww\.|[\w.+-]+@[\w-]+\.\w|mailing list|(?:\+|\(0|\b0|\()\d[\d\s()/.-]{6,}\d|\b\d{3}[-.\s]\d{3}[-.\s]\d{4}\b|\b(?:tel|phone|fax|mob|mobile|cell|skype)\b\.?:?\s*\+?\d?/iu;

/** A rule with an address, a number or the name of a mailing list below it, and no sentences. */
function ruledContactBefore(lines: readonly string[], end: number): number | null {
  for (let at = end - 1; at >= Math.max(0, end - SIGNATURE_LINES); at--) {
    const line = lines[at]!;
    if (isQuoted(line) || line.length > 100) return null;
    if (/^\s*[-_=*]{8,}\s*$/.test(line))
      return lines.slice(at + 1, end).some((one) => CONTACT.test(one)) ? at : null;
  }
  return null;
}

/** A farewell, a name, and at least two lines by which somebody can be reached. */
function closingWithContact(lines: readonly string[], end: number): number | null {
  for (let at = end - 3; at >= Math.max(1, end - 10); at--) {
    if (!CLOSINGS.test(lines[at]!) || lines[at]!.length > 60) continue;
    const below = lines.slice(at + 1, end);
    const isBlock = below.every((line) => line.length <= 80 && !isQuoted(line));
    return isBlock && below.filter((line) => CONTACT.test(line)).length >= 2 ? at : null;
  }
  return null;
}

/** @see RFC 3676 §4.3 (read 2026-11-21); many programs forget the blank */
const isDelimiter = (line: string): boolean => /^(?:--|—|––)[ \t]*$/u.test(line);

/** Whether a program wrote this line below what a person wrote. */
export function isFooter(line: string): boolean {
  const text = line.trim();
  return text.length > 0 && text.length <= FOOTER_CHARS && FOOTERS.some((footer) => footer.test(text));
}
