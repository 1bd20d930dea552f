import { mailLimits } from '../shared/mail/limits.js';
import { envelopeOf, safeFileName, type Mail, type MailFile } from '../shared/mail/mail.js';
import { readHeaders, type MailHeader } from '../shared/mail/mime-headers.js';

/** A mail that a provider took apart. */
export interface ParsedPieces {
  headers: readonly MailHeader[];
  text: string | null;
  html: string | null;
  files: readonly {
    number: number;
    name: string | null;
    mimeType: string;
    sizeBytes: number;
    contentId: string | null;
  }[];
}

/** A mail from the pieces of a provider, as if it had come whole. */
export function mailOfPieces({ headers, text, html, files }: ParsedPieces): Mail {
  const described = files.map((file): MailFile => ({
    ...file,
    name: safeFileName(file.name),
    mimeType: file.mimeType.toLowerCase().slice(0, 255) || 'application/octet-stream',
    isInline: file.contentId !== null,
  }));
  return {
    ...envelopeOf(headers),
    headers,
    text: text === null || text === '' ? null : text.slice(0, mailLimits.textBytes),
    html: html === null || html === '' ? null : html.slice(0, mailLimits.textBytes),
    files: described,
    report: null,
    skipped: [],
  };
}

/** Headers that a provider gives as one text. */
export function headersOfText(text: string): MailHeader[] {
  return readHeaders(Buffer.from(text)).headers;
}

/** Headers that a provider gives as names and values. */
export function headersOfPairs(pairs: readonly (readonly [string, string])[]): MailHeader[] {
  return pairs.slice(0, mailLimits.headerLines).map(([name, value]) => ({
    name: name.trim().toLowerCase(),
    raw: Buffer.from(value.slice(0, mailLimits.headerValueBytes).replace(/[\r\n]+/g, ' '))
      .toString('latin1')
      .trim(),
  }));
}
