/** However long servers of tools took, a model has so many milliseconds to begin. */
const leastMs = 2_500;

/**
 * How long models may be silent at the beginning of a turn. It counts from there, also while servers say which tools they
 * have: whoever waits does not care for what. With two seconds for those, nobody waits for five.
 *
 * @param silenceMs  what the bot allows
 * @param openedMs   what has passed already
 */
export function firstSilenceMs(silenceMs: number, openedMs: number): number {
  return Math.max(Math.min(silenceMs, leastMs), silenceMs - openedMs);
}
