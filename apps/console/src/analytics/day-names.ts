import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Interval } from './filter.js';

/** How days, weeks (by their first day) and months are called. */
export function useDayNames(interval: Interval): (start: string) => string {
  const { i18n } = useTranslation();
  return useMemo(() => {
    // Plain days have no zone: they are written as they are.
    const shape = interval === 'month' ? ({ month: 'short', year: 'numeric' } as const) : MONTH_AND_DAY;
    const format = new Intl.DateTimeFormat(i18n.language, { ...shape, timeZone: 'UTC' });
    return (start) => (Number.isNaN(Date.parse(start)) ? '' : format.format(new Date(start)));
  }, [i18n.language, interval]);
}

const MONTH_AND_DAY = { month: 'short', day: 'numeric' } as const;
