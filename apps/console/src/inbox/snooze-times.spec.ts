import { describe, expect, it } from 'vitest';
import { snoozeTimes } from './snooze-times.js';

const namesAt = (...at: [number, number, number, number]) =>
  snoozeTimes(new Date(...at)).map(({ name }) => name);

describe('the times that are offered', () => {
  it('are all to come, and leave out what is the same as another', () => {
    // 2026-11-19 is a Thursday, 2026-11-22 a Sunday.
    expect(namesAt(2026, 10, 19, 10)).toEqual(['hour', 'evening', 'tomorrow', 'monday']);
    expect(namesAt(2026, 10, 19, 20)).toEqual(['hour', 'tomorrow', 'monday']);
    expect(namesAt(2026, 10, 22, 10)).toEqual(['hour', 'evening', 'tomorrow']);
    const monday = snoozeTimes(new Date(2026, 10, 19, 10)).at(-1)!.until;
    expect([monday.getDay(), monday.getHours()]).toEqual([1, 9]);
    const next = snoozeTimes(new Date(2026, 10, 23, 10)).at(-1)!.until;
    expect(next.getDate()).toBe(30);
  });
});
