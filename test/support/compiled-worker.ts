import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { Booted } from './boot.js';

const script = path.resolve(import.meta.dirname, '../../dist/apps/worker/src/main.js');

/**
 * Starts a worker as a process of its own, beside the gateway of a test that has none.
 *
 * @param dataFolder  where it keeps files, such as the profile of a linked browser
 */
export async function startCompiledWorker(
  booted: Booted,
  dataFolder: string,
): Promise<{ stop(): Promise<void> }> {
  const child = fork(script, {
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...booted.env, PARLEY_DATA_DIR: dataFolder },
    // Not those of the test runner, which would make it look for sources.
    execArgv: [],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const ended = once(child, 'exit');
  await Promise.race([
    once(child, 'message'),
    ended.then(([code]) => Promise.reject(new Error(`The worker ended with ${String(code)}.`))),
  ]);
  return {
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
