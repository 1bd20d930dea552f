/** The time, as the bot core is given it. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Milliseconds from any start, never going back; fractions allowed. Only differences mean something. */
  tick(): number;
}

/** The clock of the machine. */
export const machineClock: Clock = { now: () => Date.now(), tick: () => performance.now() };
