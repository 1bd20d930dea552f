import { watch, type FSWatcher } from 'node:fs';

/** A compiler writes many files in a row; the last one counts. */
const QUIET_MS = 150;

/**
 * Calls back when compiled code has changed and no change has followed for a moment.
 *
 * @param folder  watched with everything inside
 */
export function watchDist(folder: string, onChange: () => void): FSWatcher {
  let timer: NodeJS.Timeout | undefined;
  return watch(folder, { recursive: true }, (_, file) => {
    if (!file?.endsWith('.js')) return;
    clearTimeout(timer);
    timer = setTimeout(onChange, QUIET_MS);
  });
}
