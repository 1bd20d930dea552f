import { SimpleGrid, Stack } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { timeZone } from '../i18n/time-zone.js';
import { Page } from '../parts/page.js';
import { ChartCard } from './chart-card.js';
import { Compare } from './compare.js';
import { daysOf, queryOf, type ReportFilter } from './filter.js';
import { Filters } from './filters.js';
import { FlowNodes } from './flow-nodes.js';
import { Headlines } from './headlines.js';
import { Questions } from './questions.js';
import { charts } from './reports.js';
import classes from './analytics.module.css';

/** How much, how fast and how well, over a time: as charts, as tables, and as files. */
export function AnalyticsScreen() {
  const { t } = useTranslation('analytics');
  const filter = useSearch({ from: '/frame/analytics' });
  const navigate = useNavigate();
  const zone = timeZone.use();
  // One now for all reports of the screen: they are about the same days.
  const now = useMemo(() => Date.now(), [filter, zone]);
  const { interval, ...whole } = queryOf(filter, now, zone);
  const days = daysOf(filter, now, zone);
  const set = (next: ReportFilter) => void navigate({ to: '/analytics', search: next, replace: true });
  return (
    <Page title={t('title')} text={t('text', { zone })} isWide>
      <Stack gap="lg" className={classes['colours']}>
        <Filters filter={filter} days={days} onChange={set} />
        <Headlines query={whole} />
        <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="md">
          {charts.map((chart) => (
            <ChartCard key={chart.report} chart={chart} query={{ ...whole, interval }} days={days} />
          ))}
        </SimpleGrid>
        <Compare query={whole} />
        <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="md">
          <FlowNodes query={whole} />
          <Questions query={whole} />
        </SimpleGrid>
      </Stack>
    </Page>
  );
}
