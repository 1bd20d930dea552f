import { expect, it } from 'vitest';
import { firstSilenceMs } from './first-silence.js';

it.each([
  ['nothing was waited for', 4_000, 0, 4_000],
  ['servers of tools were quick', 4_000, 300, 3_700],
  ['servers of tools did not answer', 4_000, 2_000, 2_500],
  ['a bot allows little', 1_000, 2_000, 1_000],
  ['a bot allows much', 10_000, 2_000, 8_000],
])('a model has its time to begin when %s', (_, silenceMs, openedMs, left) => {
  expect(firstSilenceMs(silenceMs, openedMs)).toBe(left);
});

it('with the two seconds of the servers a person waits below five, as bots are made', () => {
  for (let openedMs = 0; openedMs <= 2_000; openedMs += 50) {
    expect(openedMs + firstSilenceMs(4_000, openedMs)).toBeLessThan(5_000);
  }
});
