import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { cpuMs, memoryMb, withChildren } from './processes.mjs';
import { medians } from './numbers.mjs';

// Each scenario measures Parley and its floor in turns, in the same minute, and returns rows of the table:
// `{ what, unit, ours, floor, beside }`, where `beside` says what the floor is. Without a floor there is no ratio.

const IN_FLIGHT = 64;
/** Conversations that messages go round in, unless each has its own. */
const THREADS = 1_000;

/** What runs how long. */
export const lengths = {
  full: { rounds: 3, seconds: 3, warmUpSeconds: 2, rateSeconds: 6, slowMs: 30_000 },
  quick: { rounds: 1, seconds: 0.5, warmUpSeconds: 0.3, rateSeconds: 0.5, slowMs: 1_000 },
};

const base = (tenant, length) => ({
  secret: tenant.secret,
  seconds: length.seconds,
  threads: THREADS,
  inFlight: IN_FLIGHT,
});

/** Every contestant once in every round, so that whatever else the machine does meets all of them. */
async function inTurns(rounds, contestants) {
  const results = contestants.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (const [at, run] of contestants.entries()) results[at].push(flat(await run()));
  }
  return results.map((all) => medians(all));
}

const flat = ({ ack, end, ...rest }) => ({
  ...rest,
  ackP50: ack.p50,
  ackP99: ack.p99,
  endP50: end.p50,
  endP99: end.p99,
});

/** Runs work with servers that are stopped afterwards, whatever happens. */
async function using(servers, work) {
  try {
    return await work(...servers);
  } finally {
    for (const server of servers) await server.stop();
  }
}

/** How fast and how soon the gateway says thank you, nobody working behind it. */
async function ack({ house, backend, length, profile }) {
  const tenant = await house.tenant();
  const gateway = await house.startGateway(tenant, { env: backend.env, ...profile });
  const floor = await house.startFloor(tenant);
  return using([gateway, floor], async () => {
    const orders = [`${floor.url}/bare`, `${floor.url}/stored`, gateway.url].map((url) => ({
      ...base(tenant, length),
      url,
      waitFor: 'ack',
    }));
    await warmUp(house, tenant, orders, length);
    const runs = orders.map((order, at) => () => house.drive({ ...order, run: `a${at}` }));
    const [bare, stored, ours] = await inTurns(length.rounds, runs);
    const slowly = orders.map(({ inFlight: _, ...order }, at) => {
      return () => house.drive({ ...order, rate: 100, seconds: length.rateSeconds, run: `b${at}` });
    });
    const [bareAt, storedAt, oursAt] = await inTurns(1, slowly);
    const beside = 'bare Fastify';
    const stores = 'Fastify, signature, one group commit';
    const what = `acknowledged, ${IN_FLIGHT} in flight`;
    return [
      { what, unit: 'requests/s', ours: ours.perSecond, floor: bare.perSecond, beside },
      { what, unit: 'requests/s', ours: ours.perSecond, floor: stored.perSecond, beside: stores },
      { what: `${what}: p50`, unit: 'ms', ours: ours.ackP50, floor: stored.ackP50, beside: stores },
      { what: `${what}: p99`, unit: 'ms', ours: ours.ackP99, floor: stored.ackP99, beside: stores },
      {
        what: 'acknowledged at 100/s: p50',
        unit: 'ms',
        ours: oursAt.ackP50,
        floor: storedAt.ackP50,
        beside: stores,
      },
      {
        what: 'acknowledged at 100/s: p99',
        unit: 'ms',
        ours: oursAt.ackP99,
        floor: storedAt.ackP99,
        beside: stores,
      },
      { what: 'acknowledged at 100/s: p99', unit: 'ms', ours: oursAt.ackP99, floor: bareAt.ackP99, beside },
    ];
  });
}

/** Messages all the way: acknowledged, answered, taken by the provider, recorded; and what they cost. */
async function durable({ house, backend, length, profile }) {
  const tenant = await house.tenant();
  const gateway = await house.startGateway(tenant, { env: backend.env, ...profile });
  const worker = await house.startWorker(tenant, { env: backend.env, ...profile });
  const floor = await house.startFloor(tenant);
  return using([gateway, worker, floor], async () => {
    const beside = 'minimal durable pipeline';
    const orders = [`${floor.url}/pipeline`, gateway.url].map((url) => ({
      ...base(tenant, length),
      url,
      waitFor: 'reply',
    }));
    await sleep(length.warmUpSeconds * 1_000);
    const idle = { gateway: memoryMb(gateway.pid), worker: memoryMb(worker.pid) };
    await warmUp(house, tenant, orders, length);
    const pids = {
      gateway: [gateway.pid],
      worker: [worker.pid],
      floor: [floor.pid],
      postgres: () => withChildren(house.postgresPid),
      redis: backend.pid ? [backend.pid] : [],
    };
    const runs = orders.map(
      (order, at) => () => costed(pids, () => house.drive({ ...order, run: `d${at}` })),
    );
    const [least, ours] = await inTurns(length.rounds, runs);
    const fresh = orders.map((order, at) => () => house.drive({ ...order, threads: 0, run: `n${at}` }));
    const [leastFresh, oursFresh] = await inTurns(1, fresh);
    const loaded = { gateway: memoryMb(gateway.pid), worker: memoryMb(worker.pid) };
    const rates = [];
    for (const rate of [50, 100]) {
      const timed = orders.map(({ inFlight: _, ...order }, at) => {
        return () => house.drive({ ...order, rate, seconds: length.rateSeconds, run: `r${rate}${at}` });
      });
      const [leastAt, oursAt] = await inTurns(1, timed);
      for (const [p, name] of [
        ['endP50', 'p50'],
        ['endP99', 'p99'],
      ])
        rates.push({
          what: `end to end at ${rate}/s: ${name}`,
          unit: 'ms',
          ours: oursAt[p],
          floor: leastAt[p],
          beside,
        });
      rates.push({
        what: `acknowledged at ${rate}/s, worker at work: p99`,
        unit: 'ms',
        ours: oursAt.ackP99,
        floor: leastAt.ackP99,
        beside,
      });
    }
    await allRecorded(tenant);
    const what = `end to end, ${IN_FLIGHT} in flight`;
    const cost = (name, floor) => ({
      what: `processor time of ${name}`,
      unit: 'µs a message',
      ours: ours[name],
      ...(floor && { floor: least[floor], beside }),
    });
    return [
      { what, unit: 'messages/s', ours: ours.perSecond, floor: least.perSecond, beside },
      { what: `${what}: p50`, unit: 'ms', ours: ours.endP50, floor: least.endP50, beside },
      { what: `${what}: p99`, unit: 'ms', ours: ours.endP99, floor: least.endP99, beside },
      {
        what: 'the same, a new conversation each',
        unit: 'messages/s',
        ours: oursFresh.perSecond,
        floor: leastFresh.perSecond,
        beside,
      },
      ...rates,
      { ...cost('gateway'), floor: least.floor, beside: 'its one process' },
      cost('worker'),
      cost('postgres', 'postgres'),
      ...(backend.pid ? [cost('redis')] : []),
      {
        what: 'processor time of the load generator',
        unit: 'µs a message',
        ours: ours.cpuUs,
        floor: least.cpuUs,
        beside,
      },
      ...['gateway', 'worker'].flatMap((name) => [
        { what: `memory of the ${name}, idle`, unit: 'MB', ours: idle[name] },
        { what: `memory of the ${name}, after the load`, unit: 'MB', ours: loaded[name] },
      ]),
    ];
  });
}

/** How soon the gateway says thank you while every turn of the bot takes half a minute. */
async function slow({ house, backend, length, profile }) {
  const tenant = await house.tenant();
  const gateway = await house.startGateway(tenant, { env: backend.env, ...profile });
  const worker = await house.startWorker(tenant, {
    env: { ...backend.env, SLOW_TURN_MS: String(length.slowMs) },
    execArgv: ['--import', new URL('slow-turns.mjs', import.meta.url).href],
  });
  return using([gateway, worker], async () => {
    const order = {
      ...base(tenant, length),
      url: gateway.url,
      waitFor: 'ack',
      inFlight: undefined,
      rate: 100,
    };
    const { ack } = await house.drive({ ...order, seconds: length.rateSeconds, run: 's' });
    const what = `acknowledged at 100/s, turns of ${length.slowMs / 1_000} s`;
    return [
      { what: `${what}: p50`, unit: 'ms', ours: ack.p50 },
      { what: `${what}: p99`, unit: 'ms', ours: ack.p99 },
    ];
  });
}

/** By the name that `--only` takes, in the order in which they run. */
export const scenarios = { ack, durable, slow };

/** Everything once, and statistics as autovacuum makes them within a minute: plans made for empty tables are bad ones. */
async function warmUp(house, tenant, orders, length) {
  for (const [at, order] of orders.entries())
    await house.drive({ ...order, seconds: length.warmUpSeconds, run: `w${at}` });
  const client = new pg.Client({ connectionString: tenant.env.DATABASE_URL });
  await client.connect();
  await client.query('analyze');
  await client.end();
  const last = orders.at(-1);
  await house.drive({ ...last, seconds: length.warmUpSeconds, run: 'x' });
}

/** Adds the processor time of each process, in microseconds for one message. */
async function costed(pids, work) {
  const look = () =>
    Object.entries(pids).map(([name, ids]) => [name, cpuMs(typeof ids === 'function' ? ids() : ids)]);
  const before = look();
  const result = await work();
  const after = new Map(look());
  const costs = before.map(([name, ms]) => [
    name,
    ((after.get(name) - ms) * 1_000) / Math.max(1, result.done),
  ]);
  return { ...result, ...Object.fromEntries(costs) };
}

/** The provider has taken everything; within two seconds everything must also be on record, once. */
async function allRecorded({ env }) {
  const client = new pg.Client({ connectionString: env.DATABASE_URL });
  await client.connect();
  try {
    for (let look = 0; look < 100; look++) {
      const { rows } = await client.query(
        `select (select count(*) from inbox_event where status = 'done') - (select count(*) from delivery where status = 'sent') as missing,
           (select count(*) from inbox_event where status = 'pending') + (select count(*) from delivery where status in ('queued', 'sending')) as open`,
      );
      const [{ missing, open }] = rows;
      if (missing === '0' && open === '0') return;
      if (look === 99) throw new Error(`Not everything is on record: ${missing} missing, ${open} open.`);
      await sleep(20);
    }
  } finally {
    await client.end();
  }
}
