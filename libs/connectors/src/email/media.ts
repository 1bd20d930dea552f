import { fault } from '#libs/faults';
import type { FetchedMedia } from '../connection.js';
import type { MediaIo } from '../connector.js';
import { fileOf } from '../shared/mail/mail.js';
import { fileOfForm } from './form.js';
import { fileOfPostmark } from './hook-postmark.js';
import type { EmailSettings } from './manifest.js';

/** Files come with their mail: they are taken out of what was stored. */
export async function fetchMedia(ref: string, io: MediaIo<EmailSettings>): Promise<FetchedMedia> {
  const found = fileOfStored(await io.raw(), Number(ref));
  if (!found) throw fault('channel/rejected', { detail: 'The mail has no such file.' });
  return {
    bytes: found.bytes,
    mimeType: found.mimeType,
    ...(found.fileName !== null && { fileName: found.fileName }),
  };
}

/** A mail, a form or JSON: whatever the provider posted. */
function fileOfStored(raw: Uint8Array, number: number): ReturnType<typeof fileOf> {
  const head = Buffer.from(raw.buffer, raw.byteOffset, Math.min(raw.length, 4)).toString('latin1');
  if (head.startsWith('{')) return fileOfPostmark(raw, number);
  return head.startsWith('--') ? fileOfForm(raw, number) : fileOf(raw, number);
}
