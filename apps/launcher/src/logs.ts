import { copyFileSync, statSync, truncateSync } from 'node:fs';

/** A log above this size is copied aside and begun anew. */
const LOG_BYTES_MAX = 20 * 1024 * 1024;

/**
 * Keeps logs from filling the disk: each keeps one older file beside it, `<name>.1`.
 *
 * The programs append to an open file, so it is emptied in place; a line written between copy and cut is lost. Never
 * throws: a full disk is when this matters most, and then the old lines go.
 */
export function capLogs(files: readonly string[], bytesMax = LOG_BYTES_MAX): void {
  for (const file of files) {
    if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) <= bytesMax) continue;
    tryTo(() => copyFileSync(file, `${file}.1`));
    tryTo(() => truncateSync(file));
  }
}

function tryTo(work: () => void): void {
  try {
    work();
  } catch {
    // The next look tries again.
  }
}
