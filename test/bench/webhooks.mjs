import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { parseGatewayConfig } from '#libs/config';
import { idOf } from '#libs/model';
import { Database, Keyring, Sealer, WebhookEndpoints } from '#libs/store';
import { percentile } from './numbers.mjs';
import { base, using } from './rig.mjs';

/** Below it a 95th percentile says little. */
const LEAST_EVENTS = 1_000;
/** Messages a second: beside it there is room for what else the machine does. */
const RATE = 10;
/** Received, turn started, answered, turn completed: what a message leads to at least. */
const EVENTS_A_MESSAGE = 4;
/** What a slow receiver takes: it must cost the quick one nothing. */
const SLOW_MS = 1_000;
const ALL_WITHIN_MS = 180_000;

/**
 * How soon an event reaches a subscriber: from its time in the event log to the moment in which the receiver has the request,
 * while messages come in and another receiver of everything is slow. Only first attempts arrive: nobody refuses one.
 */
export async function webhooks({ house, backend, length }) {
  const tenant = await house.tenant();
  const [quick, slow] = await Promise.all([startReceiver(0), startReceiver(SLOW_MS)]);
  await subscribe(tenant.env, [quick.url, slow.url]);
  const gateway = await house.startGateway(tenant, { env: backend.env });
  const worker = await house.startWorker(tenant, { env: backend.env });
  return using([gateway, worker, quick, slow], async () => {
    // On a machine that is too busy a message may be refused: it is load, what is measured are the events of the others.
    const load = { ...base(tenant, length), url: gateway.url, waitFor: 'ack', mayRefuse: true };
    const { inFlight: _, ...order } = load;
    await house.drive({ ...order, inFlight: 4, seconds: length.warmUpSeconds, run: 'w' });
    await allTold(tenant.env, quick);
    quick.delaysMs.length = 0;
    const least = LEAST_EVENTS / EVENTS_A_MESSAGE / RATE;
    const seconds = length.rateSeconds > 1 ? Math.max(length.rateSeconds, least) : length.rateSeconds;
    await house.drive({ ...order, rate: RATE, seconds, run: 'h' });
    await allTold(tenant.env, quick);
    return rowsOf(quick.delaysMs);
  });
}

function rowsOf(delaysMs) {
  const row = (name, share) => ({
    what: `first attempt of a webhook, ${RATE} messages/s, ${delaysMs.length} events: ${name}`,
    unit: 'ms',
    ours: percentile(delaysMs, share),
  });
  return [row('p50', 0.5), row('p95', 0.95), row('p99', 0.99), row('the slowest', 1)];
}

/** A subscriber on this machine, so that both ends read one clock. */
async function startReceiver(takesMs) {
  const delaysMs = [];
  const known = new Set();
  const server = createServer((request, response) => {
    const arrivedAt = Date.now();
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const { timestamp } = JSON.parse(Buffer.concat(chunks).toString());
      known.add(request.headers['webhook-id']);
      delaysMs.push(arrivedAt - Date.parse(timestamp));
      setTimeout(() => response.writeHead(204).end(), takesMs);
    });
  });
  await new Promise((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const stop = () => {
    server.closeAllConnections();
    return new Promise((resolve) => void server.close(resolve));
  };
  return { url: `http://127.0.0.1:${server.address().port}/`, delaysMs, known, stop };
}

async function subscribe(env, urls) {
  const database = new Database({ url: env.DATABASE_URL, poolMax: 2, name: 'bench' });
  try {
    const { rows } = await asOwner(env, 'select id from workspace');
    const sealer = new Sealer(database, new Keyring(parseGatewayConfig(env).secrets));
    const endpoints = new WebhookEndpoints(database, sealer);
    for (const url of urls) {
      const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
      const input = {
        url,
        types: [],
        channel_ids: [],
        include: [],
        description: '',
        secret,
        actor: 'system',
      };
      await endpoints.create(idOf('workspace', rows[0].id), input);
    }
  } finally {
    await database.close();
  }
}

/** Waits until every message is answered, and the quick receiver has been told of everything. */
async function allTold(env, { url, known }) {
  const sql = `select (select count(*)::int from webhook_delivery d join webhook_endpoint e on e.id = d.endpoint_id
      where e.url = $1) as told,
    (select count(*)::int from inbox_event where status = 'pending')
      + (select count(*)::int from delivery where status in ('queued', 'sending')) as open`;
  for (const end = Date.now() + ALL_WITHIN_MS; ; await sleep(250)) {
    const { rows } = await asOwner(env, sql, [url]);
    const [{ told, open }] = rows;
    if (open === 0 && known.size === told) return;
    if (Date.now() > end)
      throw new Error(`${known.size} of ${told} webhooks have come; ${open} messages are open.`);
  }
}

async function asOwner({ DATABASE_URL }, sql, values = []) {
  const client = new pg.Client({ connectionString: DATABASE_URL });
  await client.connect();
  try {
    return await client.query(sql, values);
  } finally {
    await client.end();
  }
}
