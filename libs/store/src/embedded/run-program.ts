import { spawn } from 'node:child_process';

/** The account a program runs as; empty means: as this process. */
export interface Account {
  readonly uid?: number;
  readonly gid?: number;
}

/** A program with everything needed to run it; plain values, so it can be handed to another process. */
export interface Program extends Account {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
}

/** How a program ended. */
export interface ProgramEnd {
  /** Exit code; null when a signal ended it or it never began. */
  readonly code: number | null;
  /** What it wrote to both outputs, and the reason when it never began. */
  readonly output: string;
}

/** PostgreSQL's programs get no more of our environment than they need: no locale, no PG* variable, no secret. */
export const programEnvironment: Readonly<Record<string, string>> =
  process.platform === 'win32'
    ? { SystemRoot: 'C:\\Windows', PATH: 'C:\\Windows\\System32', TZ: 'UTC' }
    : { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };

/**
 * Runs a program to its end, in a process group of its own, so that a terminal's Ctrl-C does not cut it short.
 *
 * @returns how it ended; never rejects
 */
export function runProgram(program: Program): Promise<ProgramEnd> {
  return new Promise((resolve) => {
    const { file, args, ...place } = program;
    let output = '';
    const child = spawn(file, args, {
      ...place,
      env: programEnvironment,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: process.platform !== 'win32',
      windowsHide: true,
    });
    child.stdout.on('data', (bytes: Buffer) => (output += bytes.toString()));
    child.stderr.on('data', (bytes: Buffer) => (output += bytes.toString()));
    child.once('error', (error) => resolve({ code: null, output: output + error.message }));
    child.once('close', (code) => resolve({ code, output }));
  });
}
