import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import path from 'node:path';
import { type Finding, sizeOf, warning, well, wrong } from './finding.js';

/** PostgreSQL stops when it cannot write: below this nothing is safe any more. */
const LEAST_BYTES = 500e6;
const SCARCE_BYTES = 2e9;
const SCARCE_SHARE = 0.05;

/** Looks at the data folder: whether it can be written, how much room is left, and whether others can read the key. */
export async function ofFolder(folder: string): Promise<Finding[]> {
  const place = nearest(folder);
  return [ofAccess(folder, place), await ofRoom(place), ...ofKey(path.join(folder, 'secret.key'))];
}

function ofAccess(folder: string, place: string): Finding {
  try {
    accessSync(place, constants.W_OK);
    return well('data folder', folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return wrong(
      'data folder',
      `${place} cannot be written (${code}).`,
      'Make it writable for this account, or set PARLEY_DATA_DIR to another one.',
    );
  }
}

/** How much room is left on the disk of a folder. */
export async function ofRoom(folder: string): Promise<Finding> {
  const { bavail, blocks, bsize } = await statfs(folder);
  return judgeRoom(bavail * bsize, blocks * bsize);
}

/** @param free  bytes that this account may use; @param total  bytes of the disk */
export function judgeRoom(free: number, total: number): Finding {
  const words = `${sizeOf(free)} of ${sizeOf(total)} are free.`;
  const action = 'Make room, or move the data folder (PARLEY_DATA_DIR) to a larger disk.';
  if (free < LEAST_BYTES) return wrong('disk', `${words} A database that cannot write stops.`, action);
  if (free < Math.min(SCARCE_BYTES, total * SCARCE_SHARE)) return warning('disk', words, action);
  return well('disk', words);
}

/** The key that seals the secrets of channels is for its owner alone. */
function ofKey(file: string): Finding[] {
  if (!existsSync(file)) return [];
  const isOpen = (statSync(file).mode & 0o077) !== 0;
  if (!isOpen) return [well('secret key', file)];
  return [
    wrong('secret key', `${file} can be read by other accounts of this machine.`, `Run: chmod 600 ${file}`),
  ];
}

/** The folder, or the nearest one above it that exists. */
function nearest(folder: string): string {
  return existsSync(folder) ? folder : nearest(path.dirname(folder));
}
