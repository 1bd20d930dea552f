import { readAddresses, type Mailbox } from './addresses.js';
import { decodeCharset } from './charset.js';
import { mailLimits } from './limits.js';
import { decodeWords, readStructured, type MailHeader } from './mime-headers.js';
import { decodeBody, leavesOf, readParts, type MimePart, type MimeTree } from './mime-parts.js';
import { readReport, type DeliveryReport } from './report.js';

/** A mail, however it came: as bytes over IMAP and SMTP, or in pieces from a provider's webhook. */
export interface Mail {
  headers: readonly MailHeader[];
  from: Mailbox | null;
  replyTo: Mailbox[];
  to: Mailbox[];
  cc: Mailbox[];
  subject: string;
  /** With its angle brackets taken off; null when it has none. */
  messageId: string | null;
  inReplyTo: string[];
  /** Oldest first. */
  references: string[];
  /** ISO 8601; null when the mail does not say or nobody can read it. */
  sentAt: string | null;
  text: string | null;
  html: string | null;
  files: MailFile[];
  report: DeliveryReport | null;
  /** What was not looked at, in words. */
  skipped: string[];
}

/** A file that came with a mail; its bytes stay in the mail. */
export interface MailFile {
  /** By which it is found again: see `fileOf`. */
  number: number;
  name: string | null;
  mimeType: string;
  /** As sent; an estimate where it was encoded. */
  sizeBytes: number;
  /** By which HTML shows it. */
  contentId: string | null;
  isInline: boolean;
}

/** The value of the first header of a name, decoded; null for none. */
export function headerOf(headers: readonly MailHeader[], name: string): string | null {
  const raw = headers.find((header) => header.name === name)?.raw;
  return raw === undefined ? null : decodeWords(raw);
}

/**
 * Reads a mail. Pure and without limits on what it is given: the limits are in what it looks at.
 *
 * Never throws: what cannot be read is named in `skipped`.
 */
export function parseMail(raw: Uint8Array): Mail {
  const tree = readParts(raw);
  const { headers } = tree.root;
  const roles = sortParts(tree.root);
  return {
    ...envelopeOf(headers),
    headers,
    text: joinTexts(roles.texts),
    html: joinTexts(roles.htmls),
    files: roles.files.map(describeFile),
    report: readReport(tree.root),
    skipped: skippedOf(tree, roles),
  };
}

/** What stands in the headers of a mail. */
export function envelopeOf(
  headers: readonly MailHeader[],
): Omit<Mail, 'headers' | 'text' | 'html' | 'files' | 'report' | 'skipped'> {
  const all = (name: string): Mailbox[] =>
    headers
      .filter((header) => header.name === name)
      .flatMap(({ raw }) => readAddresses(raw))
      .slice(0, mailLimits.addresses);
  const raw = (name: string): string => headers.find((header) => header.name === name)?.raw ?? '';
  return {
    from: all('from')[0] ?? all('sender')[0] ?? null,
    replyTo: all('reply-to'),
    to: all('to'),
    cc: all('cc'),
    subject: decodeWords(raw('subject')).slice(0, 998),
    messageId: readIds(raw('message-id'))[0] ?? null,
    inReplyTo: readIds(raw('in-reply-to')),
    references: readIds(raw('references')),
    sentAt: readDate(raw('date')),
  };
}

/**
 * Message ids of a header, without their brackets and in order.
 *
 * @see RFC 5322 §3.6.4 (read 2026-11-21); some programs forget the brackets
 */
export function readIds(raw: string): string[] {
  const bracketed = [...raw.matchAll(/<([^<>\s]{1,400})>/g)].map((match) => match[1]!);
  if (bracketed.length > 0) return bracketed.slice(0, 200);
  const bare = /^\s*([^<>\s@]{1,200}@[^<>\s@]{1,200})\s*$/.exec(raw)?.[1];
  return bare === undefined ? [] : [bare];
}

function readDate(raw: string): string | null {
  const time = Date.parse(
    raw
      .replace(/\([^)]*\)/g, '')
      .replace(/\bUT\b/, 'GMT')
      .trim(),
  );
  const isLikely = !Number.isNaN(time) && time > 0 && time < 4_102_444_800_000;
  return isLikely ? new Date(time).toISOString() : null;
}

interface Roles {
  texts: MimePart[];
  htmls: MimePart[];
  files: MimePart[];
}

/** What each part is for: words of the mail, or a file. Inside alternatives the richest of each kind counts. */
function sortParts(root: MimePart): Roles {
  const roles: Roles = { texts: [], htmls: [], files: [] };
  sortPart(root, null, roles);
  return roles;
}

function sortPart(part: MimePart, parent: string | null, roles: Roles): void {
  if (part.children.length > 0) {
    for (const child of part.children) sortPart(child, part.type.value, roles);
    return;
  }
  const { value } = part.type;
  const disposition = readStructured(
    part.headers.find(({ name }) => name === 'content-disposition')?.raw ?? '',
  );
  const isNamed = disposition.parameters.has('filename') || part.type.parameters.has('name');
  const isFile =
    disposition.value === 'attachment' || (isNamed && value !== 'text/plain' && value !== 'text/html');
  if (isPartOfReport(value) && parent === 'multipart/report') return;
  if (
    !isFile &&
    (value === 'text/plain' || value === 'text/enriched') &&
    (parent !== 'multipart/alternative' || roles.texts.length < 8)
  )
    roles.texts.push(part);
  else if (!isFile && value === 'text/html') roles.htmls.push(part);
  else if (!isSignatureOf(value)) roles.files.push(part);
}

const isPartOfReport = (type: string): boolean =>
  /^(?:message\/(?:global-)?(?:delivery-status|disposition-notification|feedback-report)|text\/rfc822-headers|message\/(?:rfc822|global)(?:-headers)?)$/.test(
    type,
  );
/** A signature over the mail is no file that somebody sent. */
const isSignatureOf = (type: string): boolean =>
  /^application\/(?:(?:x-)?pkcs7-signature|pgp-signature|pgp-encrypted)$/.test(type);

function joinTexts(parts: readonly MimePart[]): string | null {
  if (parts.length === 0) return null;
  return parts
    .map(textOf)
    .filter((text) => text.trim() !== '')
    .join('\n\n');
}

/** @see RFC 3676 §4 for format=flowed (read 2026-11-21) */
function textOf(part: MimePart): string {
  const text = decodeCharset(
    decodeBody(part, mailLimits.textBytes),
    part.type.parameters.get('charset') ?? null,
  );
  const isFlowed =
    part.type.value === 'text/plain' && part.type.parameters.get('format')?.toLowerCase() === 'flowed';
  return isFlowed ? unflow(text, part.type.parameters.get('delsp')?.toLowerCase() === 'yes') : text;
}

/** Lines that end in a blank go on in the next one, within the same depth of quotation. */
function unflow(text: string, dropsSpace: boolean): string {
  const lines: string[] = [];
  let open: { depth: number } | null = null;
  for (const line of text.split(/\r?\n/)) {
    const quotes = /^>*/.exec(line)![0].length;
    const said = line.slice(quotes).replace(/^ /, '');
    const isSignature = said === '-- ';
    const goesOn = said.endsWith(' ') && !isSignature;
    const words = goesOn && dropsSpace ? said.slice(0, -1) : said;
    if (open && open.depth === quotes && !isSignature) lines[lines.length - 1] += words;
    else lines.push(quotes > 0 ? `${'>'.repeat(quotes)} ${words}` : words);
    open = goesOn ? { depth: quotes } : null;
  }
  return lines.join('\n');
}

function describeFile(part: MimePart): MailFile {
  const disposition = readStructured(
    part.headers.find(({ name }) => name === 'content-disposition')?.raw ?? '',
  );
  const name = disposition.parameters.get('filename') ?? part.type.parameters.get('name') ?? null;
  const encoding = (part.headers.find((header) => header.name === 'content-transfer-encoding')?.raw ?? '')
    .trim()
    .toLowerCase();
  const id =
    part.headers.find((header) => header.name === 'content-id')?.raw.replace(/^\s*<|>\s*$/g, '') ?? null;
  return {
    number: part.number,
    name: safeFileName(name),
    mimeType: part.type.value.slice(0, 255),
    sizeBytes: encoding === 'base64' ? Math.floor((part.body.length * 3) / 4.1) : part.body.length,
    contentId: id,
    isInline: id !== null && disposition.value !== 'attachment',
  };
}

/** A name without a path. */
export function safeFileName(name: string | null): string | null {
  const bare = (name ?? '').split(/[\\/]/).at(-1)!.trim().slice(-200);
  return bare === '' || bare === '.' || bare === '..' ? null : bare;
}

/** The bytes of a file of this mail; null when it has no part of that number. */
export function fileOf(
  raw: Uint8Array,
  number: number,
): { bytes: Buffer; mimeType: string; fileName: string | null } | null {
  const part = leavesOf(readParts(raw).root).find((leaf) => leaf.number === number);
  if (!part) return null;
  const { name, mimeType } = describeFile(part);
  return { bytes: decodeBody(part), mimeType, fileName: name };
}

function skippedOf({ over }: MimeTree, { texts, htmls, files }: Roles): string[] {
  const isLong = [...texts, ...htmls].some(({ body }) => body.length > mailLimits.textBytes);
  return [
    ...over.map((limit) =>
      limit === 'parts' ? `parts beyond ${mailLimits.parts}` : `parts deeper than ${mailLimits.depth}`,
    ),
    ...(isLong ? [`text beyond ${mailLimits.textBytes} bytes`] : []),
    ...(files.length > mailLimits.files ? [`files beyond ${mailLimits.files}`] : []),
  ];
}
