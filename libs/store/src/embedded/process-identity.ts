import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** One run of one process: its number, and when it began, because numbers are given out again. */
export interface ProcessIdentity {
  readonly pid: number;
  /** The system's own words for the start time; empty where it does not tell (Windows). */
  readonly startedAt: string;
}

/**
 * Names a process that lives now.
 *
 * @returns null when there is none, or only the remains of one that nobody has waited for (a zombie)
 */
export function identify(pid: number): ProcessIdentity | null {
  if (!Number.isInteger(pid) || pid <= 0 || !exists(pid)) return null;
  if (process.platform === 'win32') return { pid, startedAt: '' };
  const seen = process.platform === 'linux' ? readProc(pid) : askPs(pid);
  if (!seen || seen.state === 'Z') return null;
  return { pid, startedAt: seen.startedAt };
}

/** Says whether exactly this process still lives: not another one that got its number. */
export function isAlive(known: ProcessIdentity): boolean {
  const now = identify(known.pid);
  return now !== null && now.startedAt === known.startedAt;
}

/** The program of a living process, for example `postgres`; null when there is none or the system does not tell. */
export function programOf(pid: number): string | null {
  if (process.platform === 'win32' || identify(pid) === null) return null;
  return (process.platform === 'linux' ? readProc(pid) : askPs(pid))?.program ?? null;
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process may not be signalled, but it is there.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

interface Seen {
  readonly state: string;
  readonly program: string;
  readonly startedAt: string;
}

/** `/proc/<pid>/stat`: pid, (program), state, …, field 22 = start in clock ticks since boot (proc(5), 2026-11). */
function readProc(pid: number): Seen | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The program may itself hold spaces and parentheses: the last one closes it.
    const close = stat.lastIndexOf(')');
    const rest = stat.slice(close + 2).split(' ');
    return {
      program: stat.slice(stat.indexOf('(') + 1, close),
      state: rest[0] ?? '',
      startedAt: `${bootId()}/${rest[19] ?? ''}`,
    };
  } catch {
    return null;
  }
}

let boot: string | undefined;

/** Ticks since boot repeat after a boot: the boot's own id tells the two apart. */
function bootId(): string {
  try {
    boot ??= readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    boot = '';
  }
  return boot;
}

function askPs(pid: number): Seen | null {
  try {
    const line = execFileSync('ps', ['-o', 'stat=,lstart=,comm=', '-p', String(pid)], {
      encoding: 'utf8',
      env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' },
    }).trim();
    const words = line.split(/\s+/);
    return {
      state: line.slice(0, 1),
      startedAt: words.slice(1, 6).join(' '),
      program: words.slice(6).join(' ').split('/').at(-1) ?? '',
    };
  } catch {
    return null;
  }
}
