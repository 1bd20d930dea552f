import { metPoints } from '../faults.mjs';
import { plans } from '../plans.mjs';
import { tell } from './plain.mjs';

/** Every crash point, so many times: `--times 10`, `--only <point>`. */
export async function crash(given) {
  const points = given.only ? [given.only] : metPoints;
  const times = Number(given.times ?? 10);
  const strikes = (random) =>
    inTurns(
      random,
      points.map((point) => `crash-at ${point}`),
      times,
      [100, 400],
    );
  return onEach(given, { ...lasting(points.length * times * 8), strikes });
}

/** As deployments do it: one process after the other is asked to end and replaced, while people talk. */
export async function rolling(given) {
  const times = Number(given.times ?? 20);
  const strikes = (random) => inTurns(random, ['replace-gateway', 'replace-worker'], times, [50, 300]);
  const settings = { PARLEY_DRAIN_WAIT: '500ms' };
  const plan = {
    ...lasting(times * 30),
    isProviderCalm: true,
    poison: 0,
    isRolling: true,
    strikes,
    settings,
  };
  return onEach(given, plan);
}

/** Everything fifty times at the same moment: a thousand events are a thousand messages. */
export async function storm(given) {
  const plan = { ...plans.short, events: 1_000, seconds: 60, longest: 1, poison: 0, copies: 50, faults: {} };
  return onEach(given, {
    ...plan,
    isProviderCalm: true,
    ...(given.events && { events: Number(given.events) }),
  });
}

/** The disk is full, again and again. */
export async function disk(given) {
  const plan = { ...plans.short, events: 1_000, seconds: 40, faults: { 'full-disk': 3, 'kill-worker': 1 } };
  return onEach(given, plan);
}

/** Clocks are ten minutes ahead or behind. */
export async function clock(given) {
  return onEach(given, { ...plans.short, events: 1_000, seconds: 40, faults: { 'wrong-clock': 1 } });
}

/** Enough to say for so long; what has not begun when the last fault is over is not said. */
const lasting = (seconds) => ({ events: seconds * 20, seconds, pause: [0, 0], faults: {} });

async function onEach(given, plan) {
  let isFine = true;
  for (const backend of given.backends)
    isFine = (await tell({ backend, seed: given.seed, plan }, given)) && isFine;
  return isFine;
}

/** @returns {Generator<import('../injector.mjs').Planned>} */
function* inTurns(random, names, times, pause) {
  for (let time = 0; time < times; time++) {
    for (const name of names)
      yield { name, random: random.fork(`${name} ${time}`), pauseMs: random.between(...pause) };
  }
}
