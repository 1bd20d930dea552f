import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { fault } from '#libs/faults';
import type { Action } from '../commands.js';

const LOOK_MS = 500;

/** Has an archive made, waits for it, and writes it into a file. */
export const exportAll: Action<{ media?: boolean }> = async (desk, [file], { media }) => {
  const asked = await desk.parley.exports.create({ include_media: media === true });
  let made = asked;
  while (made.state !== 'ready') {
    if (made.state === 'failed' || made.state === 'expired') {
      throw fault('state/conflict', { detail: `The archive is ${made.state}.` });
    }
    await sleep(LOOK_MS);
    made = await desk.parley.exports.get(asked.id);
  }
  const target = file ?? `${asked.id}.tar.gz`;
  const archive = await desk.parley.exports.download(asked.id);
  await pipeline(
    Readable.fromWeb(archive.body as never),
    createWriteStream(target, { flags: 'wx', mode: 0o600 }),
  );
  desk.show({ ...made, file: target }, `${target}: ${made.size_bytes} bytes, sha256 ${made.sha256}`);
};
