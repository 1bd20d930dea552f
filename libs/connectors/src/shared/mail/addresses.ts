import { mailLimits } from './limits.js';
import { decodeWords } from './mime-headers.js';

export interface Mailbox {
  /** In lower case but for the local part; never empty. */
  address: string;
  /** Display name; may be empty. */
  name: string;
}

/**
 * The addresses of a header, in order. Groups are opened, comments are names of last resort, and what is no address is left
 * out. Linear in its length.
 *
 * @param raw  as received, not decoded: a name may hold encoded commas
 */
export function readAddresses(raw: string): Mailbox[] {
  const found: Mailbox[] = [];
  for (const piece of splitList(raw)) {
    const mailbox = readMailbox(piece);
    if (mailbox) found.push(mailbox);
    if (found.length >= mailLimits.addresses) break;
  }
  return found;
}

interface Piece {
  words: string;
  angle: string | null;
  comment: string;
}

/** Cuts at commas and semicolons that stand outside quotes, comments and brackets; a group's name goes. */
function* splitList(raw: string): Generator<Piece> {
  let piece: Piece = { words: '', angle: null, comment: '' };
  let depth = 0;
  let state: 'words' | 'quoted' | 'angle' = 'words';
  for (let at = 0; at < raw.length; at++) {
    const char = raw.charAt(at);
    const isEscaped = char === '\\' && at + 1 < raw.length;
    if (depth > 0) {
      if (isEscaped) piece.comment += raw.charAt(++at);
      else if (char === '(') depth++;
      else if (char === ')') depth--;
      else piece.comment += char;
    } else if (state === 'quoted') {
      if (isEscaped) piece.words += raw.charAt(++at);
      else if (char === '"') state = 'words';
      else piece.words += char;
    } else if (state === 'angle') {
      if (char === '>') state = 'words';
      else piece.angle += char;
    } else if (char === '"') state = 'quoted';
    else if (char === '(') depth = 1;
    else if (char === '<') {
      state = 'angle';
      piece.angle = '';
    } else if (char === ',' || char === ';') {
      yield piece;
      piece = { words: '', angle: null, comment: '' };
    } else if (char === ':' && piece.angle === null && !piece.words.includes('@')) piece.words = '';
    else piece.words += char;
  }
  yield piece;
}

function readMailbox({ words, angle, comment }: Piece): Mailbox | null {
  const address = normalAddress(angle ?? words.trim());
  if (address === null) return null;
  const name = decodeWords(angle === null ? comment : words.trim() || comment)
    .replace(/^["']+|["']+$/g, '')
    .trim();
  return { address, name: name.slice(0, 200) };
}

/**
 * An address in the form in which equal ones are the same: the domain in lower case. The local part stays, for it is the
 * receiver's to compare; see {@link sameAddress}.
 *
 * @returns null for what is no address
 */
export function normalAddress(text: string): string | null {
  const bare = decodeWords(
    text
      .trim()
      .replace(/^mailto:/i, '')
      .replace(/^.*:(?=[^:@]+@)/, ''),
  );
  const at = bare.lastIndexOf('@');
  const local = bare.slice(0, at).replace(/^"(.*)"$/, '$1');
  const domain = bare
    .slice(at + 1)
    .toLowerCase()
    .replace(/\.$/, '');
  if (
    at < 1 ||
    bare.length > 320 ||
    /[\s<>,;:"()[\]\\]/.test(local) ||
    !/^[^\s@<>,;:"()\\]{1,253}$/.test(domain)
  )
    return null;
  return `${local}@${domain}`;
}

/** Practically every receiver ignores case in the local part. */
export function sameAddress(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

/** `support+token@shop.example` → `token`; null without one. */
export function plusOf(address: string): string | null {
  return /^[^+@]+\+([^@]+)@/.exec(address)?.[1] ?? null;
}

/** The address without its plus part. */
export function withoutPlus(address: string): string {
  return address.replace(/\+[^@]*@/, '@');
}
