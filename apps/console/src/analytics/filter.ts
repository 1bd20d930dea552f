/** What the reports are about; stands in the address, so that it can be shared. */
export interface ReportFilter {
  /** So many days up to today; default: 30. Not with `from`. */
  days?: number;
  /** First and last day, YYYY-MM-DD. */
  from?: string;
  to?: string;
  channel?: string;
  bot?: string;
}

/** Lengths that are offered, in days. */
export const SPANS = [7, 30, 90] as const;
const SPAN_PRESET = 30;
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const DAY_MS = 86_400_000;

/** The filter that an address holds; what is no filter is left out. */
export function filterIn(search: Record<string, unknown>): ReportFilter {
  const { days, from, to, channel, bot } = search;
  const isRange = isDay(from) && isDay(to) && from <= to;
  return {
    ...(!isRange && SPANS.some((one) => one === days) && { days: days as number }),
    ...(isRange && { from, to }),
    ...(typeof channel === 'string' && /^chan_\w{26}$/.test(channel) && { channel }),
    ...(typeof bot === 'string' && /^bot_\w{26}$/.test(bot) && { bot }),
  };
}

/** The first and the last day of a filter, as the clock of a zone has them. */
export function daysOf({ days = SPAN_PRESET, from, to }: ReportFilter, now: number, zone: string) {
  if (from !== undefined && to !== undefined) return { first: from, last: to };
  const last = dayOf(now, zone);
  return { first: addDays(last, 1 - days), last };
}

/** What the API is asked. Longer times are drawn in weeks and months. */
export function queryOf(filter: ReportFilter, now: number, zone: string) {
  const { first, last } = daysOf(filter, now, zone);
  return {
    from: new Date(startOf(first, zone)).toISOString(),
    to: new Date(startOf(addDays(last, 1), zone)).toISOString(),
    timezone: zone,
    interval: intervalFor(first, last),
    channel_id: filter.channel,
    bot_id: filter.bot,
  };
}

/** What one row of time is called, and how long it is. */
export type Interval = 'day' | 'week' | 'month';

/** At most so many of each are drawn. */
function intervalFor(first: string, last: string): Interval {
  const days = (Date.parse(last) - Date.parse(first)) / DAY_MS + 1;
  if (days <= 92) return 'day';
  return days <= 400 ? 'week' : 'month';
}

/** The beginnings of all days, weeks or months of a time, YYYY-MM-DD: those without anything too. */
export function bucketsOf(first: string, last: string, interval: Interval): string[] {
  const found: string[] = [];
  for (let day = snap(first, interval); day <= last; day = next(day, interval)) found.push(day);
  return found;
}

/** The day of an instant by the clock of a zone, YYYY-MM-DD. */
export function dayOf(instant: number, zone: string): string {
  return new Intl.DateTimeFormat('sv', { timeZone: zone, dateStyle: 'short' }).format(instant);
}

/** The instant at which a day begins by the clock of a zone. */
export function startOf(day: string, zone: string): number {
  const guess = Date.parse(`${day}T00:00:00Z`);
  const once = guess - offsetAt(guess, zone);
  // Where the clock was changed in between, the offset of the guess is not that of the answer.
  return guess - offsetAt(once, zone);
}

function offsetAt(instant: number, zone: string): number {
  const clock = new Intl.DateTimeFormat('sv', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' });
  const shown = Date.parse(`${clock.format(instant).replace(' ', 'T')}Z`);
  return shown - Math.floor(instant / 1_000) * 1_000;
}

function snap(day: string, interval: Interval): string {
  if (interval === 'month') return `${day.slice(0, 7)}-01`;
  if (interval === 'day') return day;
  const weekday = (new Date(day).getUTCDay() + 6) % 7;
  return addDays(day, -weekday);
}

function next(day: string, interval: Interval): string {
  if (interval !== 'month') return addDays(day, interval === 'day' ? 1 : 7);
  const [year = 0, month = 0] = day.split('-').map(Number);
  return new Date(Date.UTC(year, month, 1)).toISOString().slice(0, 10);
}

function addDays(day: string, days: number): string {
  return new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10);
}

function isDay(value: unknown): value is string {
  return typeof value === 'string' && DAY.test(value) && !Number.isNaN(Date.parse(value));
}
