import { makeStore } from '../parts/store.js';

const KEY = 'parley.timeZone';
const own = Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';

/** The zone of this browser's clock. */
export const ownTimeZone = own;

/** By which clock the console writes times: that of the browser, until somebody chooses another in this browser. */
export const timeZone = makeStore<string>(kept() ?? own);

/** Chooses a clock; null: that of the browser. */
export function chooseTimeZone(zone: string | null): void {
  if (zone === null) localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, zone);
  timeZone.set(zone ?? own);
}

/** The zones that this browser knows, by their IANA names. */
export function timeZones(): string[] {
  return [...new Set(['UTC', own, ...Intl.supportedValuesOf('timeZone')])].sort((a, b) => a.localeCompare(b));
}

function kept(): string | null {
  const zone = localStorage.getItem(KEY);
  if (zone === null) return null;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone;
  } catch {
    return null;
  }
}
