import { fault } from '#libs/faults';
import { z } from 'zod';
import type { Destination, Io, Part, Receipt } from '../connector.js';
import { section, type Block } from './blocks.js';
import { callSlack } from './call.js';
import type { SlackSettings } from './manifest.js';
import { messageIdOf, placeOf } from './place.js';
import type { SlackMessage } from './plan.js';
import { referenceOf } from './reference.js';
import { upload } from './upload.js';

const Posted = z.looseObject({ channel: z.string().min(1), ts: z.string().min(1) });

/**
 * One `chat.postMessage`, which carries the key in the metadata of the message.
 *
 * A stored file is first laid down at Slack, where nobody sees it, and then shared by one `files.completeUploadExternal`.
 *
 * @throws the faults of `callSlack`; `channel/outcome-unknown` also for a yes without a message
 */
export async function deliver(
  part: Part,
  to: Destination,
  key: string,
  io: Io<SlackSettings>,
): Promise<Receipt> {
  const message = part.body as unknown as SlackMessage;
  return message.file ? share(message, message.file, to, key, io) : post(message, to, key, io);
}

async function post(
  { text, blocks }: SlackMessage,
  to: Destination,
  key: string,
  io: Io<SlackSettings>,
): Promise<Receipt> {
  const { channel, threadTs } = placeOf(to.thread);
  const answer = await callSlack(
    'chat.postMessage',
    { channel, thread_ts: threadTs, text, blocks, metadata: referenceOf(key).metadata },
    io,
  );
  const posted = Posted.safeParse(answer);
  if (!posted.success)
    throw fault('channel/outcome-unknown', { detail: 'Slack said yes, and not which message it made.' });
  return { providerRef: messageIdOf(posted.data.channel, posted.data.ts) };
}

async function share(
  { blocks }: SlackMessage,
  file: NonNullable<SlackMessage['file']>,
  to: Destination,
  key: string,
  io: Io<SlackSettings>,
): Promise<Receipt> {
  const { channel, threadTs } = placeOf(to.thread);
  const { id, title } = await upload(file, io);
  await callSlack(
    'files.completeUploadExternal',
    {
      files: [{ id, title }],
      channel_id: channel,
      thread_ts: threadTs,
      // Uploads have no metadata, but the names of blocks stay with the message.
      blocks: withName(blocks, referenceOf(key).blockId),
    },
    io,
  );
  return { providerRef: id };
}

function withName([first, ...others]: readonly Block[], blockId: string): Block[] {
  return [{ ...(first ?? section('…')), block_id: blockId }, ...others];
}
