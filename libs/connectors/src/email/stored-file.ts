import type { FetchedMedia } from '../connection.js';
import { fileOf } from '../shared/mail/mail.js';
import { fileOfForm } from './form.js';
import { fileOfPostmark } from './hook-postmark.js';

/** A file out of what was stored: a mail, a form or JSON, whatever the provider posted. Null when there is none of this number. */
export function fileOfStored(raw: Uint8Array, number: number): FetchedMedia | null {
  const head = Buffer.from(raw.buffer, raw.byteOffset, Math.min(raw.length, 4)).toString('latin1');
  const read = head.startsWith('{') ? fileOfPostmark : head.startsWith('--') ? fileOfForm : fileOf;
  const found = read(raw, number);
  if (!found) return null;
  return {
    // A copy of its own: small buffers are pieces of a shared one, which cannot move to another thread.
    bytes: new Uint8Array(found.bytes),
    mimeType: found.mimeType,
    ...(found.fileName !== null && { fileName: found.fileName }),
  };
}
