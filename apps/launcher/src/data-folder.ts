import { accessSync, chmodSync, constants, mkdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fault } from '#libs/faults';
import { isAlive, readLock, takeLock, type FileLock, type ProcessIdentity } from '#libs/store';

/** What a running launcher says about itself to the next one. */
export interface RunNote {
  /** Where its gateway is, or will be. */
  readonly address: string;
  /** The processes it has started and not yet stopped, by name: `guardian`, `gateway`, `worker`. */
  readonly processes: Readonly<Record<string, ProcessIdentity>>;
}

/** How long the processes of a killed launcher may take: 25 s for the apps, 30 s for the database, and some more. */
const REMAINS_TIMEOUT_MS = 60_000;

/**
 * Creates the data folder when missing and makes sure that files can be written there.
 *
 * @throws Fault `store/folder-unusable`
 */
export function openDataFolder(folder: string): void {
  try {
    const isNew = mkdirSync(folder, { recursive: true }) !== undefined;
    // Whatever the umask is: the account that PostgreSQL runs as under root must be able to enter.
    if (isNew) chmodSync(folder, 0o755);
    mkdirSync(path.join(folder, 'logs'), { recursive: true });
    accessSync(folder, constants.W_OK);
    accessSync(path.join(folder, 'logs'), constants.W_OK);
  } catch (cause) {
    const { code = String(cause) } = cause as NodeJS.ErrnoException;
    throw fault('store/folder-unusable', {
      detail: `The data folder ${folder} cannot be written (${code}): make it writable, or set PARLEY_DATA_DIR to another one.`,
      cause,
    });
  }
}

/**
 * Makes this process the only launcher on the data folder.
 *
 * After a launcher that was killed, this waits for the processes it left behind: they are ending themselves, and a new
 * gateway could neither listen nor a new database live beside them.
 *
 * @throws Fault `state/already-running` with the other launcher's process and address
 */
export async function lockDataFolder(
  folder: string,
  address: string,
  say: (line: string) => void,
): Promise<FileLock<RunNote>> {
  const file = path.join(folder, 'launcher.lock');
  const before = readLock<RunNote>(file);
  const taken = takeLock<RunNote>(file, { address, processes: before?.note.processes ?? {} });
  if ('holder' in taken) throw alreadyRunning(taken.holder.pid, taken.holder.note.address);
  await outlive(Object.values(before?.note.processes ?? {}), say);
  taken.lock.describe({ address, processes: {} });
  return taken.lock;
}

/** The launcher that runs on a data folder; null when none does. */
export function findLauncher(folder: string): { pid: number; address: string } | null {
  const holder = readLock<RunNote>(path.join(folder, 'launcher.lock'));
  return holder && isAlive(holder) ? { pid: holder.pid, address: holder.note.address } : null;
}

/** The sentence for whoever comes second. */
export function alreadyRunning(pid: number, address: string): Error {
  return fault('state/already-running', {
    detail: `Parley is already running on this data folder (process ${pid}, ${address}); stop it first or set PARLEY_DATA_DIR.`,
    facts: { pid },
  });
}

async function outlive(processes: readonly ProcessIdentity[], say: (line: string) => void): Promise<void> {
  const left = (): ProcessIdentity[] => processes.filter(isAlive);
  if (left().length === 0) return;
  say('The last run was killed; waiting for its processes to end.');
  for (const until = Date.now() + REMAINS_TIMEOUT_MS; left().length > 0 && Date.now() < until;)
    await sleep(100);
  for (const { pid } of left()) process.kill(pid, 'SIGKILL');
}
