import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { identify, isAlive, type ProcessIdentity } from './process-identity.js';

/** What a lock file says about its holder; `T` is the holder's own words to whoever comes second. */
export interface LockHolder<T> extends ProcessIdentity {
  readonly note: T;
}

/** A lock that is held. */
export interface FileLock<T> {
  /** Replaces the holder's words; readers see the old or the new ones, never a mixture. */
  describe(note: T): void;
  /** Gives the lock back; twice does no harm. */
  release(): void;
}

/**
 * Takes a lock that exactly one living process holds at a time.
 *
 * The file appears with its content in one step, so a reader never meets it half written. A holder that was killed,
 * even when its number belongs to another process by now, no longer holds it.
 *
 * @param file  where; its folder must exist, on a file system with hard links
 * @returns the lock, or the living holder
 */
export function takeLock<T>(file: string, note: T): { lock: FileLock<T> } | { holder: LockHolder<T> } {
  const me = identify(process.pid) ?? { pid: process.pid, startedAt: '' };
  for (;;) {
    if (appears(file, { ...me, note })) return { lock: heldLock(file, me) };
    const holder = readLock<T>(file);
    if (holder && isAlive(holder)) return { holder };
    clearStale(file);
  }
}

/** Reads who holds, or held, a lock; null when there is no such file or it is not readable. */
export function readLock<T>(file: string): LockHolder<T> | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as LockHolder<T>;
  } catch {
    return null;
  }
}

function heldLock<T>(file: string, me: ProcessIdentity): FileLock<T> {
  return {
    describe: (note) => replace(file, { ...me, note }),
    release: () => {
      if (readLock(file)?.pid === me.pid) rmSync(file, { force: true });
    },
  };
}

function appears(file: string, content: object): boolean {
  const draft = writeDraft(file, content);
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Moves a dead holder's file away; one that a faster process has put there in the meantime is put back. */
function clearStale(file: string): void {
  const aside = `${file}.stale.${process.pid}`;
  try {
    renameSync(file, aside);
    const moved = readLock(aside);
    if (moved && isAlive(moved)) linkSync(aside, file);
  } catch (error) {
    if (!['ENOENT', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

function replace(file: string, content: object): void {
  renameSync(writeDraft(file, content), file);
}

function writeDraft(file: string, content: object): string {
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, JSON.stringify(content));
  return draft;
}
