import { readFileSync, renameSync, statSync } from 'node:fs';

/** Above this size the log of the last runs is set aside at the next start. */
const LOG_BYTES_MAX = 10 * 1024 * 1024;

/** Length of the log in bytes; 0 when there is none. */
export function logLength(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

/** What was written to the log after its first `from` bytes. */
export function readLogFrom(file: string, from: number): string {
  try {
    return readFileSync(file).subarray(from).toString();
  } catch {
    return '';
  }
}

/** Keeps one old log beside the new one, so that years of starts fill no disk. */
export function setLongLogAside(file: string): void {
  if (logLength(file) > LOG_BYTES_MAX) renameSync(file, `${file}.1`);
}
