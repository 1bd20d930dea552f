import { useTranslation } from 'react-i18next';
import { useMemo } from 'react';
import { useFormats } from '../i18n/format.js';
import type { Unit } from './reports.js';

/** Writes a number as what it means; nothing to divide by is a dash. */
export type Say = (value: number | null | undefined, unit: Unit) => string;

/** Numbers of reports as the chosen language writes them. */
export function useSay(): Say {
  const { i18n } = useTranslation();
  const { number, span } = useFormats();
  return useMemo(() => {
    const rate = new Intl.NumberFormat(i18n.language, { style: 'percent', maximumFractionDigits: 1 });
    const score = new Intl.NumberFormat(i18n.language, { maximumFractionDigits: 1 });
    const money = new Intl.NumberFormat(i18n.language, {
      minimumFractionDigits: 2,
      maximumFractionDigits: 4,
    });
    return (value, unit) => {
      if (value === null || value === undefined) return '–';
      if (unit === 'rate') return rate.format(value);
      if (unit === 'seconds') return span(value * 1_000);
      if (unit === 'money') return money.format(value / 1_000_000);
      return unit === 'score' ? score.format(value) : number(value);
    };
  }, [i18n.language, number, span]);
}
