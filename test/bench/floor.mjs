import Fastify from 'fastify';
import pg from 'pg';
import { Pool } from 'undici';
import { isGenuine, keyOf, sign } from './sign.mjs';

// What the same work costs at least: no framework, no model, no isolation, nothing that a person could look up.
//
//   /bare      answers 200 and looks at nothing
//   /stored    checks the signature and stores the event: one group commit before the answer
//   /pipeline  the same, and then the minimal durable pipeline: a second commit for the turn and its delivery, the call
//              to the provider, a third commit for its outcome

const { FLOOR_DATABASE_URL, FLOOR_PROVIDER_URL, FLOOR_SECRET } = process.env;
const key = keyOf(FLOOR_SECRET);
const BATCH_MAX = 64;
const CONNECTIONS = 64;

const database = new pg.Pool({ connectionString: FLOOR_DATABASE_URL, max: 12 });
const target = new URL(FLOOR_PROVIDER_URL);
const provider = new Pool(target.origin, { connections: CONNECTIONS, pipelining: 1 });

await database.query(`
  create table if not exists floor_event (id bigserial primary key, key text unique, thread text, body jsonb, done boolean default false);
  create table if not exists floor_delivery (id bigserial primary key, event_id bigint, thread text, body jsonb, status text default 'queued');
  create index if not exists floor_delivery_open on floor_delivery (thread) where status = 'queued';
`);

/** Gathers what arrives while commits are under way, and writes it together. */
function gather(write, groupsMax) {
  let waiting = [];
  let underWay = 0;
  const flush = () => {
    while (waiting.length > 0 && underWay < groupsMax) {
      const group = waiting.splice(0, BATCH_MAX);
      underWay++;
      write(group.map(({ item }) => item))
        .then((results) => group.forEach(({ resolve }, at) => resolve(results[at])))
        .catch((error) => group.forEach(({ reject }) => reject(error)))
        .finally(() => {
          underWay--;
          flush();
        });
    }
  };
  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      if (waiting.length === 1) setImmediate(flush);
    });
}

const run = async (name, text, values) => (await database.query({ name, text, values })).rows;

const store = gather(async (events) => {
  const rows = await run(
    'store',
    `insert into floor_event (key, thread, body) select * from unnest($1::text[], $2::text[], $3::jsonb[])
     on conflict (key) do nothing returning id, key`,
    [
      events.map(({ id }) => id),
      events.map(({ thread }) => thread),
      events.map((event) => JSON.stringify(event)),
    ],
  );
  const ids = new Map(rows.map(({ id, key }) => [key, id]));
  return events.map((event) => ids.get(event.id));
}, 2);

const answer = gather(async (turns) => {
  const rows = await run(
    'answer',
    `with done as (update floor_event set done = true where id = any ($1::bigint[]))
     insert into floor_delivery (event_id, thread, body) select * from unnest($1::bigint[], $2::text[], $3::jsonb[])
     returning id, event_id`,
    [
      turns.map(({ eventId }) => eventId),
      turns.map(({ thread }) => thread),
      turns.map(({ reply }) => JSON.stringify(reply)),
    ],
  );
  const ids = new Map(rows.map(({ id, event_id: eventId }) => [eventId, id]));
  return turns.map(({ eventId }) => ids.get(eventId));
}, 2);

const record = gather(async (outcomes) => {
  await run(
    'record',
    `update floor_delivery d set status = o.status from unnest($1::bigint[], $2::text[]) as o(id, status) where d.id = o.id`,
    [outcomes.map(({ deliveryId }) => deliveryId), outcomes.map(({ status }) => status)],
  );
  return outcomes;
}, 2);

async function work(event, eventId) {
  const reply = { thread: event.thread, text: event.text };
  const deliveryId = await answer({ eventId, thread: event.thread, reply });
  const body = JSON.stringify({ id: deliveryId, ...reply });
  const response = await provider.request({
    method: 'POST',
    path: target.pathname,
    headers: sign(key, deliveryId, body),
    body,
  });
  await response.body.dump();
  await record({ deliveryId, status: response.statusCode === 200 ? 'sent' : 'failed' });
}

async function take(request, reply) {
  if (!isGenuine(key, request.headers, request.body)) return reply.code(401).send();
  const event = JSON.parse(request.body);
  const eventId = await store(event);
  return { event, eventId };
}

const server = Fastify();
server.removeAllContentTypeParsers();
server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
server.post('/bare', (_request, reply) => reply.send('{}'));
server.post('/stored', async (request, reply) => {
  await take(request, reply);
  return reply.send('{}');
});
server.post('/pipeline', async (request, reply) => {
  const { event, eventId } = await take(request, reply);
  reply.send('{}');
  if (eventId) await work(event, eventId);
  return reply;
});
const url = await server.listen({ port: 0, host: '127.0.0.1' });
process.on('SIGTERM', () => process.exit(0));
process.on('disconnect', () => process.exit(0));
process.send({ url });
