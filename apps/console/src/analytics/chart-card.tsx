import { ActionIcon, Card, Group, Skeleton, Text, Title, Tooltip } from '@mantine/core';
import { IconChartBar, IconTable } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ProblemNote } from '../parts/problem-note.js';
import { bucketsOf, dayOf, type Interval } from './filter.js';
import { useDayNames } from './day-names.js';
import { ReportTable } from './report-table.js';
import type { ReportChart } from './reports.js';
import { reportQuery, type ReportQuery, saveReport } from './report-query.js';
import { SaveMenu } from './save-menu.js';
import { useSay } from './units.js';
import classes from './analytics.module.css';

// Each kind is a file of its own: who looks at one does not load the other.
const Bars = lazy(async () => ({ default: (await import('./bars.js')).Bars }));
const Lines = lazy(async () => ({ default: (await import('./lines.js')).Lines }));

/** What a chart draws: one row for each day, week or month. */
export type Drawn = { start: string } & Record<string, number | string | null>;

const isSum = ({ unit }: ReportChart): boolean => unit === 'count' || unit === 'money';

/** One report over time: a chart for the eye, the same numbers as a table for everybody, and as files. */
export function ChartCard(props: {
  chart: ReportChart;
  query: ReportQuery & { interval: Interval; timezone: string };
  days: { first: string; last: string };
}) {
  const { chart, query, days } = props;
  const { t, i18n } = useTranslation('analytics');
  const say = useSay();
  const nameOf = useDayNames(query.interval);
  const [isTable, setTable] = useState(false);
  const found = useQuery(reportQuery(chart.report, query));
  const { interval, timezone } = query;
  const { first, last } = days;
  const rows = useMemo(() => {
    const counted = new Map(
      (found.data?.data ?? []).map(({ start, values }) => [dayOf(Date.parse(start ?? ''), timezone), values]),
    );
    const nothing = isSum(chart) ? 0 : null;
    return bucketsOf(first, last, interval).map((start): Drawn => {
      const values = counted.get(start);
      const named = chart.series.map(({ value }) => [value, values ? (values[value] ?? null) : nothing]);
      return { start, ...Object.fromEntries(named) } as Drawn;
    });
  }, [found.data, chart, first, last, interval, timezone]);
  const Chart = chart.kind === 'line' ? Lines : Bars;
  // A sum of nothing draws an axis and says nothing; a share or a time that is zero says something.
  const isNothing = ({ start: _, ...values }: Drawn) => Object.values(values).every((value) => !value);
  const isEmpty = found.data?.data.length === 0 || (isSum(chart) && rows.every(isNothing));
  const title = t(`report.${chart.report}`);
  return (
    <Card component="section" aria-label={title} className={classes['card']}>
      <Group justify="space-between" wrap="nowrap" align="flex-start" mb="sm">
        <div>
          <Title order={2}>{title}</Title>
          <Text size="sm" c="dimmed">
            {t(`about.${chart.report}`)}
          </Text>
        </div>
        <Group gap={2} wrap="nowrap">
          <Tooltip label={isTable ? t('asChart') : t('asTable')}>
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={`${isTable ? t('asChart') : t('asTable')}: ${title}`}
              onClick={() => setTable(!isTable)}
            >
              {isTable ? <IconChartBar size={18} aria-hidden /> : <IconTable size={18} aria-hidden />}
            </ActionIcon>
          </Tooltip>
          <SaveMenu name={title} onSave={(format) => saveReport(chart.report, query, format)} />
        </Group>
      </Group>
      <ProblemNote error={found.error} onRetry={() => void found.refetch()} />
      {found.isLoading && <Skeleton height={240} radius="md" />}
      {found.data && isEmpty && <Text c="dimmed">{t('nothing')}</Text>}
      {found.data && !isEmpty && (
        <>
          {!isTable && (
            <div aria-hidden className={classes['chart']}>
              <Suspense fallback={<Skeleton height={240} radius="md" />}>
                <Chart
                  chart={chart}
                  rows={rows}
                  labels={Object.fromEntries(chart.series.map(({ value }) => [value, t(`value.${value}`)]))}
                  say={(value) => say(value, chart.unit)}
                  nameOf={nameOf}
                  isMirrored={i18n.dir() === 'rtl'}
                />
              </Suspense>
            </div>
          )}
          <ReportTable chart={chart} rows={rows} interval={interval} isSeen={isTable} />
        </>
      )}
    </Card>
  );
}
