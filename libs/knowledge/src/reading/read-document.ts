import { fault } from '#libs/faults';
import { readCsv } from './csv.js';
import { type Readable, readingLimits, type ReadDocument } from './document.js';
import { readDocx } from './docx.js';
import { readHtml } from './html.js';
import { readPdf } from './pdf.js';

const DOCX = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';

type Format = 'pdf' | 'docx' | 'html' | 'csv' | 'markdown';

/**
 * Reads a document of any kind that is known: PDF, DOCX, HTML, CSV, Markdown, plain text. What the bytes say counts more
 * than what was said of them.
 *
 * @throws Fault `input/unreadable` for what cannot be read or holds no text, `input/unsupported-media-type` for other
 *   kinds, `input/too-large`
 */
export async function readDocument(file: Readable): Promise<ReadDocument> {
  const { bytes, url } = file;
  if (bytes.byteLength > readingLimits.bytesMax)
    throw fault('input/too-large', { detail: `At most ${readingLimits.bytesMax / 1_000_000} MB are read.` });
  const document = await readAs(formatOf(file), bytes, file.mimeType, url);
  if (document.kind === 'prose' && document.markdown.trim() === '')
    throw fault('input/unreadable', { detail: 'It holds no text.' });
  return cut(document);
}

async function readAs(
  format: Format,
  bytes: Uint8Array,
  mimeType: string | null,
  url: string | null,
): Promise<ReadDocument> {
  switch (format) {
    case 'pdf':
      return readPdf(bytes);
    case 'docx':
      return readDocx(bytes);
    case 'html':
      return readHtml(textOf(bytes, mimeType), url);
    case 'csv':
      return readCsv(textOf(bytes, mimeType));
    case 'markdown':
      return readMarkdown(textOf(bytes, mimeType));
  }
}

/** Markdown and plain text are taken as they are; the first heading is the title. */
export function readMarkdown(text: string): ReadDocument {
  const markdown = text
    .replace(/^\uFEFF/, '')
    .replace(/\r\n?/g, '\n')
    .replace(/^---\n[\s\S]*?\n---\n/, '');
  const [, heading] = /^#\s+(.+)$/m.exec(markdown) ?? [];
  return { kind: 'prose', title: heading?.trim() ?? null, markdown };
}

function formatOf({ bytes, mimeType, fileName, url }: Readable): Format {
  const start = Buffer.from(bytes.subarray(0, 1_024)).toString('latin1');
  const type = (mimeType ?? '').split(';')[0]!.trim().toLowerCase();
  const name = (fileName ?? (url ? new URL(url).pathname : '')).toLowerCase();
  const ending = name.slice(name.lastIndexOf('.') + 1);
  if (start.startsWith('%PDF-')) return 'pdf';
  if (start.startsWith('PK\u0003\u0004')) {
    if (
      type === DOCX ||
      ending === 'docx' ||
      start.includes('word/') ||
      start.includes('[Content_Types].xml')
    )
      return 'docx';
    throw unsupported(type || ending);
  }
  if (start.includes('\u0000') && !/^(?:\u00FF\u00FE|\u00FE\u00FF)/.test(start))
    throw unsupported(type || ending);
  if (type === 'text/html' || type === 'application/xhtml+xml' || /^\s*(?:<!doctype html|<html)/i.test(start))
    return 'html';
  if (ending === 'html' || ending === 'htm') return 'html';
  if (type === 'text/csv' || type === 'text/tab-separated-values' || ending === 'csv' || ending === 'tsv')
    return 'csv';
  const isText =
    type === '' ||
    type.startsWith('text/') ||
    type === 'application/octet-stream' ||
    type === 'application/markdown';
  if (isText) return 'markdown';
  throw unsupported(type);
}

function unsupported(what: string): Error {
  return fault('input/unsupported-media-type', {
    detail: `Documents of this kind (${what || 'unknown'}) are not read: PDF, DOCX, HTML, Markdown, text and CSV are.`,
  });
}

/** Text by its byte-order mark, what is said of it, a page's own word, or as UTF-8; what is no UTF-8 is Windows-1252. */
function textOf(bytes: Uint8Array, mimeType: string | null): string {
  const start = Buffer.from(bytes.subarray(0, 1_024)).toString('latin1');
  const marked = start.startsWith('\u00FF\u00FE')
    ? 'utf-16le'
    : start.startsWith('\u00FE\u00FF')
      ? 'utf-16be'
      : null;
  const [, said] =
    /charset\s*=\s*["']?([\w-]+)/i.exec(mimeType ?? '') ??
    /<meta[^>]+charset\s*=\s*["']?([\w-]+)/i.exec(start) ??
    [];
  for (const encoding of [marked, said, 'utf-8']) {
    try {
      if (encoding) return new TextDecoder(encoding, { fatal: true }).decode(bytes);
    } catch {
      // An encoding that nobody knows, or that does not fit: the next one.
    }
  }
  return new TextDecoder('windows-1252').decode(bytes);
}

function cut(document: ReadDocument): ReadDocument {
  const max = readingLimits.charactersMax;
  if (document.kind === 'rows') {
    const characters = document.rows.reduce((sum, { text }) => sum + text.length, 0);
    if (characters > max) throw tooLong();
    return document;
  }
  if (document.markdown.length > max) throw tooLong();
  return document;
}

function tooLong(): Error {
  return fault('input/too-large', {
    detail: `It holds more than ${readingLimits.charactersMax} characters: split it, so that people find the right part.`,
  });
}
