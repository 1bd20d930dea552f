import { mailLimits } from './limits.js';
import { readHeaders, readStructured, type MailHeader, type Structured } from './mime-headers.js';

/** A part of a mail, in the order in which it stands; multiparts hold others and have no body of their own. */
export interface MimePart {
  headers: readonly MailHeader[];
  type: Structured;
  /** As it was sent, encoded. */
  body: Buffer;
  children: readonly MimePart[];
  /** Number among the parts without children, from 1: by it a part is found again in the same bytes. 0 for a multipart. */
  number: number;
}

/** Why something of a mail was not looked at. */
export type MimeLimit = 'parts' | 'depth';

export interface MimeTree {
  root: MimePart;
  /** Limits that this mail went over. */
  over: MimeLimit[];
}

/**
 * Takes a mail apart, without decoding anything. Linear in its bytes for each of at most 20 levels; parts beyond a limit stay
 * undivided. Never throws.
 *
 * @see RFC 2046 §5.1 (read 2026-11-21)
 */
export function readParts(raw: Uint8Array): MimeTree {
  const bytes = Buffer.from(raw.buffer, raw.byteOffset, raw.length);
  const walk: Walk = { parts: 0, leaves: 0, over: new Set() };
  const root = readPart(bytes, walk, 0, 'text/plain');
  return { root, over: [...walk.over] };
}

interface Walk {
  parts: number;
  leaves: number;
  over: Set<MimeLimit>;
}

function readPart(bytes: Buffer, walk: Walk, depth: number, defaultType: string): MimePart {
  walk.parts++;
  const { headers, bodyAt } = readHeaders(bytes);
  const type = readStructured(headers.find(({ name }) => name === 'content-type')?.raw || defaultType);
  const body = bytes.subarray(bodyAt);
  const boundary = type.value.startsWith('multipart/') ? type.parameters.get('boundary') : undefined;
  if (boundary && depth >= mailLimits.depth) walk.over.add('depth');
  const isDivided = boundary !== undefined && boundary !== '' && depth < mailLimits.depth;
  if (!isDivided) return { headers, type, body, children: [], number: ++walk.leaves };
  const inner = type.value === 'multipart/digest' ? 'message/rfc822' : 'text/plain';
  const children: MimePart[] = [];
  for (const piece of pieces(body, boundary)) {
    if (walk.parts >= mailLimits.parts) {
      walk.over.add('parts');
      break;
    }
    children.push(readPart(piece, walk, depth + 1, inner));
  }
  if (children.length === 0)
    return { headers, type: { ...type, value: 'text/plain' }, body, children: [], number: ++walk.leaves };
  return { headers, type, body: Buffer.alloc(0), children, number: 0 };
}

/** What stands between the lines of a boundary; what comes before the first and after the last is not part of the mail. */
function* pieces(body: Buffer, boundary: string): Generator<Buffer> {
  const line = Buffer.from(`--${boundary.slice(0, 200)}`, 'latin1');
  let start = -1;
  for (let at = nextBoundary(body, line, 0); at >= 0; at = nextBoundary(body, line, at + line.length)) {
    if (start >= 0) yield withoutLineEnd(body, start, at);
    const after = at + line.length;
    if (body[after] === 0x2d && body[after + 1] === 0x2d) return;
    const feed = body.indexOf(0x0a, after);
    if (feed < 0) return;
    start = feed + 1;
  }
  // The last boundary is missing: a mail that was cut short.
  if (start >= 0 && start < body.length) yield body.subarray(start);
}

function nextBoundary(body: Buffer, line: Buffer, from: number): number {
  for (let at = body.indexOf(line, from); at >= 0; at = body.indexOf(line, at + 1)) {
    const isAtLineStart = at === 0 || body[at - 1] === 0x0a;
    const next = body[at + line.length];
    const endsThere =
      next === undefined || next === 0x0a || next === 0x0d || next === 0x20 || next === 0x09 || next === 0x2d;
    if (isAtLineStart && endsThere) return at;
  }
  return -1;
}

function withoutLineEnd(body: Buffer, start: number, end: number): Buffer {
  let last = end;
  if (last > start && body[last - 1] === 0x0a) last--;
  if (last > start && body[last - 1] === 0x0d) last--;
  return body.subarray(start, Math.max(start, last));
}

/** All parts without children, in order. */
export function leavesOf(part: MimePart): MimePart[] {
  return part.children.length === 0 ? [part] : part.children.flatMap(leavesOf);
}

/**
 * A part's bytes as they were before they were encoded for the way.
 *
 * @param maxBytes  of the encoded body that are read
 */
export function decodeBody({ headers, body }: MimePart, maxBytes = Infinity): Buffer {
  const encoding = (headers.find(({ name }) => name === 'content-transfer-encoding')?.raw ?? '')
    .trim()
    .toLowerCase();
  const taken = body.length > maxBytes ? body.subarray(0, maxBytes) : body;
  if (encoding === 'base64') return Buffer.from(taken.toString('latin1'), 'base64');
  if (encoding === 'quoted-printable') return fromQuotedPrintable(taken);
  return taken;
}

/** @see RFC 2045 §6.7 (read 2026-11-21); what is no valid escape stays as it is */
function fromQuotedPrintable(body: Buffer): Buffer {
  const out = Buffer.alloc(body.length);
  let size = 0;
  for (let at = 0; at < body.length; at++) {
    const byte = body[at]!;
    if (byte !== 0x3d) {
      out[size++] = byte;
      continue;
    }
    const soft = softBreak(body, at + 1);
    const value = soft > 0 ? -1 : hexByte(body, at + 1);
    if (soft > 0) at += soft;
    else if (value >= 0) {
      out[size++] = value;
      at += 2;
    } else out[size++] = byte;
  }
  return out.subarray(0, size);
}

/** Length of a line end, blanks before it included; 0 for none. */
function softBreak(body: Buffer, from: number): number {
  let at = from;
  while (at - from < 80 && (body[at] === 0x20 || body[at] === 0x09)) at++;
  if (body[at] === 0x0d) at++;
  return body[at] === 0x0a ? at - from + 1 : at >= body.length ? at - from : 0;
}

function hexByte(body: Buffer, at: number): number {
  const high = HEX[body[at] ?? 0] ?? -1;
  const low = HEX[body[at + 1] ?? 0] ?? -1;
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}
const HEX: readonly number[] = Array.from({ length: 128 }, (_, code) => {
  const value = parseInt(String.fromCharCode(code), 16);
  return Number.isNaN(value) ? -1 : value;
});
