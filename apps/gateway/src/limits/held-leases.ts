import type { Allowance, AllowanceState, Lease } from '#libs/store';

/** What is taken ahead is for so long at least, in milliseconds: a busy caller asks the database about four times a second. */
export const HOLD_MS = 250;
/** Most that is asked for ahead at once. */
const AHEAD_MAX = 10_000;
/** Callers that a process remembers; what it held for others is lost, which costs them a few requests. */
const CALLERS_MAX = 10_000;

interface Held {
  states: readonly AllowanceState[];
  /** When they were as they say. */
  at: number;
  /** How many may still be used, and until when. */
  left: number;
  until: number;
  /** Used since the database was asked last. */
  used: number;
}

/**
 * What this process has taken ahead, by what was asked for.
 *
 * How much is asked for follows what was used: as much as came since the database was asked last would need for a while, and
 * at most twice what came, so that one request never takes many.
 */
export class HeldLeases {
  readonly #held = new Map<string, Held>();

  /** @param now  milliseconds of a clock that never goes back */
  constructor(private readonly now: () => number) {}

  /** Uses one of what was taken ahead. @returns what is left then, at least, or null when the database has to be asked */
  use(id: string, asked: readonly Allowance[]): AllowanceState[] | null {
    const held = this.#held.get(id);
    if (!held || held.left === 0) return null;
    const now = this.now();
    if (now >= held.until) return null;
    held.left--;
    held.used++;
    const { left } = held;
    return held.states.map((state, at) => ({
      ...state,
      remaining: state.remaining + left,
      resetMs: Math.max(0, state.resetMs - (now - held.at) - left * (asked[at]?.refillMs ?? 0)),
    }));
  }

  /** How many more to take ahead. */
  wanted(id: string): number {
    const held = this.#held.get(id);
    if (!held) return 0;
    const passedMs = Math.max(1, this.now() - held.at);
    return Math.floor(Math.min((held.used * HOLD_MS) / passedMs, held.used * 2, AHEAD_MAX));
  }

  /** Keeps what was taken. @param cost  how many of it are used already @param askedAt  before the database was asked */
  keep(id: string, lease: Lease, cost: number, askedAt: number): void {
    if (this.#held.size >= CALLERS_MAX && !this.#held.has(id)) this.#held.clear();
    const { states, extra, holdMs } = lease;
    this.#held.set(id, { states, at: askedAt, left: extra, until: askedAt + holdMs, used: cost });
  }
}
