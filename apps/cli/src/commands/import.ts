import { openAsBlob } from 'node:fs';
import { fault } from '#libs/faults';
import type { Action } from '../commands.js';

/** An archive of a large installation takes minutes. */
const LONGEST_MS = 3_600_000;

/** Takes an archive into the workspace: all of it, or nothing. Read from the disk while it is sent. */
export const importAll: Action = async (desk, [file]) => {
  const archive = await openAsBlob(file!, { type: 'application/vnd.parley.archive' }).catch(
    (cause: unknown) => {
      const why = cause instanceof Error ? cause.message : '';
      throw fault('input/invalid', { detail: `${file!} cannot be read: ${why}`, cause });
    },
  );
  const taken = await desk.parley.imports.create(archive, { timeoutMs: LONGEST_MS, maxRetries: 0 });
  desk.show(taken, `${file!} is taken in.`);
};
