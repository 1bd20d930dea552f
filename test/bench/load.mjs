import { createServer } from 'node:http';
import { Pool } from 'undici';
import { keyOf, sign } from './sign.mjs';
import { spreadOf } from './numbers.mjs';

// The world outside, as a process of its own: people who write, and the provider that takes the answers.
// The parent sends one order at a time and gets one result for each.

const CONNECTIONS = 64;
const GIVE_UP_MS = 20_000;

/** What resolves when the provider has taken the answer to a thread. */
const answered = new Map();
let sent = 0;

const provider = createServer((request, response) => {
  if (request.method === 'HEAD') return void response.writeHead(204).end(); // a check of the channel
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    const { thread } = JSON.parse(Buffer.concat(chunks).toString());
    answered.get(thread)?.();
    answered.delete(thread);
  });
});
provider.keepAliveTimeout = 120_000;
provider.listen(0, '127.0.0.1', () => {
  process.send({ providerUrl: `http://127.0.0.1:${provider.address().port}/in` });
});

process.on('message', (order) => {
  run(order).then(
    (result) => process.send({ result }),
    (error) => process.send({ error: error.stack }),
  );
});
process.on('disconnect', () => process.exit(0));

/**
 * @param order  `{ url, secret, waitFor: 'ack' | 'reply', seconds, threads, run }` and either `inFlight` (the next one
 *   goes out when one is done) or `rate` per second (they go out on time, whatever happens to the others)
 */
async function run(order) {
  const target = new URL(order.url);
  const pool = new Pool(target.origin, { connections: CONNECTIONS, pipelining: 1, keepAliveTimeout: 60_000 });
  const seen = { acks: [], ends: [], failures: 0 };
  const one = () => say(pool, target.pathname, order, seen);
  const began = performance.now();
  const cpuBefore = process.cpuUsage();
  await (order.rate ? openLoop(order, one) : closedLoop(order, one));
  const tookMs = performance.now() - began;
  const cpu = process.cpuUsage(cpuBefore);
  await pool.close();
  const done = seen.ends.length;
  return {
    done,
    failures: seen.failures,
    perSecond: (done / tookMs) * 1_000,
    cpuUs: (cpu.user + cpu.system) / Math.max(1, done),
    ack: spreadOf(seen.acks),
    end: spreadOf(seen.ends),
  };
}

async function closedLoop({ inFlight, seconds }, one) {
  const until = performance.now() + seconds * 1_000;
  const lane = async () => {
    while (performance.now() < until) await one();
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
}

async function openLoop({ rate, seconds }, one) {
  const began = performance.now();
  const total = Math.round(rate * seconds);
  const running = [];
  while (running.length < total) {
    const due = Math.min(total, Math.floor(((performance.now() - began) * rate) / 1_000) + 1);
    while (running.length < due) running.push(one());
    const nextMs = began + (running.length * 1_000) / rate - performance.now();
    await new Promise((resolve) => void setTimeout(resolve, Math.max(0, nextMs)));
  }
  await Promise.all(running);
}

/** One message, measured from the moment in which it is handed to the HTTP client. */
async function say(pool, path, { secret, waitFor, threads, run: name }, seen) {
  const id = `${name}-${++sent}`;
  const thread = threads === 0 ? id : `t-${sent % threads}`;
  const body = JSON.stringify({
    type: 'message',
    id,
    thread,
    from: { kind: 'external', value: thread },
    text: 'Hello, is anybody there?',
  });
  const reply = waitFor === 'reply' ? replyTo(thread) : null;
  const began = performance.now();
  const status = await post(pool, path, sign(keyOf(secret), id, body), body);
  seen.acks.push(performance.now() - began);
  const isFine = status === 200 && (reply === null || (await reply));
  if (isFine) seen.ends.push(performance.now() - began);
  else seen.failures++;
}

function replyTo(thread) {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), GIVE_UP_MS);
    answered.set(thread, () => {
      clearTimeout(timer);
      resolve(true);
    });
  });
}

/** @returns the status, or 0 when there was no answer */
function post(pool, path, headers, body) {
  return new Promise((resolve) => {
    let status = 0;
    pool.dispatch(
      { method: 'POST', path, headers, body },
      {
        onRequestStart() {},
        onResponseStart(_controller, statusCode) {
          status = statusCode;
        },
        onResponseData() {},
        onResponseEnd() {
          resolve(status);
        },
        onResponseError() {
          resolve(0);
        },
      },
    );
  });
}
