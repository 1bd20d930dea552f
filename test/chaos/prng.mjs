/**
 * Random numbers that a seed repeats. Streams forked under different names do not disturb each other, so that the
 * generator, the injector and the provider each replay their own choices whatever the others do.
 *
 * @typedef {object} Random
 * @property {() => number} next                           from 0 to 1
 * @property {(below: number) => number} int               from 0 to below - 1
 * @property {(from: number, to: number) => number} between
 * @property {(probability: number) => boolean} chance
 * @property {<T>(list: readonly T[]) => T} pick
 * @property {<T>(weights: Readonly<Record<string, number>>) => string} weighted
 * @property {(name: string) => Random} fork
 */

/**
 * @param {number} seed
 * @returns {Random}
 */
export function seeded(seed) {
  let state = seed >>> 0;
  const next = () => {
    // mulberry32: small, fast, and good enough to choose faults with.
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  const int = (below) => Math.floor(next() * below);
  return {
    next,
    int,
    between: (from, to) => from + next() * (to - from),
    chance: (probability) => next() < probability,
    pick: (list) => list[int(list.length)],
    weighted: (weights) => pickWeighted(weights, next()),
    fork: (name) => seeded(hash(`${seed} ${name}`)),
  };
}

/** @param {Readonly<Record<string, number>>} weights @param {number} at  from 0 to 1 */
function pickWeighted(weights, at) {
  const entries = Object.entries(weights);
  let left = at * entries.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [name, weight] of entries) if ((left -= weight) < 0) return name;
  return entries.at(-1)[0];
}

/** FNV-1a. @param {string} text */
function hash(text) {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  return value >>> 0;
}
