import pg from 'pg';
import { medians } from './numbers.mjs';
import { cpuMs } from './processes.mjs';

/** How scenarios measure: in turns, warmed up, with what it costs, and only what is on record. */

export const IN_FLIGHT = 64;
/** Conversations that messages go round in, unless each has its own. */
const THREADS = 1_000;

/** What runs how long. */
export const lengths = {
  full: { rounds: 3, seconds: 3, warmUpSeconds: 2, rateSeconds: 6, slowMs: 30_000, archived: 1_000_000 },
  quick: { rounds: 1, seconds: 0.5, warmUpSeconds: 0.3, rateSeconds: 0.5, slowMs: 1_000, archived: 40_000 },
};

/** What all orders to the load generator have in common. */
export const base = (tenant, length) => ({
  secret: tenant.secret,
  seconds: length.seconds,
  threads: THREADS,
  inFlight: IN_FLIGHT,
});

/** Every contestant once in every round, so that whatever else the machine does meets all of them. */
export async function inTurns(rounds, contestants) {
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
export async function using(servers, work) {
  try {
    return await work(...servers);
  } finally {
    for (const server of servers) await server.stop();
  }
}

/** Everything once, and statistics as autovacuum makes them within a minute: plans made for empty tables are bad ones. */
export async function warmUp(house, tenant, orders, length) {
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
export async function costed(pids, work) {
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

/** The provider has taken everything; within some seconds everything must also be on record, once. */
export async function allRecorded({ env }) {
  const client = new pg.Client({ connectionString: env.DATABASE_URL });
  await client.connect();
  try {
    for (let look = 0; look < 1_000; look++) {
      const { rows } = await client.query(
        `select (select count(*) from inbox_event where status = 'done') - (select count(*) from delivery where status = 'sent') as missing,
           (select count(*) from inbox_event where status = 'pending') + (select count(*) from delivery where status in ('queued', 'sending')) as open`,
      );
      const [{ missing, open }] = rows;
      if (missing === '0' && open === '0') return;
      if (look === 999) throw new Error(`Not everything is on record: ${missing} missing, ${open} open.`);
      await sleep(20);
    }
  } finally {
    await client.end();
  }
}
