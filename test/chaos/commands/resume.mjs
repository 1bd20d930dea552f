import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { Probe } from '../probe.mjs';
import { seeded } from '../prng.mjs';
import { World } from '../world.mjs';
import { keep, quantile, table } from './results.mjs';

const WITHIN_MS = 60_000;

/**
 * How long it takes until everything goes on. Each measures once and returns milliseconds.
 *
 * @type {Readonly<Record<string, { what: string, goalMs: number, backend: 'redis' | 'postgres', once: (world: World, probe: Probe) => Promise<number> }>>}
 */
const measures = {
  'worker-killed': {
    what: 'one of two workers is killed while it holds work: until all of it is answered',
    goalMs: 5_000,
    backend: 'redis',
    async once(world, probe) {
      const threads = await probe.say(20);
      const began = Date.now();
      world.workers[began % 2].signal('SIGKILL');
      return (await probe.answered(threads, WITHIN_MS)) - began;
    },
  },
  'postgres-back': {
    what: 'PostgreSQL was killed and accepts connections again: until somebody is answered',
    goalMs: 2_000,
    backend: 'redis',
    async once(world, probe) {
      world.postgres.kill();
      await sleep(1_000);
      await world.postgres.start();
      const back = Date.now();
      return (await probe.answered(await probe.say(1), WITHIN_MS)) - back;
    },
  },
  'redis-flushed': {
    what: 'FLUSHALL while work is under way: until all of it is answered',
    goalMs: 3_000,
    backend: 'redis',
    async once(world, probe) {
      const threads = await probe.say(20);
      const began = Date.now();
      const redis = new Redis(world.redis.port);
      await redis.flushall();
      redis.disconnect();
      return (await probe.answered(threads, WITHIN_MS)) - began;
    },
  },
  'listen-half-open': {
    what: 'the connections that listen for wake-ups are dead and nobody is told: until what is said then is answered',
    goalMs: 3_000,
    backend: 'postgres',
    async once(world, probe) {
      world.toPostgres.halfOpen({ onlyListening: true });
      const began = Date.now();
      return (await probe.answered(await probe.say(5), WITHIN_MS)) - began;
    },
  },
  'gateway-killed': {
    what: 'one of two gateways is killed: until all that is said at that moment is acknowledged',
    goalMs: 1_000,
    backend: 'redis',
    async once(world, probe) {
      const began = Date.now();
      world.gateways[began % 2].signal('SIGKILL');
      await probe.say(20);
      return Date.now() - began;
    },
  },
};

/** Measures each `--times` (30) times, or `--only` one, with the settings that are shipped. */
export async function resume(given) {
  const names = given.only ? [given.only] : Object.keys(measures);
  const rows = [['after', 'what is measured', 'times', 'p50 ms', 'p99 ms', 'max ms', 'goal ms']];
  let isFine = true;
  for (const name of names) {
    const times = await measure(measures[name], given);
    if (!times) continue;
    const { what, goalMs } = measures[name];
    const [p50, p99, max] = [0.5, 0.99, 1].map((share) => quantile(times, share));
    rows.push([name, what, times.length, p50, p99, max, goalMs]);
    keep(given.json, { resume: name, p50, p99, max, goalMs, times });
    isFine &&= p99 <= goalMs;
  }
  console.log(table(rows));
  return isFine;
}

/** @returns {Promise<number[] | null>} null when this machine has no redis-server */
async function measure({ backend, once }, { seed, times: wished = '30' }) {
  const settings = { PARLEY_LEASE: '3s', PARLEY_SWEEP_EVERY: '500ms' };
  const world = new World(seeded(seed), { settings });
  world.provider.isCalm = true;
  try {
    if (!(await world.start(backend))) return null;
    const probe = new Probe(world);
    await probe.answered(await probe.say(20), WITHIN_MS);
    const times = [];
    while (times.length < Number(wished)) {
      times.push(await once(world, probe));
      console.error(`${times.length}: ${times.at(-1)} ms`);
      await world.untilReady(60_000);
      await probe.answered(await probe.say(5), WITHIN_MS);
    }
    await probe.close();
    return times;
  } finally {
    await world.stop();
    world.remove();
  }
}
