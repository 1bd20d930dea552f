import { readFile, readlink, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';

/**
 * Ends the browser that an earlier child left on this profile when it was killed: with two on one profile, or a lock that points
 * nowhere, the next one does not start. Chromium names its owner in a symbolic link `SingletonLock` → `<host>-<pid>`.
 *
 * @param profile  the browser's user data folder
 * @returns the process that was ended, if one was
 */
export async function endOrphan(profile: string): Promise<number | null> {
  const lock = path.join(profile, 'SingletonLock');
  const target = await readlink(lock).catch(() => null);
  if (target === null) return null;
  const [, host, digits] = /^(.*)-(\d+)$/.exec(target) ?? [];
  const pid = Number(digits);
  const isOurs = host === hostname() && (await usesProfile(pid, profile));
  if (isOurs) {
    process.kill(pid, 'SIGKILL');
    await untilGone(pid);
  }
  // Of this machine and not a browser on this profile any more, or of a machine that the volume has left.
  for (const name of ['SingletonLock', 'SingletonSocket', 'SingletonCookie']) {
    await rm(path.join(profile, name), { force: true });
  }
  return isOurs ? pid : null;
}

/** Whether that process is a browser which was started on this profile: numbers of processes are used again. */
async function usesProfile(pid: number, profile: string): Promise<boolean> {
  const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return line.split('\0').includes(`--user-data-dir=${profile}`);
}

async function untilGone(pid: number): Promise<void> {
  for (let look = 0; look < 100; look++) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
