import { createHash } from 'node:crypto';
import { fault } from '#libs/faults';
import { z } from 'zod';
import type { FetchedMedia } from '../connection.js';
import type { MediaIo } from '../connector.js';
import { callGraph, faultOfGraph, jsonOf } from './graph.js';
import type { WhatsAppCloudSettings } from './manifest.js';

/** Meta's largest file is a document of 100 MB. */
const BYTES_MAX = 100 * 1_024 * 1_024;

const MediaAnswer = z.looseObject({
  url: z.url({ protocol: /^https?$/ }),
  mime_type: z.string().max(255).optional(),
  sha256: z.string().optional(),
});

/**
 * Asks for the file's address, which holds for minutes, and fetches it with the token.
 *
 * @see https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/media (2026-06-16)
 */
export async function fetchMedia(ref: string, io: MediaIo<WhatsAppCloudSettings>): Promise<FetchedMedia> {
  const answer = await callGraph(
    io,
    `${encodeURIComponent(decodeURIComponent(ref))}?phone_number_id=${io.settings.phone_number_id}`,
  );
  if (answer.status !== 200) throw faultOfGraph(answer, io.now());
  const parsed = MediaAnswer.safeParse(jsonOf(answer));
  if (!parsed.success) throw fault('channel/rejected', { detail: 'Meta does not say where the file is.' });
  const { url, mime_type, sha256 } = parsed.data;
  if (!mayHaveToken(url, io.settings.base_url)) {
    throw fault('channel/rejected', {
      detail: `The file lies on ${new URL(url).host}, which is not Meta's.`,
    });
  }
  const headers = { authorization: `Bearer ${io.settings.access_token}` };
  const file = await io.fetch(url, { headers, maxBytes: BYTES_MAX, signal: io.signal });
  if (file.status !== 200) throw faultOfGraph(file, io.now());
  if (sha256 !== undefined && !isHash(file.body, sha256)) {
    throw fault('channel/unreachable', { detail: 'The file arrived altered.' });
  }
  return { bytes: file.body, ...(mime_type !== undefined && { mimeType: mime_type }) };
}

/** The token goes to Meta's own hosts only, and to the host that the channel's settings name. */
function mayHaveToken(url: string, baseUrl: string): boolean {
  const { hostname, protocol, host } = new URL(url);
  if (host === new URL(baseUrl).host) return true;
  return protocol === 'https:' && /(^|\.)(fbsbx\.com|facebook\.com|whatsapp\.net|fbcdn\.net)$/.test(hostname);
}

/** Meta writes the hash in hex in one place and in base64 in another. */
function isHash(bytes: Uint8Array, said: string): boolean {
  const hash = createHash('sha256').update(bytes).digest();
  return said === hash.toString('hex') || said === hash.toString('base64');
}
