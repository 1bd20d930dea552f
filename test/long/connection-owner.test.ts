import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { Channels, type LoadedChannel } from '#libs/store';
import { queuesHere } from '../support/boot.js';
import { addHeldConnector } from '../support/held-connector.js';
import { startPipeline, type Pipeline } from '../support/pipeline.js';
import { until } from '../support/until.js';

addHeldConnector();
const script = path.resolve(import.meta.dirname, '../support/fixtures/held-worker.mjs');
/** A connection is leased for three times as long as other work. */
const LEASE_MS = 3 * 2_000;
// The promise is 2 s; a machine that does other things beside gets some more.
const TAKEN_WITHIN_MS = LEASE_MS + 5_000;

interface Line {
  pid: number;
  at: number;
  what: string;
}

describe.each(queuesHere())('the owner of a connection, with the queue on %s', (queue) => {
  let folder: string;
  let log: string;
  let pipeline: Pipeline;
  let channel: LoadedChannel;
  const workers: ChildProcess[] = [];
  const secretKey = randomBytes(32).toString('base64');
  const settings = { PARLEY_SECRET_KEY: secretKey, PARLEY_LEASE: '2s', PARLEY_SWEEP_EVERY: '200ms' };

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'parley-held-'));
    log = path.join(folder, 'log');
    pipeline = await startPipeline({ queue, workers: 0, env: { ...settings, PARLEY_DATA_DIR: folder } });
    channel = await pipeline.addChannel({ connector: 'held', bot: null });
  });
  afterEach(async () => {
    for (const worker of workers.splice(0)) {
      worker.kill('SIGKILL');
      if (worker.exitCode === null && worker.signalCode === null) await once(worker, 'exit');
    }
  });
  afterAll(async () => {
    await pipeline.close();
    rmSync(folder, { recursive: true });
  });

  function addWorker(): ChildProcess {
    const redisUrl = queue === 'redis' ? inject('redisUrl') : undefined;
    const worker = spawn(process.execPath, [script], {
      env: {
        PATH: process.env['PATH'],
        ...settings,
        PARLEY_DATA_DIR: folder,
        DATABASE_URL: pipeline.databaseUrl,
        HELD_LOG: log,
        ...(redisUrl !== undefined && { REDIS_URL: redisUrl }),
      },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    workers.push(worker);
    return worker;
  }
  const lines = (): Line[] => {
    try {
      const text = readFileSync(log, 'utf8').trim();
      return text.split('\n').map((line) => {
        const [pid, at, what] = line.split(' ');
        return { pid: Number(pid), at: Number(at), what: what! };
      });
    } catch {
      return [];
    }
  };
  /** The process whose connection lived within the last 200 ms. */
  const ownerBut = (others: readonly (number | undefined)[]): number | undefined =>
    lines().findLast(
      ({ pid, at, what }) =>
        what === 'beat' &&
        at > Date.now() - 200 &&
        !others.includes(pid) &&
        workers.some((worker) => worker.pid === pid),
    )?.pid;
  const livesOf = (pid: number | undefined): { first: number; last: number } => {
    const own = lines().filter((line) => line.pid === pid);
    return { first: own[0]?.at ?? NaN, last: own.at(-1)?.at ?? NaN };
  };
  const workerOf = (pid: number): ChildProcess => workers.find((worker) => worker.pid === pid)!;

  it('that is killed is followed by another within the lease and 2 s, and never sooner than it died', async () => {
    addWorker();
    addWorker();
    const first = await until('one holds it', () => ownerBut([]));
    workerOf(first).kill('SIGKILL');
    const killedAt = Date.now();
    const second = await until('the other holds it', () => ownerBut([first]), 25_000);
    const { first: takenAt } = livesOf(second);
    expect(takenAt - killedAt).toBeLessThan(TAKEN_WITHIN_MS);
    expect(takenAt).toBeGreaterThan(livesOf(first).last);
  });

  it('that ends in order hands over at once', async () => {
    addWorker();
    addWorker();
    const first = await until('one holds it', () => ownerBut([]), 15_000);
    workerOf(first).kill('SIGTERM');
    const second = await until('the other holds it', () => ownerBut([first]), 25_000);
    const { last } = livesOf(first);
    const { first: takenAt } = livesOf(second);
    expect(takenAt).toBeGreaterThanOrEqual(last);
    // Whoever had to wait for the lease would take as long as it.
    expect(takenAt - last).toBeLessThan(LEASE_MS / 2);
  });

  it('that stood still longer than its lease lets go as soon as it wakes', async () => {
    addWorker();
    addWorker();
    const first = await until('one holds it', () => ownerBut([]), 15_000);
    workerOf(first).kill('SIGSTOP');
    const second = await until('the other holds it', () => ownerBut([first]), 25_000);
    const wokenAt = Date.now();
    workerOf(first).kill('SIGCONT');
    await until('the first lets go', () =>
      lines().find(({ pid, what, at }) => pid === first && what === 'close' && at >= wokenAt),
    );
    await until('the second still holds it', () => ownerBut([]) === second);
    // A process stopped within a transaction holds its rows until the database ends it, after 15 s.
  }, 90_000);

  it('is nobody while the channel is paused', async () => {
    addWorker();
    await until('one holds it', () => ownerBut([]), 15_000);
    const channels = pipeline.get(Channels);
    await channels.pause(channel.workspaceId, channel.channelId, 'system');
    await until('nobody holds it', () => ownerBut([]) === undefined);
    await channels.resume(channel.workspaceId, channel.channelId, 'system');
    await until('one holds it again', () => ownerBut([]), 15_000);
  });
});
