import { fault } from '#libs/faults';
import { z } from 'zod';
import type { FetchedMedia } from '../connection.js';
import type { EgressResponse, MediaIo } from '../connector.js';
import { callSlack, faultOfAnswer } from './call.js';
import type { SlackSettings } from './manifest.js';
import { WireFile } from './wire.js';

/** Ours: Slack keeps files up to 1 GB. */
const BYTES_MAX = 100 * 1_024 * 1_024;
const FETCH_MS = 60_000;

/**
 * Asks where the file is, and fetches it with the bot token.
 *
 * @see https://docs.slack.dev/reference/objects/file-object
 */
export async function fetchMedia(ref: string, io: MediaIo<SlackSettings>): Promise<FetchedMedia> {
  const answer = await callSlack('files.info', { file: decodeURIComponent(ref) }, io);
  const found = z.looseObject({ file: WireFile }).safeParse(answer);
  const file = found.data?.file;
  const url = file?.url_private_download ?? file?.url_private;
  if (!file || !url) throw fault('channel/rejected', { detail: 'Slack does not have this file any more.' });
  if (!mayHaveToken(url, io.settings.api_url))
    throw fault('channel/rejected', { detail: "The file lies at an address that is not Slack's." });
  const headers = { authorization: `Bearer ${io.settings.bot_token ?? ''}` };
  const response = await io.fetch(url, {
    headers,
    maxBytes: BYTES_MAX,
    timeoutMs: FETCH_MS,
    signal: io.signal,
  });
  refuseLogin(response, file);
  if (response.status !== 200) throw faultOfAnswer(response, null, io.now());
  return {
    bytes: response.body,
    ...(file.mimetype && { mimeType: file.mimetype }),
    ...(file.name && { fileName: file.name }),
  };
}

/** The token goes to Slack's own hosts only, and to the host that the channel's settings name. */
function mayHaveToken(url: string, apiUrl: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname, origin } = new URL(url);
  return origin === new URL(apiUrl).origin || (protocol === 'https:' && /(^|\.)slack\.com$/.test(hostname));
}

/** Whoever may not read files is sent to a page where people sign in. */
function refuseLogin({ status, headers }: EgressResponse, { mimetype = '' }: WireFile): void {
  const isPage = (headers['content-type'] ?? '').startsWith('text/html') && !mimetype.startsWith('text/');
  if (status === 302 || (status === 200 && isPage))
    throw fault('channel/credentials', { detail: 'The bot token may not read files: it lacks files:read.' });
}
