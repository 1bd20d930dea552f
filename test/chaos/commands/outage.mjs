import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { Pool } from 'undici';
import { check } from '../checker.mjs';
import { breakBots, dump, openWork } from '../dump.mjs';
import { seeded } from '../prng.mjs';
import { writeScript } from '../script.mjs';
import { Sender } from '../sender.mjs';
import { complaints } from '../summary.mjs';
import { addTwilio } from '../tenants.mjs';
import { FakeTwilio } from '../twilio.mjs';
import { sendsPerWorker, World } from '../world.mjs';
import { keep } from './results.mjs';

/** Times of providers are divided by this: ten minutes without a database take ten seconds. */
const SCALE = 60;
const OUTAGE_MS = 600_000 / SCALE;
const TWILIO_AGAIN_MS = 10_000 / SCALE;
const BEFORE_MS = 6_000;
const AFTER_MS = 4_000;
const PER_SECOND = 10;
const DRAIN_WITHIN_MS = 90_000;
/** Posts of a provider that does not send again for long, and whose first may meet a gateway that is just killed. */
const HASTY_POSTS = 2;

/** PostgreSQL is away for ten scaled minutes: nothing is lost, also where a provider tries for 15 seconds only. */
export async function outage(given) {
  let isFine = true;
  for (const backend of given.backends) {
    const told = await once(backend, given.seed);
    if (!told) continue;
    console.log(told.line);
    for (const line of told.complaints) console.log(line);
    keep(given.json, { outage: backend, ...told });
    isFine &&= told.complaints.length === 0;
  }
  return isFine;
}

async function once(backend, seed) {
  const random = seeded(seed);
  const twilio = new FakeTwilio();
  const world = new World(random, { settings: { PARLEY_GAP_EVERY: '2s' } });
  world.provider.isCalm = true;
  try {
    await twilio.start();
    if (!(await world.start(backend))) return null;
    await breakBots(world.postgres.url, [...new Set(world.channels.map(({ brokenBot }) => brokenBot))]);
    const channel = await addTwilio(world, twilio.settings);
    await untilLookedAt(world, channel);
    const events = (PER_SECOND * (BEFORE_MS + OUTAGE_MS + AFTER_MS)) / 1_000;
    const seconds = (BEFORE_MS + OUTAGE_MS + AFTER_MS) / 1_000;
    const sender = senderOf(world, random);
    const script = writeScript(random.fork('script'), { events, seconds });
    const talking = [sender.play(script), texting(world, twilio, channel, events, seconds)];
    await sleep(BEFORE_MS);
    world.postgres.kill();
    const away = Date.now();
    await sleep(OUTAGE_MS / 2);
    // What is on disk outlives whoever put it there; this one is back with the database.
    world.gateways[0].signal('SIGKILL');
    await sleep(OUTAGE_MS / 2);
    await world.postgres.start();
    const back = Date.now();
    await Promise.all(talking);
    await drained(world, twilio);
    const drainMs = Date.now() - back;
    await sender.finish();
    return judge({ backend, seed, world, twilio, channel, sender, drainMs, away, back });
  } finally {
    await world.stop();
    twilio.stop();
    world.remove();
  }
}

function senderOf(world, random) {
  const channels = new Map(world.channels.map((channel) => [channel.name, channel]));
  return new Sender(`http://127.0.0.1:${world.front.port}`, channels, random.fork('sender'));
}

/** Short messages, each from somebody else, evenly spread. */
async function texting(world, twilio, channel, count, seconds) {
  const pool = new Pool(`http://127.0.0.1:${world.front.port}`, { connections: 64 });
  const post = async (path, headers, body) => {
    try {
      const signal = AbortSignal.timeout(3_000);
      const answer = await pool.request({ path, method: 'POST', headers, body, signal });
      await answer.body.dump();
      return answer.statusCode;
    } catch {
      return 0;
    }
  };
  const hook = `/hooks/twilio-sms/${channel.id}`;
  const all = [];
  for (let n = 0; n < count; n++) {
    all.push(twilio.write(`+1415200${String(1_000 + n)}`, 'q1', hook, post, TWILIO_AGAIN_MS));
    await sleep((seconds * 1_000) / count);
  }
  await Promise.all(all);
  await pool.close();
}

/** The first look of a channel only notes the time: what comes after it can be asked for. */
async function untilLookedAt(world, { uuid }) {
  await untilInDatabase(world, async (client) => {
    const { rows } = await client.query(
      `select 1 from channel_memory where channel_id = $1 and name = 'gap.since'`,
      [uuid],
    );
    return rows.length > 0;
  });
}

async function untilInDatabase({ postgres }, look) {
  const client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  for (const end = Date.now() + 60_000; Date.now() < end; await sleep(100)) if (await look(client)) break;
  await client.end();
}

/** Everything that people wrote is answered, and nothing is left to do. */
async function drained(world, twilio) {
  for (const end = Date.now() + DRAIN_WITHIN_MS; Date.now() < end; await sleep(100)) {
    const { pending, due, open } = await openWork(world.postgres.url);
    if (pending + due + open === 0 && !world.isSpooling() && twilio.calls.length >= twilio.messages.length)
      return;
  }
}

async function judge({ backend, seed, world, twilio, channel, sender, drainMs, away, back }) {
  const rows = await dump(world.postgres.url);
  const history = {
    sent: sender.sent,
    forged: sender.forged,
    receipts: sender.receipts,
    calls: world.provider.calls,
    rows: without(rows, channel.uuid),
    channels: world.channels,
    findings: [],
    standstills: world.gateways.flatMap(({ stalls }) => stalls),
    sendsUnderWay: 2 * sendsPerWorker,
  };
  const said = complaints(check(history));
  const stored = rows.inbox.filter((row) => row.channel === channel.uuid && row.status === 'done');
  const answeredTo = new Set(twilio.calls.map(({ to }) => to));
  const lost = twilio.messages.filter(({ from }) => !answeredTo.has(from)).length;
  const doubled = twilio.calls.length - answeredTo.size;
  const givenUp = twilio.messages.filter(({ posts }) => !posts.includes(200)).length;
  if (lost > 0) said.push(`  ${lost} short messages were lost`);
  if (doubled > 0) said.push(`  ${doubled} short messages were answered twice`);
  if (givenUp === 0) said.push('  the outage met no short message: it proves nothing');
  const hasty = hastyOf(sender, world.channels, away, back);
  const tooLate = hasty.filter(
    ({ posts }) => !posts.slice(0, HASTY_POSTS).some(({ status }) => status === 200),
  );
  if (hasty.length === 0) said.push('  the outage met nobody who does not send again: it proves nothing');
  if (tooLate.length > 0)
    said.push(`  ${tooLate.length} events of those who do not send again were not taken`);
  const line = [
    `${backend}: seed ${seed}`,
    `PostgreSQL away for ${OUTAGE_MS / 1_000} s (10 min ÷ ${SCALE})`,
    `patient provider: ${sender.acked} of ${sender.sent.length} events acknowledged`,
    `hasty provider: ${hasty.length} events while it was away, ${tooLate.length} not taken`,
    `Twilio: ${twilio.messages.length} messages, ${givenUp} given up by it, ${stored.length} stored, ${lost} lost, ${doubled} doubled`,
    `at rest ${(drainMs / 1_000).toFixed(1)} s after it was back`,
  ].join(' · ');
  return { line, complaints: said, lost, doubled, givenUp, drainMs };
}

/** What was first posted while the database was away, on channels whose provider says that it does not send again. */
function hastyOf({ sent }, channels, away, back) {
  const hasty = new Set(channels.filter(({ isPatient }) => !isPatient).map(({ name }) => name));
  return sent.filter((one) => hasty.has(one.channel) && one.firstSentAt > away && one.firstSentAt < back);
}

/** The rows of the other channels: the checker knows nothing of short messages. */
function without(rows, channel) {
  const conversations = new Set(
    rows.conversations.filter((one) => one.channel === channel).map(({ id }) => id),
  );
  const isElse = (row) => row.channel !== channel && !conversations.has(row.conversation);
  return Object.fromEntries(Object.entries(rows).map(([name, list]) => [name, list.filter(isElse)]));
}
