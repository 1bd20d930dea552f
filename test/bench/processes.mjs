import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Processes of a run: started, asked for their memory and time, ended by their id. */

/**
 * Forks a script and waits until it says that it is ready.
 *
 * @param options.logFile  both outputs go there
 * @returns the child and the first message it sent
 */
export async function forkReady(script, { args = [], env = {}, execArgv = [], logFile }) {
  const log = openSync(logFile, 'a');
  const child = fork(script, args, {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
    execArgv: ['--enable-source-maps', ...execArgv],
    stdio: ['ignore', log, log, 'ipc'],
  });
  const said = await Promise.race([
    once(child, 'message').then(([message]) => message),
    once(child, 'exit').then(() => null),
  ]);
  if (said === null)
    throw new Error(
      `${path.basename(script)} did not start:\n${readFileSync(logFile, 'utf8').slice(-2_000)}`,
    );
  return { child, said };
}

/** Starts a program that needs no node. */
export function spawnQuiet(program, args, cwd) {
  return spawn(program, args, { cwd, stdio: 'ignore' });
}

/** Ends a child: politely, and after ten seconds for good. */
export async function end(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await exited;
  clearTimeout(timer);
}

/** Resident memory in megabytes; NaN where the system has no /proc. */
export function memoryMb(pid) {
  const text = read(`/proc/${pid}/status`);
  return Number(/VmRSS:\s+(\d+) kB/.exec(text)?.[1] ?? Number.NaN) / 1_024;
}

/** Processor time that processes have used so far, in milliseconds; NaN where the system has no /proc. */
export function cpuMs(pids) {
  return pids.reduce((sum, pid) => sum + cpuOf(pid), 0);
}

/** A process and everything it has started that still lives. */
export function withChildren(pid) {
  const children = read(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean).map(Number);
  return [pid, ...children.flatMap(withChildren)];
}

/** One tick is 10 ms on every Linux that Node runs on. */
const MS_PER_TICK = 10;

function cpuOf(pid) {
  const fields = read(`/proc/${pid}/stat`).split(') ').at(-1).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK;
}

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
