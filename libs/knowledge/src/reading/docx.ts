import { fault } from '#libs/faults';
import type { ReadDocument } from './document.js';
import { toMarkdown } from './html.js';

/** What a DOCX may unpack to, in bytes, as its own directory says. */
const UNPACKED_MAX = 200_000_000;

/**
 * The text of a DOCX, its headings, lists and tables kept, its pictures left out.
 *
 * @throws Fault `input/unreadable`, `input/too-large`
 */
export async function readDocx(bytes: Uint8Array): Promise<ReadDocument> {
  if (unpackedSize(bytes) > UNPACKED_MAX)
    throw fault('input/too-large', { detail: 'The document unpacks to more than 200 MB.' });
  const { default: mammoth } = await import('mammoth');
  const { value } = await mammoth
    .convertToHtml(
      { buffer: Buffer.from(bytes) },
      { convertImage: mammoth.images.imgElement(async () => ({ src: '' })) },
    )
    .catch((cause: unknown) => {
      throw fault('input/unreadable', { detail: 'The document is no DOCX, or it is broken.', cause });
    });
  const markdown = toMarkdown(value, null);
  if (markdown === '') throw fault('input/unreadable', { detail: 'The document holds no text.' });
  const [, heading] = /^# (.+)$/m.exec(markdown) ?? [];
  return { kind: 'prose', title: heading ?? null, markdown };
}

/**
 * Sum of the unpacked sizes that the directory of a ZIP names.
 *
 * @see APPNOTE.TXT §4.3.12, central directory file header: size at offset 24 (version 6.3.10, read 2026-11-21)
 */
function unpackedSize(bytes: Uint8Array): number {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let sum = 0;
  let at = view.indexOf('PK\u0001\u0002', 0, 'latin1');
  while (at >= 0 && at + 46 <= view.length) {
    sum += view.readUInt32LE(at + 24);
    at = view.indexOf('PK\u0001\u0002', at + 46, 'latin1');
  }
  return sum;
}
