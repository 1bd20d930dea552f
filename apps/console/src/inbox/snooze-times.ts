/** An instant that people choose often. */
export interface SnoozeTime {
  name: 'hour' | 'evening' | 'tomorrow' | 'monday';
  until: Date;
}

const MORNING = 9;
const EVENING = 18;

/** When a conversation may come back, by the clock of the operator; only what is still to come. */
export function snoozeTimes(now: Date): SnoozeTime[] {
  const at = (days: number, hour: number): Date =>
    new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, hour);
  const untilMonday = (8 - now.getDay()) % 7 || 7;
  const evening = at(0, EVENING);
  return [
    { name: 'hour', until: new Date(now.getTime() + 3_600_000) },
    ...(evening.getTime() - now.getTime() > 3_600_000 ? [{ name: 'evening' as const, until: evening }] : []),
    { name: 'tomorrow', until: at(1, MORNING) },
    ...(untilMonday > 1 ? [{ name: 'monday' as const, until: at(untilMonday, MORNING) }] : []),
  ];
}
