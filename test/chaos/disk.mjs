import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, statfsSync } from 'node:fs';
import path from 'node:path';

const SIZE = '900m';

/**
 * A disk that can be filled.
 *
 * @typedef {object} SmallDisk
 * @property {() => void} fill    leaves room for nothing
 * @property {() => void} free    as before
 * @property {() => void} remove  with everything on it
 */

/**
 * Mounts a disk in memory, which only root may do.
 *
 * @param {string} folder  where; made if it is not there
 * @param {(mount: string | null) => void} onMount  told what must be unmounted, for the case that this process dies
 * @returns {SmallDisk | null} null when it may not be done here
 */
export function makeSmallDisk(folder, onMount) {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return null;
  mkdirSync(folder, { recursive: true });
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE},mode=755`, 'chaos', folder]);
  if (status !== 0) return null;
  onMount(folder);
  const ballast = path.join(folder, 'ballast');
  return {
    fill() {
      const { bavail, bsize } = statfsSync(folder);
      spawnSync('fallocate', ['-l', String(bavail * bsize), ballast]);
    },
    free: () => rmSync(ballast, { force: true }),
    remove() {
      spawnSync('umount', ['--lazy', folder]);
      onMount(null);
    },
  };
}
