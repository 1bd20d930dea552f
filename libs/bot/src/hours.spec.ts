import { describe, expect, it } from 'vitest';
import { BusinessHours } from '#libs/model';
import { addDays, isOpen, isTimeZone, localTime, nextOpening, opensAt, weekdayOf } from './hours.js';

const hours = BusinessHours.parse({
  time_zone: 'Europe/Berlin',
  weekly: [
    { days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', to: '17:30' },
    { days: ['fri'], from: '22:00', to: '02:00' },
  ],
  closed: ['2026-12-25'],
});
const at = (iso: string): number => Date.parse(iso);

describe('business hours', () => {
  it.each([
    ['2026-11-23T08:00:00Z', true], // Monday 9:00
    ['2026-11-23T07:59:59Z', false],
    ['2026-11-23T16:29:59Z', true],
    ['2026-11-23T16:30:00Z', false],
    ['2026-07-20T07:00:00Z', true], // summer time: 9:00
    ['2026-11-21T00:30:00Z', true], // the night after Friday
    ['2026-11-21T01:00:00Z', false],
    ['2026-11-21T10:00:00Z', false], // Saturday
    ['2026-12-25T10:00:00Z', false], // a closed Friday, and its night
    ['2026-12-26T00:30:00Z', false],
  ])('at %s it is open: %s', (iso, open) => {
    expect(isOpen(hours, at(iso))).toBe(open);
  });

  it('say when they open next', () => {
    expect(nextOpening(hours, at('2026-11-21T10:00:00Z'))).toEqual({ date: '2026-11-23', time: '09:00' });
    expect(nextOpening(hours, at('2026-11-20T18:00:00Z'))).toEqual({ date: '2026-11-20', time: '22:00' });
    expect(nextOpening(hours, at('2026-11-23T10:00:00Z'))).toBeNull();
    expect(nextOpening({ ...hours, weekly: [] }, at('2026-11-23T10:00:00Z'))).toBeNull();
  });

  it('open at an instant, also over a change of the clock', () => {
    expect(opensAt(hours, at('2026-11-21T10:00:00Z'))).toBe(at('2026-11-23T08:00:00Z'));
    // On 2027-03-28 the clock of Berlin goes from 2 to 3.
    const sunday = { ...hours, weekly: [{ days: ['sun' as const], from: '09:00', to: '10:00' }] };
    expect(opensAt(sunday, at('2027-03-27T20:00:00Z'))).toBe(at('2027-03-28T07:00:00Z'));
    expect(opensAt(hours, at('2026-11-23T10:00:00Z'))).toBeNull();
  });
});

describe('local time', () => {
  it('is by the clock of the place, midnight being hour 0', () => {
    expect(localTime(at('2026-11-20T23:00:00Z'), 'Europe/Berlin')).toEqual({
      date: '2026-11-21',
      weekday: 'sat',
      hour: 0,
      minute: 0,
    });
  });

  it('is that of UTC where the zone is unknown', () => {
    expect(isTimeZone('Nowhere/Town')).toBe(false);
    expect(localTime(0, 'Nowhere/Town')).toMatchObject({ date: '1970-01-01', hour: 0 });
  });

  it('counts days and weekdays over the ends of months, also before 1970', () => {
    expect(addDays('2028-02-28', 1)).toBe('2028-02-29');
    expect(addDays('2026-01-01', -1)).toBe('2025-12-31');
    expect(weekdayOf('1969-12-31')).toBe('wed');
    expect(weekdayOf('2026-11-21')).toBe('sat');
  });
});
