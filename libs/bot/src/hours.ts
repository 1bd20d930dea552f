import { Weekday, type BusinessHours } from '#libs/model';

/** An instant by the clock of a place. */
export interface LocalTime {
  /** YYYY-MM-DD */
  readonly date: string;
  readonly weekday: Weekday;
  /** 0–23 */
  readonly hour: number;
  readonly minute: number;
}

const dayMs = 86_400_000;
const formats = new Map<string, Intl.DateTimeFormat | null>();

/** Whether a name is a time zone of this platform. */
export function isTimeZone(timeZone: string): boolean {
  return formatOf(timeZone) !== null;
}

/** The time of a place; that of UTC when the zone is unknown. */
export function localTime(nowMs: number, timeZone: string): LocalTime {
  const format = formatOf(timeZone) ?? formatOf('UTC')!;
  const parts = new Map(format.formatToParts(nowMs).map(({ type, value }) => [type, value]));
  const date = `${parts.get('year')}-${parts.get('month')}-${parts.get('day')}`;
  return {
    date,
    weekday: weekdayOf(date),
    hour: Number(parts.get('hour')),
    minute: Number(parts.get('minute')),
  };
}

/** The weekday of a date YYYY-MM-DD. */
export function weekdayOf(date: string): Weekday {
  // 1970-01-01 was a Thursday; the list begins with Monday.
  return Weekday.options[((((dayNumber(date) + 3) % 7) + 7) % 7) as 0]!;
}

/** A date YYYY-MM-DD so many days later, or earlier when negative. */
export function addDays(date: string, days: number): string {
  return new Date((dayNumber(date) + days) * dayMs).toISOString().slice(0, 10);
}

/** Days from one date to another. */
export function daysBetween(from: string, to: string): number {
  return dayNumber(to) - dayNumber(from);
}

/** Whether somebody is there at an instant. */
export function isOpen(hours: BusinessHours, nowMs: number): boolean {
  const now = localTime(nowMs, hours.time_zone);
  const minute = now.hour * 60 + now.minute;
  return opensOn(hours, now.date, minute) || opensOn(hours, addDays(now.date, -1), minute + 1_440);
}

/**
 * When somebody is there next: the date and the time by the clock of the place.
 *
 * @returns null when it is open now, or does not open within 60 days
 */
export function nextOpening(hours: BusinessHours, nowMs: number): { date: string; time: string } | null {
  if (isOpen(hours, nowMs)) return null;
  const now = localTime(nowMs, hours.time_zone);
  const minute = now.hour * 60 + now.minute;
  for (let day = 0; day <= 60; day++) {
    const date = addDays(now.date, day);
    const times = openings(hours, date)
      .map(({ from }) => from)
      .filter((from) => day > 0 || minutesOf(from) > minute)
      .sort((a, b) => minutesOf(a) - minutesOf(b));
    if (times[0] !== undefined) return { date, time: times[0] };
  }
  return null;
}

/** The instant of `nextOpening`, in milliseconds since 1970; null where that is null. */
export function opensAt(hours: BusinessHours, nowMs: number): number | null {
  const next = nextOpening(hours, nowMs);
  if (next === null) return null;
  const wanted = Date.parse(`${next.date}T${next.time === '24:00' ? '00:00' : next.time}:00Z`);
  let at = wanted;
  // The clock of the place differs by what it shows at the guess; twice, for a guess on the other side of a change.
  for (let round = 0; round < 2; round++) {
    const { date, hour, minute } = localTime(at, hours.time_zone);
    at += wanted - (Date.parse(`${date}T00:00:00Z`) + (hour * 60 + minute) * 60_000);
  }
  return at;
}

/** Whether an opening that begins on a day covers a minute, counted from that day's midnight. */
function opensOn(hours: BusinessHours, date: string, minute: number): boolean {
  return openings(hours, date).some(({ from, to }) => {
    const start = minutesOf(from);
    const end = minutesOf(to);
    return minute >= start && minute < (end > start ? end : end + 1_440);
  });
}

function openings(hours: BusinessHours, date: string): BusinessHours['weekly'] {
  if (hours.closed.includes(date)) return [];
  const weekday = weekdayOf(date);
  return hours.weekly.filter(({ days }) => days.includes(weekday));
}

function minutesOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
}

function dayNumber(date: string): number {
  return Math.round(Date.parse(`${date}T00:00:00Z`) / dayMs);
}

function formatOf(timeZone: string): Intl.DateTimeFormat | null {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const made = makeFormat(timeZone);
  // Names come from definitions, so a hostile one must not fill the memory.
  if (formats.size > 1_000) formats.clear();
  formats.set(timeZone, made);
  return made;
}

function makeFormat(timeZone: string): Intl.DateTimeFormat | null {
  const two = '2-digit' as const;
  const parts = { year: 'numeric', month: two, day: two, hour: two, minute: two, hourCycle: 'h23' } as const;
  try {
    return new Intl.DateTimeFormat('en-CA', { timeZone, ...parts });
  } catch {
    return null;
  }
}
