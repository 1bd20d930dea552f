import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { timeZone } from './time-zone.js';

const STEPS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];

/** Times and numbers as the chosen language writes them. */
export interface Formats {
  /** `5 minutes ago`, `in 3 days`. */
  ago: (instant: string | number) => string;
  /** Date and time. */
  moment: (instant: string | number) => string;
  /** Time of day with seconds and milliseconds. */
  clock: (instant: string) => string;
  /** Date alone. */
  day: (instant: string | number) => string;
  number: (value: number) => string;
  /** A share from 0 to 1 as `87 %`. */
  percent: (share: number) => string;
  bytes: (value: number) => string;
  /** `340 ms`, `2.1 s`, `4 min`. */
  span: (ms: number) => string;
}

/** Formats of the chosen language. */
export function useFormats(): Formats {
  const { i18n } = useTranslation();
  const zone = timeZone.use();
  return useMemo(() => formatsOf(i18n.language, zone), [i18n.language, zone]);
}

/** Formats of a language, by the clock of a zone. */
export function formatsOf(language: string, zone: string = timeZone.get()): Formats {
  const relative = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });
  const moment = new Intl.DateTimeFormat(language, {
    dateStyle: 'medium',
    timeStyle: 'short',
    timeZone: zone,
  });
  const day = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeZone: zone });
  const clock = new Intl.DateTimeFormat(language, {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    fractionalSecondDigits: 3,
    timeZone: zone,
  });
  const number = new Intl.NumberFormat(language);
  const percent = new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 1 });
  const unit = (name: string, digits = 0) =>
    new Intl.NumberFormat(language, {
      style: 'unit',
      unit: name,
      unitDisplay: 'short',
      maximumFractionDigits: digits,
    });
  return {
    ago: (instant) => {
      const seconds = (new Date(instant).getTime() - Date.now()) / 1_000;
      const [name, size] = STEPS.find(([, step]) => Math.abs(seconds) >= step) ?? ['second', 1];
      return relative.format(Math.trunc(seconds / size), name);
    },
    moment: (instant) => moment.format(new Date(instant)),
    clock: (instant) => clock.format(new Date(instant)),
    day: (instant) => day.format(new Date(instant)),
    number: (value) => number.format(value),
    percent: (share) => percent.format(share),
    bytes: (value) =>
      value < 1_000_000
        ? unit('kilobyte', 1).format(value / 1_000)
        : unit('megabyte', 1).format(value / 1_000_000),
    span: (ms) => {
      if (ms < 1_000) return unit('millisecond').format(ms);
      if (ms < 90_000) return unit('second', 1).format(ms / 1_000);
      return ms < 5_400_000 ? unit('minute', 1).format(ms / 60_000) : unit('hour', 1).format(ms / 3_600_000);
    },
  };
}
