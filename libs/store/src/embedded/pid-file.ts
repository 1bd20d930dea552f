import { readFileSync } from 'node:fs';

/** What PostgreSQL writes about itself into `postmaster.pid`. */
export interface PidFile {
  readonly pid: number;
  /** 0 until the server knows its port. */
  readonly port: number;
  readonly isReady: boolean;
}

/**
 * Parses `postmaster.pid`: line 1 process, 4 port, 8 status.
 *
 * @returns null when the first line is no process number
 * @see PostgreSQL 18, src/include/utils/pidfile.h (read 2026-11-21)
 */
export function parsePidFile(text: string): PidFile | null {
  const lines = text.split('\n');
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 0) return null;
  return { pid, port: Number(lines[3]) || 0, isReady: lines[7]?.trim() === 'ready' };
}

/** Reads `postmaster.pid`; null when there is none. */
export function readPidFile(file: string): PidFile | null {
  try {
    return parsePidFile(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}
