import { fault } from '#libs/faults';
import type { FetchedMedia } from '../connection.js';
import type { MediaIo } from '../connector.js';
import { MailReader } from './apart.js';
import type { EmailSettings } from './manifest.js';

const reader = new MailReader();

/** Files come with their mail: they are taken out of what was stored. */
export async function fetchMedia(ref: string, io: MediaIo<EmailSettings>): Promise<FetchedMedia> {
  const found = await reader.file(await io.raw(), Number(ref)).catch((cause: unknown) => {
    throw fault('channel/rejected', { detail: 'The mail cannot be read.', cause });
  });
  if (!found) throw fault('channel/rejected', { detail: 'The mail has no such file.' });
  return found;
}
