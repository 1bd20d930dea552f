import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import pg from 'pg';

/**
 * What a fault does; resolves when it is over, as far as the harness has to do with it.
 *
 * @typedef {object} Strike
 * @property {import('./world.mjs').World} world
 * @property {import('./prng.mjs').Random} random
 * @property {(from: number, to: number) => void} stoodStill   tells that a gateway could not keep time
 *
 * @typedef {object} Fault
 * @property {boolean} isKill             it is a kill -9
 * @property {boolean} [needsRedis]
 * @property {(strike: Strike) => Promise<boolean>} strike   false when there was nothing to be hit
 */

const killApp = (of) => ({
  isKill: true,
  strike: async ({ world, random }) => random.pick(of(world)).signal('SIGKILL'),
});

/** Stops a process for a while, as a long garbage collection or a frozen machine would. */
const freezeApp = (of, isGateway) => ({
  isKill: false,
  strike: async ({ world, random, stoodStill }) => {
    const app = random.pick(of(world));
    const ms = random.between(300, 4_000);
    const from = Date.now();
    if (!app.signal('SIGSTOP')) return false;
    await sleep(ms);
    app.signal('SIGCONT');
    if (isGateway) stoodStill(from, Date.now() + 500);
    return true;
  },
});

/**
 * The next life of a process ends at a named point, between two steps that a crash could tear apart; this life ends now,
 * so that the next one begins.
 */
const crashAt = (of, points) => ({
  isKill: true,
  strike: async ({ world, random }) => {
    const app = random.pick(of(world));
    world.crashPoints.set(app.name, `${random.pick(points)}:${1 + random.int(20)}`);
    return app.signal('SIGKILL');
  },
});

const network = (strike, needsRedis = false) => ({
  isKill: false,
  needsRedis,
  strike: async (around) => {
    await strike(needsRedis ? around.world.toRedis : around.world.toPostgres, around.random);
    return true;
  },
});

const gatewayPoints = ['inbox.before-insert', 'inbox.after-commit-before-ack'];
const workerPoints = [
  'mailbox.after-claim',
  'mailbox.after-turn-before-commit',
  'mailbox.after-commit-before-wake',
  'delivery.after-claim-before-call',
  'delivery.after-call-before-record',
  'delivery.inside-record',
  'delivery.after-record-before-wake',
  'receipt.before-record',
];
/** Crash points that a chaos run meets. */
export const metPoints = [...gatewayPoints, ...workerPoints];

/** Ends a process at one point and waits until it did, so that every point can be counted. */
const crashUntilHit = (point) => ({
  isKill: true,
  strike: async ({ world, random }) => {
    const apps = gatewayPoints.includes(point) ? world.gateways : world.workers;
    const app = random.pick(apps);
    const before = app.crashes.get(point) ?? 0;
    world.crashPoints.set(app.name, `${point}:${1 + random.int(5)}`);
    if (!app.signal('SIGKILL')) return false;
    for (const end = Date.now() + 20_000; Date.now() < end; await sleep(20)) {
      if ((app.crashes.get(point) ?? 0) > before) return true;
    }
    return false;
  },
});

/** Replaces a process as a deployment does: asked to end, and the next one only when it is up again. */
const replace = (of) => ({
  isKill: false,
  strike: async ({ world, random }) => {
    const app = random.pick(of(world));
    const lives = app.life.length;
    if (!app.signal('SIGTERM')) return false;
    for (const end = Date.now() + 30_000; Date.now() < end; await sleep(20)) {
      if (app.isReady && app.life.length >= lives + 3) return true;
    }
    return false;
  },
});

/** @type {Readonly<Record<string, Fault>>} */
export const faults = {
  ...Object.fromEntries(metPoints.map((point) => [`crash-at ${point}`, crashUntilHit(point)])),
  'replace-gateway': replace(({ gateways }) => gateways),
  'replace-worker': replace(({ workers }) => workers),
  'kill-gateway': killApp(({ gateways }) => gateways),
  'kill-worker': killApp(({ workers }) => workers),
  'kill-postgres': {
    isKill: true,
    strike: async ({ world, random }) => {
      world.postgres.kill();
      await sleep(random.between(0, 800));
      await world.postgres.start();
      return true;
    },
  },
  'kill-redis': {
    isKill: true,
    needsRedis: true,
    strike: async ({ world, random }) => {
      await world.redis.stop();
      await sleep(random.between(0, 1_500));
      await world.redis.start();
      return true;
    },
  },
  'kill-backend': {
    isKill: true,
    strike: ({ world, random }) => killBackend(world, random),
  },
  'crash-gateway': crashAt(({ gateways }) => gateways, gatewayPoints),
  'crash-worker': crashAt(({ workers }) => workers, workerPoints),
  'end-worker': {
    isKill: false,
    strike: async ({ world, random }) => random.pick(world.workers).signal('SIGTERM'),
  },
  'end-gateway': {
    isKill: false,
    strike: async ({ world, random }) => random.pick(world.gateways).signal('SIGTERM'),
  },
  'freeze-gateway': freezeApp(({ gateways }) => gateways, true),
  'freeze-worker': freezeApp(({ workers }) => workers, false),
  'stall-worker': {
    isKill: false,
    strike: async ({ world, random }) => {
      const app = random.pick(world.workers);
      if (!app.signal('SIGSTOP')) return false;
      await sleep(random.between(2_500, 3_500)); // longer than its leases last
      app.signal('SIGCONT');
      return true;
    },
  },
  'still-postgres': network((proxy, random) => proxy.hold(random.between(8_000, 9_000))),
  'freeze-postgres': {
    isKill: false,
    strike: async ({ world, random }) => {
      world.postgres.signal('SIGSTOP');
      await sleep(random.between(300, 2_000));
      world.postgres.signal('SIGCONT');
      return true;
    },
  },
  'freeze-redis': {
    isKill: false,
    needsRedis: true,
    strike: async ({ world, random }) => {
      world.redis.signal('SIGSTOP');
      await sleep(random.between(300, 3_000));
      world.redis.signal('SIGCONT');
      return true;
    },
  },
  'flush-redis': { isKill: false, needsRedis: true, strike: ({ world }) => flush(world.redis.port) },
  'cut-postgres': network(async (proxy) => proxy.cut()),
  'refuse-postgres': network((proxy, random) => proxy.refuse(random.between(200, 2_000))),
  'hold-postgres': network((proxy, random) => proxy.hold(random.between(300, 3_000))),
  'half-open-postgres': network(async (proxy) => proxy.halfOpen()),
  'slow-postgres': network((proxy, random) => proxy.slow(random.between(5, 50), random.between(500, 2_000))),
  'cut-at-commit': network(async (proxy, random) => proxy.cutAtCommit(1 + random.int(5))),
  'cut-redis': network(async (proxy) => proxy.cut(), true),
  'hold-redis': network((proxy, random) => proxy.hold(random.between(300, 3_000)), true),
  'half-open-redis': network(async (proxy) => proxy.halfOpen(), true),
  'full-disk': {
    isKill: false,
    strike: async ({ world, random }) => {
      const { disk } = world.postgres;
      if (!disk) return false;
      disk.fill();
      await sleep(random.between(500, 3_000));
      disk.free();
      // Without room for its log PostgreSQL ends, and somebody who has made room starts it again.
      await sleep(300);
      if (!(await world.postgres.isUp)) await world.postgres.start();
      return true;
    },
  },
  'wrong-clock': {
    isKill: true,
    strike: async ({ world, random }) => {
      const app = random.pick(world.apps);
      world.clockOffsets.set(app.name, random.pick([-600_000, 600_000]));
      if (!app.signal('SIGKILL')) return false;
      await sleep(random.between(2_000, 5_000));
      app.signal('SIGKILL'); // its next life has the right time
      return true;
    },
  },
  'provider-storm': {
    isKill: false,
    strike: async ({ world, random }) => {
      const names = world.channels.map(({ name }) => name).filter(() => random.chance(0.5));
      world.provider.storm(names, random.between(500, 3_000));
      return true;
    },
  },
};

async function flush(port) {
  const redis = new Redis(port, { lazyConnect: true, maxRetriesPerRequest: 0, retryStrategy: () => null });
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    await redis.flushall();
    return true;
  } catch {
    return false;
  } finally {
    redis.disconnect();
  }
}

/** kill -9 of one of the server's own processes: PostgreSQL then ends all the others and recovers. */
async function killBackend(world, random) {
  const client = new pg.Client({ connectionString: world.postgres.url, connectionTimeoutMillis: 2_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query(
      `select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() order by pid`,
    );
    if (rows.length === 0) return false;
    process.kill(random.pick(rows).pid, 'SIGKILL');
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}
