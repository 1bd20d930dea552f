import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { accepts, freePort } from '#libs/store';

/** A Redis that belongs to one run of the tests. */
export interface TestRedis {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Starts a Redis of our own on a free port, or takes TEST_REDIS_URL.
 *
 * @param folder  its working folder; it writes nothing there
 * @returns null when this machine has no `redis-server`; in CI that is an error, because tests would be left out
 */
export async function startRedis(folder: string): Promise<TestRedis | null> {
  const own = process.env['TEST_REDIS_URL'];
  if (own !== undefined) return { url: own, stop: () => Promise.resolve() };
  const port = await freePort();
  const options = [
    '--bind',
    '127.0.0.1',
    '--save',
    '',
    '--appendonly',
    'no',
    '--maxmemory-policy',
    'noeviction',
  ];
  const redis = spawn('redis-server', ['--port', String(port), ...options], { cwd: folder, stdio: 'ignore' });
  const ended = once(redis, 'exit').then(
    () => 'ended' as const,
    () => 'missing' as const,
  );
  const outcome = await Promise.race([untilAccepting(redis, port), ended]);
  if (outcome === 'ready') return { url: `redis://127.0.0.1:${port}`, stop: () => end(redis) };
  if (process.env['CI'] === 'true') throw new Error(`redis-server is ${outcome}: in CI nothing is skipped.`);
  return null;
}

async function untilAccepting(redis: ChildProcess, port: number): Promise<'ready' | 'ended'> {
  for (let look = 0; look < 200; look++) {
    if (await accepts(port)) return 'ready';
    if (redis.exitCode !== null) return 'ended';
    await sleep(25);
  }
  return 'ended';
}

async function end(redis: ChildProcess): Promise<void> {
  const exited = once(redis, 'exit');
  redis.kill('SIGKILL');
  await exited;
}
