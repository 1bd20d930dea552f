import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { canary } from './bot.mjs';
import { check } from './checker.mjs';
import { breakBots, databaseActivity, dump, openWork } from './dump.mjs';
import { Injector, schedule } from './injector.mjs';
import { seeded } from './prng.mjs';
import { writeScript } from './script.mjs';
import { Sender } from './sender.mjs';
import { sendsPerWorker, World } from './world.mjs';

/** How long everything may take to come to rest once the faults have stopped. */
const DRAIN_WITHIN_MS = 60_000;
/** When this process cannot keep time, on a machine with more work than processors, the others cannot either. */
const STALL_MS = 100;

/**
 * @typedef {object} Outcome
 * @property {string} backend
 * @property {import('./checker.mjs').Violation[]} violations
 * @property {import('./checker.mjs').History} history
 * @property {Injector} injector
 * @property {number} drainMs
 * @property {Map<string, number>} crashes  how often which named point was hit
 * @property {string} folder    where the records are
 * @property {() => void} remove  removes them
 */

/**
 * One run on one backend.
 *
 * @param {{ backend: 'redis' | 'postgres', seed: number, plan: import('./plans.mjs').Plan, root?: string,
 *   prepare?: (world: World) => Promise<void> }} options  root: of the build; prepare: called before anything is said
 * @returns {Promise<Outcome | null>} null when this machine has no redis-server
 */
export async function run({ backend, seed, plan, root, prepare }) {
  const random = seeded(seed);
  const world = new World(random, {
    ...(root && { root }),
    settings: plan.settings ?? {},
    hasSmallDisk: 'full-disk' in plan.faults,
  });
  try {
    if (!(await world.start(backend))) return null;
    await breakBots(world.postgres.url, [...new Set(world.channels.map(({ brokenBot }) => brokenBot))]);
    await prepare?.(world);
    const { sender, injector } = await strike(world, random, { ...plan, ...plan.on?.[backend] });
    const drainMs = await rest(world, sender, plan.drainMs ?? DRAIN_WITHIN_MS);
    const rows = await dump(world.postgres.url);
    await Promise.all(world.apps.map((app) => app.stop()));
    const history = {
      sent: sender.sent,
      forged: sender.forged,
      receipts: sender.receipts,
      calls: world.provider.calls,
      rows,
      channels: world.channels,
      findings: findings(world),
      standstills: [...injector.standstills, ...world.gateways.flatMap(({ stalls }) => stalls)],
      isRolling: plan.isRolling ?? false,
      ...(plan.lateMs !== undefined && { lateMs: plan.lateMs }),
      sendsUnderWay: 2 * sendsPerWorker,
    };
    const violations = check(history);
    const lives = world.apps.flatMap(({ life }) => life);
    record(world, { violations, faults: injector.log, lives, history });
    const crashes = crashesOf(world);
    return {
      backend,
      violations,
      history,
      injector,
      drainMs,
      crashes,
      folder: world.folder,
      remove: () => world.remove(),
    };
  } finally {
    await world.stop();
  }
}

/** @returns {Map<string, number>} */
function crashesOf({ apps }) {
  const all = new Map();
  for (const { crashes } of apps)
    for (const [point, times] of crashes) all.set(point, (all.get(point) ?? 0) + times);
  return all;
}

/** Lets people talk and faults strike until everything is acknowledged; then the faults stop. */
async function strike(world, random, plan) {
  const channels = new Map(world.channels.map((channel) => [channel.name, channel]));
  const sender = new Sender(`http://127.0.0.1:${world.front.port}`, channels, random.fork('sender'));
  const injector = new Injector(world);
  const receiptChance = random.fork('receipts');
  const timer = watchTime((from, to) => injector.standstills.push({ from, to }));
  const options = { hasRedis: world.redis !== null, pause: plan.pause };
  world.provider.isCalm = plan.isProviderCalm ?? false;
  const planned =
    plan.strikes?.(random.fork('faults')) ?? schedule(random.fork('faults'), plan.faults, options);
  const striking = injector.run(planned);
  const calm = plan.strikes ? striking : sleep(plan.seconds * 1_000).then(() => injector.stop());
  world.provider.onAccepted = (call) => {
    if (receiptChance.chance(0.3)) sender.sendReceipt(call);
  };
  const playing = sender.play(writeScript(random.fork('script'), plan));
  await Promise.all([calm, striking]);
  if (plan.strikes) sender.beginNothing();
  world.provider.isCalm = true;
  await Promise.race([playing, sleep(plan.drainMs ?? DRAIN_WITHIN_MS)]);
  clearInterval(timer);
  return { sender, injector };
}

/** Tells of every moment in which this process could not keep time. @param {(from: number, to: number) => void} stoodStill */
function watchTime(stoodStill) {
  let last = Date.now();
  return setInterval(() => {
    const now = Date.now();
    if (now - last > STALL_MS) stoodStill(last, now);
    last = now;
  }, 25);
}

/** Waits until nothing is left to do, and for the receipts of what came last. @returns {Promise<number>} as `drain` */
async function rest(world, sender, withinMs) {
  const drainMs = await drain(world, withinMs);
  world.provider.onAccepted = () => undefined;
  await Promise.race([sender.finish(), sleep(withinMs)]);
  await drain(world, withinMs);
  return drainMs;
}

/** @returns {Promise<number>} how long it took until nothing was left to do, in milliseconds */
async function drain(world, withinMs) {
  const began = Date.now();
  while (Date.now() - began < withinMs) {
    const { pending, due, open } = await openWork(world.postgres.url).catch(() => ({
      pending: 1,
      due: 1,
      open: 1,
    }));
    if (pending + due + open === 0 && !world.isSpooling()) return Date.now() - began;
    await sleep(100);
  }
  await explain(world);
  return Date.now() - began;
}

/** Leaves beside the records what everybody was waiting for: a report of each process, and the database's view. */
async function explain(world) {
  for (const app of world.apps) app.signal('SIGUSR2');
  const activity = await databaseActivity(world.postgres.url).catch((error) => String(error));
  writeFileSync(path.join(world.folder, 'activity.json'), JSON.stringify(activity, null, 1));
}

/** What the logs should not hold, and how processes should not end. */
function findings(world) {
  const forbidden = [canary, ...world.secrets];
  const inLogs = world.apps.flatMap(({ name }) => {
    const text = readFileSync(world.logFile(name), 'utf8');
    const held = forbidden.filter((word) => text.includes(word));
    const loose = /unhandled ?rejection|uncaught/i.test(text) ? [`${name} had an unhandled rejection`] : [];
    return [
      ...loose,
      ...held.map((word) => `the log of ${name} holds ${word === canary ? 'what was said' : 'a secret'}`),
    ];
  });
  return [...inLogs, ...world.apps.flatMap(({ unexpected }) => unexpected)];
}

function record(world, content) {
  writeFileSync(path.join(world.folder, 'records.json'), JSON.stringify(content, null, 1));
}
