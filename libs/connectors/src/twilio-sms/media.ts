import { fault } from '#libs/faults';
import type { Content } from '#libs/model';
import type { FetchedMedia } from '../connection.js';
import type { MediaIo } from '../connector.js';
import { callTwilio, faultOfTwilio } from './call.js';
import type { TwilioSmsSettings } from './manifest.js';

/** Twilio takes in at most 5 MB a message, and passes on what the networks bring. */
const BYTES_MAX = 30 * 1_024 * 1_024;
const REF = /\/Messages\/([SM]M[0-9a-f]{32})\/Media\/(ME[0-9a-f]{32})$/i;

/** A file of a message as content; only the API's own address opens it, and only with the channel's credentials. */
export function mediaContent(url: string, mimeType: string | undefined): Content | null {
  const ref = REF.exec(url);
  if (!ref) return null;
  const type = /^(image|audio|video)\//.exec(mimeType ?? '')?.[1] ?? 'file';
  return {
    type: type as 'image' | 'audio' | 'video' | 'file',
    url: `media:${ref[1]}/${ref[2]}`,
    ...(mimeType !== undefined && { mime_type: mimeType.slice(0, 255) }),
  };
}

/**
 * Fetches a file from the API, which sends us on to where it lies; there it needs no credentials, and gets none.
 *
 * @see https://www.twilio.com/docs/messaging/api/media-resource#fetch-a-media-resource (read 2026-11-21)
 */
export async function fetchMedia(ref: string, io: MediaIo<TwilioSmsSettings>): Promise<FetchedMedia> {
  const [message, media] = ref.split('/');
  if (!REF.test(`/Messages/${message}/Media/${media}`)) {
    throw fault('channel/rejected', { detail: 'This is no file of a Twilio message.' });
  }
  const request = { maxBytes: BYTES_MAX, signal: io.signal };
  let file = await callTwilio(io, `Messages/${message}/Media/${media}`, request);
  const elsewhere = file.headers['location'];
  if ([301, 302, 303, 307, 308].includes(file.status) && elsewhere !== undefined) {
    file = await io.fetch(new URL(elsewhere, io.settings.base_url).href, request);
  }
  if (file.status !== 200) throw faultOfTwilio(file, io.now());
  const mimeType = file.headers['content-type'];
  return { bytes: file.body, ...(mimeType !== undefined && { mimeType }) };
}
