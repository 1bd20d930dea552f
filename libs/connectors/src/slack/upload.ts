import { fault, isFault, type Fault } from '#libs/faults';
import { z } from 'zod';
import type { Io } from '../connector.js';
import { short } from './blocks.js';
import { callSlack } from './call.js';
import { slackLimits as limits } from './limits.js';
import type { SlackSettings } from './manifest.js';
import type { SlackFile } from './plan.js';

/** Ours: Slack takes up to 1 GB, a worker's memory does not. */
const BYTES_MAX = 50 * 1_024 * 1_024;
const UPLOAD_MS = 60_000;

const Place = z.looseObject({
  upload_url: z.url({ protocol: /^https?$/ }),
  file_id: z.string().min(1).max(64),
});

/**
 * Lays a file down at Slack, where nobody sees it until it is shared; Slack throws away what never is.
 *
 * @throws Fault `channel/unreachable` for whatever stays unclear, because nothing was shared; others of `callSlack` and `readMedia`
 * @see https://docs.slack.dev/reference/methods/files.getUploadURLExternal (read 2026-11-21)
 */
export async function upload(file: SlackFile, io: Io<SlackSettings>): Promise<{ id: string; title: string }> {
  const { bytes, fileName } = await io.readMedia(file.url, BYTES_MAX);
  const filename = file.name ?? fileName ?? 'file';
  const alt = file.alt === undefined ? undefined : short(file.alt, limits.fileAlt.value);
  const answer = await nothingShared(
    callSlack('files.getUploadURLExternal', { filename, length: bytes.length, alt_txt: alt }, io),
  );
  const place = Place.safeParse(answer);
  if (!place.success)
    throw fault('channel/unreachable', { detail: 'Slack does not say where to lay the file.' });
  const { upload_url, file_id } = place.data;
  const headers = { 'content-type': 'application/octet-stream' };
  const { status } = await nothingShared(
    io.fetch(upload_url, { method: 'POST', headers, body: bytes, timeoutMs: UPLOAD_MS, signal: io.signal }),
  );
  if (status !== 200)
    throw fault('channel/unreachable', { detail: 'Slack did not take the file.', facts: { status } });
  return { id: file_id, title: filename };
}

/** An upload whose answer was lost is only made again. */
async function nothingShared<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (thrown) {
    throw isFault(thrown, 'channel/outcome-unknown') ? unreachable(thrown) : thrown;
  }
}

const unreachable = ({ detail, facts, provider, cause }: Fault): Fault =>
  fault('channel/unreachable', { detail, facts, provider, cause });
