import { Card, SimpleGrid, Skeleton, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { headlines } from './reports.js';
import { reportQuery, type ReportQuery } from './report-query.js';
import { useSay } from './units.js';
import classes from './analytics.module.css';

/** The whole time in six numbers. */
export function Headlines({ query }: { query: ReportQuery }) {
  return (
    <SimpleGrid cols={{ base: 2, sm: 3, lg: 6 }} spacing="sm">
      {headlines.map((one) => (
        <Headline key={one.report} {...one} query={query} />
      ))}
    </SimpleGrid>
  );
}

function Headline({ report, value, unit, query }: (typeof headlines)[number] & { query: ReportQuery }) {
  const { t } = useTranslation('analytics');
  const say = useSay();
  const found = useQuery(reportQuery(report, query));
  const [row] = found.data?.data ?? [];
  return (
    <Card padding="sm">
      <Text size="sm" c="dimmed">
        {t(`headline.${report}`)}
      </Text>
      {found.isLoading ? (
        <Skeleton height={32} width={80} mt={4} />
      ) : (
        <Text className={classes['number']}>{say(row?.values[value], unit)}</Text>
      )}
    </Card>
  );
}
