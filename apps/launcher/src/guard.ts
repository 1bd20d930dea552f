/**
 * The guardian: a small process that outlives a launcher killed with -9 for just as long as it takes to leave nothing
 * behind. It waits for gateway and worker, which end themselves when their launcher is gone, kills what does not, and
 * then stops the database.
 *
 * It imports next to nothing: what it must do is told by the launcher, first as its argument, so that it knows it even
 * when the launcher dies before the first message, and then in messages. So it stays small in memory.
 */
import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { killGroup } from './kill-group.js';
import type { GuardOrders } from './guard-orders.js';

const APPS_END_WITHIN_MS = 25_000;
/** A launcher may die while the database is starting: the stop then has to wait for something to stop. */
const STOP_TRIES = 12;
const STOP_PAUSE_MS = 250;

let orders = JSON.parse(process.argv[2] ?? '') as GuardOrders;

process.on('message', (message: GuardOrders | 'done') => {
  if (message === 'done') process.exit(0);
  orders = message;
});
process.once('disconnect', () => void cleanUp());
// A service manager may signal everybody at once; the guardian's turn is when the launcher is gone.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
// The launcher may be gone already: then there is nobody to tell, and the duty has begun.
if (process.connected) process.send?.('ready', () => undefined);
else void cleanUp();

async function cleanUp(): Promise<void> {
  for (const until = Date.now() + APPS_END_WITHIN_MS; orders.pids.some(lives) && Date.now() < until;) {
    await sleep(50);
  }
  for (const pid of orders.pids) killGroup(pid);
  const { stopDatabase } = orders;
  const tries = stopDatabase === null ? 0 : stopDatabase.isStarting ? STOP_TRIES : 1;
  for (let attempt = 0; attempt < tries && !(await stop()); attempt++) await sleep(STOP_PAUSE_MS);
  process.exit(0);
}

/** @returns whether there was a database to stop */
function stop(): Promise<boolean> {
  if (orders.stopDatabase === null) return Promise.resolve(true);
  const { file, args, env, isStarting: _, ...place } = orders.stopDatabase;
  return new Promise((resolve) => {
    const child = spawn(file, args, { ...place, env: { ...env }, stdio: 'ignore', windowsHide: true });
    child.once('error', () => resolve(false));
    child.once('exit', (code) => resolve(code === 0));
  });
}

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
