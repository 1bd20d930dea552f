/**
 * How a run is made: how much is said, for how long, and which faults strike how often.
 *
 * @typedef {object} Plan
 * @property {number} events   over both workspaces, without repetitions
 * @property {number} seconds  in which they begin to be said
 * @property {readonly [number, number]} pause  between two faults, in milliseconds
 * @property {Readonly<Record<string, number>>} faults  by name, how likely; empty: none
 * @property {Readonly<Record<string, number>>} [channels]  by what they are for, how likely a conversation is there
 * @property {number} [poison]    how likely a message brings out a bug; default 0.005
 * @property {number} [together]  how likely a message does not wait for the one before it; default 0.1
 * @property {number} [longest]   messages of the longest conversation; default 8
 * @property {number} [copies]    how often each event comes at the same time; default: now and then a few times
 * @property {(random: import('./prng.mjs').Random) => Iterable<import('./injector.mjs').Planned>} [strikes]  in place of
 *   faults by chance: these, and the run lasts as long as they do
 * @property {boolean} [isRolling]  processes are only replaced: every request must be taken, and no reply be unknown
 * @property {boolean} [isProviderCalm]  the provider makes no faults of its own
 * @property {number} [lateMs]    after which an acknowledgement is one that nobody hears; default what providers say
 * @property {number} [drainMs]   how long everything may take to come to rest; default a minute
 * @property {Readonly<Record<string, string>>} [settings]  of the apps
 * @property {Readonly<Record<string, Partial<Plan>>>} [on]  what is different on one backend
 */

const kills = { 'kill-gateway': 1, 'kill-worker': 1, 'kill-postgres': 1, 'kill-redis': 1 };

const everything = {
  'kill-gateway': 9,
  'kill-worker': 13,
  'kill-postgres': 6,
  'kill-redis': 5,
  'kill-backend': 2,
  'crash-gateway': 4,
  'crash-worker': 8,
  'end-worker': 3,
  'end-gateway': 2,
  'freeze-gateway': 2,
  'freeze-worker': 3,
  'stall-worker': 1,
  'freeze-postgres': 2,
  'freeze-redis': 1,
  'flush-redis': 6,
  'cut-postgres': 6,
  'refuse-postgres': 3,
  'hold-postgres': 2,
  'half-open-postgres': 3,
  'slow-postgres': 2,
  'cut-at-commit': 8,
  'cut-redis': 3,
  'hold-redis': 2,
  'half-open-redis': 2,
  'provider-storm': 4,
  'full-disk': 2,
  'wrong-clock': 2,
};

/** @type {Readonly<Record<string, Plan>>} */
export const plans = {
  /** What issue 2 asks for: a thousand messages while everything is killed with -9. */
  issue2: { events: 1_000, seconds: 40, pause: [500, 1_500], faults: kills },
  /** Part of CI. */
  short: { events: 600, seconds: 18, pause: [200, 700], faults: everything },
  /** The claim of issue 3: see README.md. */
  long: {
    events: 25_500,
    seconds: 480,
    pause: [150, 650],
    faults: everything,
    on: { postgres: { events: 15_500, seconds: 360 } },
  },
};
