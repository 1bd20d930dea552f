import { setTimeout as sleep } from 'node:timers/promises';
import { faults } from './faults.mjs';

/**
 * One fault of the schedule, with its own random numbers: a fault that is left out changes no other.
 *
 * @typedef {{ name: string, random: import('./prng.mjs').Random, pauseMs: number }} Planned
 */

/**
 * The schedule of a run: the same seed gives the same.
 *
 * @param {import('./prng.mjs').Random} random
 * @param {Readonly<Record<string, number>>} weights  by name of the fault
 * @param {{ hasRedis: boolean, pause: readonly [number, number] }} options  pause: between two faults, in milliseconds
 * @returns {Iterable<Planned>} without an end
 */
export function* schedule(random, weights, { hasRedis, pause }) {
  const possible = Object.fromEntries(
    Object.entries(weights).filter(([name]) => hasRedis || !faults[name].needsRedis),
  );
  if (Object.keys(possible).length === 0) return;
  for (let at = 0; ; at++) {
    yield {
      name: random.weighted(possible),
      random: random.fork(`fault ${at}`),
      pauseMs: random.between(pause[0], pause[1]),
    };
  }
}

/** Strikes one fault after the other until it is told to stop. */
export class Injector {
  #world;
  #isOver = false;
  /** How often each was really applied. @type {Map<string, number>} */
  applied = new Map();
  /** @type {{ from: number, to: number }[]} */
  standstills = [];
  /** @type {{ at: number, name: string }[]} */
  log = [];

  /** @param {import('./world.mjs').World} world */
  constructor(world) {
    this.#world = world;
  }

  get kills() {
    return [...this.applied].reduce((sum, [name, count]) => sum + (faults[name].isKill ? count : 0), 0);
  }

  get total() {
    return [...this.applied.values()].reduce((sum, count) => sum + count, 0);
  }

  /** @param {Iterable<Planned>} planned @returns when the fault under way at `stop` is over */
  async run(planned) {
    for (const { name, random, pauseMs } of planned) {
      await sleep(pauseMs);
      if (this.#isOver) return;
      this.log.push({ at: Date.now(), name });
      const isApplied = await faults[name].strike({
        world: this.#world,
        random,
        stoodStill: (from, to) => this.standstills.push({ from, to }),
      });
      if (isApplied) this.applied.set(name, (this.applied.get(name) ?? 0) + 1);
    }
  }

  stop() {
    this.#isOver = true;
  }
}
