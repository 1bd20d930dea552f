import { fault } from '#libs/faults';
import { readingLimits, type ReadDocument } from './document.js';

interface PdfItem {
  str: string;
  hasEOL: boolean;
  height: number;
}

/** A line is a heading when its letters are so much larger than those of most lines. */
const HEADING_FACTOR = 1.15;

/**
 * The text of a PDF: lines put together to paragraphs, lines in larger letters as headings.
 *
 * @throws Fault `input/unreadable` when it is encrypted, broken, or made of pictures; `input/too-large`
 */
export async function readPdf(bytes: Uint8Array): Promise<ReadDocument> {
  const { getDocumentProxy } = await import('unpdf');
  const pdf = await getDocumentProxy(new Uint8Array(bytes)).catch((cause: unknown) => {
    const isLocked = cause instanceof Error && cause.name === 'PasswordException';
    const detail = isLocked ? 'The PDF is protected by a password.' : 'The PDF is broken.';
    throw fault('input/unreadable', { detail, cause });
  });
  if (pdf.numPages > readingLimits.pagesMax)
    throw fault('input/too-large', {
      detail: `The PDF has ${pdf.numPages} pages; at most ${readingLimits.pagesMax} are read.`,
    });
  const lines: { text: string; height: number }[] = [];
  let characters = 0;
  for (let number = 1; number <= pdf.numPages; number++) {
    const page = await pdf.getPage(number);
    const { items } = await page.getTextContent();
    for (const line of linesOf(items.filter((item) => 'str' in item))) {
      characters += line.text.length;
      lines.push(line);
    }
    if (characters > readingLimits.charactersMax) break;
    page.cleanup();
  }
  if (!lines.some(({ text }) => /\p{L}{2}/u.test(text)))
    throw fault('input/unreadable', {
      detail: 'The PDF holds pictures of text only: run a text recognition over it first.',
    });
  const said: unknown = (await pdf.getMetadata().catch(() => null))?.info;
  const named = said instanceof Object && 'Title' in said ? said.Title : null;
  const title = typeof named === 'string' && named.trim() !== '' ? named.trim() : null;
  return { kind: 'prose', title, markdown: markdownOf(lines) };
}

function linesOf(items: readonly PdfItem[]): { text: string; height: number }[] {
  const lines: { text: string; height: number }[] = [];
  let text = '';
  let height = 0;
  for (const item of items) {
    text += item.str;
    if (item.str.trim()) height = Math.max(height, item.height);
    if (!item.hasEOL) continue;
    lines.push({ text: text.trim(), height });
    text = '';
    height = 0;
  }
  if (text.trim()) lines.push({ text: text.trim(), height });
  return lines;
}

function markdownOf(lines: readonly { text: string; height: number }[]): string {
  const usual = mostOf(lines);
  let out = '';
  for (const { text, height } of lines) {
    if (text === '') out += '\n';
    else if (height > usual * HEADING_FACTOR && text.length <= 150 && !/[.;,]$/.test(text))
      out += `\n\n${height > usual * 1.6 ? '#' : '##'} ${text}\n\n`;
    else if (/^[•▪‣●◦]\s*/u.test(text)) out += `\n- ${text.replace(/^[•▪‣●◦]\s*/u, '')}`;
    // A word that was cut at the end of its line is put together again.
    else if (/\p{L}-$/u.test(out) && /^\p{Ll}/u.test(text)) out = out.slice(0, -1) + text;
    else out += out === '' || out.endsWith('\n') ? text : ` ${text}`;
  }
  return out.replace(/\n{3,}/g, '\n\n').trim();
}

/** The height in which most characters are set. */
function mostOf(lines: readonly { text: string; height: number }[]): number {
  const characters = new Map<number, number>();
  for (const { text, height } of lines) {
    const rounded = Math.round(height * 2) / 2;
    characters.set(rounded, (characters.get(rounded) ?? 0) + text.length);
  }
  return [...characters].sort((a, b) => b[1] - a[1])[0]?.[0] ?? 0;
}
