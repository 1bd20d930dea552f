import { decodeCharset } from './charset.js';
import { mailLimits } from './limits.js';

export interface MailHeader {
  /** In lower case. */
  name: string;
  /** Unfolded, as bytes in Latin-1: not decoded. */
  raw: string;
}

/** A header such as Content-Type: its first word and what stands behind it. */
export interface Structured {
  /** In lower case. */
  value: string;
  parameters: ReadonlyMap<string, string>;
}

const SPACE = 0x20;
const TAB = 0x09;

/**
 * Reads the headers at the beginning of a part.
 *
 * @returns the headers in order, and where the body begins
 */
export function readHeaders(bytes: Buffer): { headers: MailHeader[]; bodyAt: number } {
  const headers: MailHeader[] = [];
  let at = 0;
  while (at < bytes.length) {
    const end = lineEnd(bytes, at);
    const line = bytes.subarray(at, end.text);
    if (line.length === 0) return { headers, bodyAt: end.next };
    const isMore = (line[0] === SPACE || line[0] === TAB) && headers.length > 0;
    const isHeader = isMore || /^[!-9;-~]{1,200}[ \t]*:/.test(line.toString('latin1', 0, 210));
    // A mail without an empty line before its body, or an mbox's first line.
    if (!isHeader && !(at === 0 && line.toString('latin1', 0, 6).startsWith('From ')))
      return { headers, bodyAt: at };
    if (at < mailLimits.headerBytes && headers.length < mailLimits.headerLines) take(headers, line, isMore);
    at = end.next;
  }
  return { headers, bodyAt: bytes.length };
}

function take(headers: MailHeader[], line: Buffer, isMore: boolean): void {
  const text = line.toString('latin1', 0, mailLimits.headerValueBytes);
  if (isMore) {
    const last = headers.at(-1)!;
    // One folded header takes no more than its share, however many lines it has.
    if (last.raw.length + text.length <= mailLimits.headerValueBytes) last.raw += ` ${text.trim()}`;
    return;
  }
  const colon = text.indexOf(':');
  if (colon > 0)
    headers.push({ name: text.slice(0, colon).trim().toLowerCase(), raw: text.slice(colon + 1).trim() });
}

function lineEnd(bytes: Buffer, from: number): { text: number; next: number } {
  const feed = bytes.indexOf(0x0a, from);
  if (feed < 0) return { text: bytes.length, next: bytes.length };
  return { text: feed > from && bytes[feed - 1] === 0x0d ? feed - 1 : feed, next: feed + 1 };
}

/**
 * Decodes a header for people: encoded words, and bytes that somebody sent as they were. Control characters become blanks, so
 * that nothing decoded can begin a new line.
 *
 * @see RFC 2047 §§2, 6.2 (read 2026-11-21)
 */
export function decodeWords(raw: string): string {
  if (!raw.includes('=?')) return clean(ofBytes(raw));
  const word = /=\?([^?\s*]{1,64})(?:\*[^?\s]{0,32})?\?([bqBQ])\?([^?]{0,8192})\?=/g;
  let text = '';
  let at = 0;
  let held: { charset: string; bytes: Buffer[] } | null = null;
  const release = (): void => {
    if (held) text += decodeCharset(Buffer.concat(held.bytes), held.charset);
    held = null;
  };
  for (let match = word.exec(raw); match; match = word.exec(raw)) {
    const between = raw.slice(at, match.index);
    const bytes = bytesOfWord(match[2]!, match[3]!);
    const charset = match[1]!.toLowerCase();
    const joins: boolean = held !== null && /^\s*$/.test(between);
    // A character may be cut between two words of the same charset.
    if (joins && held!.charset === charset) held!.bytes.push(bytes);
    else {
      release();
      if (!joins) text += ofBytes(between);
      held = { charset, bytes: [bytes] };
    }
    at = match.index + match[0].length;
  }
  release();
  return clean(text + ofBytes(raw.slice(at)));
}

function bytesOfWord(encoding: string, text: string): Buffer {
  if (encoding.toLowerCase() === 'b') return Buffer.from(text, 'base64');
  const plain = text
    .replace(/_/g, ' ')
    .replace(/=([\dA-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(plain, 'latin1');
}

const ofBytes = (raw: string): string => decodeCharset(Buffer.from(raw, 'latin1'), null);
const clean = (text: string): string =>
  // oxlint-disable-next-line no-control-regex -- control characters are what this takes out
  text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ').trim();

/**
 * Reads a value with parameters; values in several pieces and in other charsets are put together.
 *
 * @see RFC 2045 §5.1, RFC 2231 §§3, 4 (read 2026-11-21)
 */
export function readStructured(raw: string): Structured {
  const text = raw.slice(0, 8_192);
  const value = (/^\s*([^\s;]{1,255})/.exec(text)?.[1] ?? '').toLowerCase();
  const pieces = new Map<string, { at: number; text: string; isEncoded: boolean }[]>();
  const one = /;\s*([^\s=;*]{1,64})(?:\*(\d{1,3}))?(\*)?\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;]*))/g;
  for (let match = one.exec(text), found = 0; match && found < 100; match = one.exec(text), found++) {
    const name = match[1]!.toLowerCase();
    const isEncoded = match[3] !== undefined;
    const said = match[4] === undefined ? match[5]!.trim() : match[4].replace(/\\(.)/g, '$1');
    const list = pieces.get(name) ?? [];
    list.push({ at: Number(match[2] ?? 0), text: said, isEncoded });
    pieces.set(name, list);
  }
  return { value, parameters: new Map([...pieces].map(([name, list]) => [name, joinPieces(list)])) };
}

function joinPieces(list: readonly { at: number; text: string; isEncoded: boolean }[]): string {
  const ordered = list.toSorted((a, b) => a.at - b.at);
  const first = ordered[0]!;
  const extended = first.isEncoded ? /^([^']{0,64})'[^']{0,64}'/.exec(first.text) : null;
  if (!extended && !ordered.some(({ isEncoded }) => isEncoded))
    return decodeWords(ordered.map(({ text }) => text).join(''));
  const bytes = ordered.map(({ text, isEncoded }, at) => {
    const said = at === 0 && extended ? text.slice(extended[0].length) : text;
    const plain = isEncoded
      ? said.replace(/%([\dA-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))
      : said;
    return Buffer.from(plain, 'latin1');
  });
  return clean(decodeCharset(Buffer.concat(bytes), extended?.[1] ?? null));
}
