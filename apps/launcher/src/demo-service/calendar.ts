const HOUR_MS = 3_600_000;
const OPENS = 9;
const CLOSES = 17;
const NOON = 12;
/** Hours to both sides in which a free one is looked for: two weeks. */
const REACH_HOURS = 14 * 24;

/** What a calendar says about a time that somebody wants. */
export interface Found {
  readonly free: boolean;
  /** The free time that is nearest to it, a later one before an earlier one; absent when it is free itself. */
  readonly nearest?: string;
}

/**
 * Looks a time up in the calendar of the demo: free are whole hours of working days but noon, some of them taken by a
 * fixed pattern, and whatever was booked.
 *
 * @param slot    `YYYY-MM-DDTHH:MM`, the time of the place; other forms are not free and have nothing near
 * @param booked  slots that are gone
 */
export function findSlot(slot: string, booked: ReadonlySet<string>): Found {
  const at = readSlot(slot);
  if (at === null) return { free: false };
  if (isFree(slot, booked)) return { free: true };
  const hour = at - (at % HOUR_MS);
  for (let away = 0; away <= REACH_HOURS; away++) {
    const near = [hour + away * HOUR_MS, hour - away * HOUR_MS]
      .map(writeSlot)
      .find((each) => isFree(each, booked));
    if (near !== undefined) return { free: false, nearest: near };
  }
  return { free: false };
}

/** Whether a time can be booked. */
export function isFree(slot: string, booked: ReadonlySet<string>): boolean {
  const at = readSlot(slot);
  if (at === null || at % HOUR_MS !== 0 || booked.has(slot)) return false;
  const time = new Date(at);
  const [weekday, hour] = [time.getUTCDay(), time.getUTCHours()];
  const isWork = weekday >= 1 && weekday <= 5 && hour >= OPENS && hour < CLOSES && hour !== NOON;
  // Others have appointments too: about every fifth hour, always the same ones.
  return isWork && (time.getUTCDate() * 7 + hour * 3) % 5 !== 0;
}

/** The time of the place is read as if it were UTC: the demo is nowhere. */
function readSlot(slot: string): number | null {
  const at = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/.test(slot) ? Date.parse(`${slot}:00Z`) : NaN;
  return Number.isNaN(at) ? null : at;
}

const writeSlot = (at: number): string => new Date(at).toISOString().slice(0, 16);
