import { describe, expect, it } from 'vitest';
import { bucketsOf, daysOf, filterIn, queryOf, startOf } from './filter.js';

const BERLIN = 'Europe/Berlin';
const noon = Date.parse('2026-11-21T12:00:00Z');

describe('what the reports are about', () => {
  it('is read from the address, and nothing that is none', () => {
    expect(filterIn({ days: 7, from: 'x', bot: 'bot_1' })).toEqual({ days: 7 });
    expect(filterIn({ days: 8 })).toEqual({});
    expect(filterIn({ days: 7, from: '2026-01-01', to: '2026-01-31' })).toEqual({
      from: '2026-01-01',
      to: '2026-01-31',
    });
    expect(filterIn({ from: '2026-02-01', to: '2026-01-01' })).toEqual({});
    const channel = `chan_${'0'.repeat(26)}`;
    expect(filterIn({ channel })).toEqual({ channel });
  });

  it('ends with today by the clock of the zone', () => {
    expect(daysOf({ days: 7 }, noon, BERLIN)).toEqual({ first: '2026-11-15', last: '2026-11-21' });
    expect(daysOf({}, Date.parse('2026-11-21T23:30:00Z'), BERLIN).last).toBe('2026-11-22');
  });

  it('covers whole days, also where the clock is changed', () => {
    expect(new Date(startOf('2026-03-29', BERLIN)).toISOString()).toBe('2026-03-28T23:00:00.000Z');
    expect(new Date(startOf('2026-03-30', BERLIN)).toISOString()).toBe('2026-03-29T22:00:00.000Z');
    expect(new Date(startOf('2026-10-25', BERLIN)).toISOString()).toBe('2026-10-24T22:00:00.000Z');
    expect(new Date(startOf('2026-10-26', BERLIN)).toISOString()).toBe('2026-10-25T23:00:00.000Z');
    const query = queryOf({ from: '2026-03-29', to: '2026-03-29' }, noon, BERLIN);
    expect(Date.parse(query.to) - Date.parse(query.from)).toBe(23 * 3_600_000);
  });

  it('is drawn by day, by week or by month, with those in which nothing was', () => {
    expect(bucketsOf('2026-11-19', '2026-11-21', 'day')).toEqual(['2026-11-19', '2026-11-20', '2026-11-21']);
    // Weeks begin on Mondays.
    expect(bucketsOf('2026-11-19', '2026-11-30', 'week')).toEqual(['2026-11-16', '2026-11-23', '2026-11-30']);
    expect(bucketsOf('2025-12-31', '2026-02-01', 'month')).toEqual([
      '2025-12-01',
      '2026-01-01',
      '2026-02-01',
    ]);
    expect(queryOf({ days: 90 }, noon, BERLIN).interval).toBe('day');
    expect(queryOf({ from: '2026-01-01', to: '2026-11-21' }, noon, BERLIN).interval).toBe('week');
    expect(queryOf({ from: '2020-01-01', to: '2026-11-21' }, noon, BERLIN).interval).toBe('month');
  });
});
