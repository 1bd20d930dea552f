import { Card, Group, Progress, Skeleton, Table, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { ProblemNote } from '../parts/problem-note.js';
import { ScrollTable } from '../parts/scroll-table.js';
import { reportQuery, type ReportQuery, saveReport } from './report-query.js';
import { SaveMenu } from './save-menu.js';
import { useSay } from './units.js';

const SHOWN = 20;

/** Where flows wait, and where people leave them. */
export function FlowNodes({ query }: { query: ReportQuery }) {
  const { t } = useTranslation('analytics');
  const say = useSay();
  const found = useQuery(reportQuery('flows', query));
  const rows = found.data?.data ?? [];
  const title = t('report.flows');
  return (
    <Card component="section" aria-label={title}>
      <Group justify="space-between" wrap="nowrap" align="flex-start" mb="sm">
        <div>
          <Title order={2}>{title}</Title>
          <Text size="sm" c="dimmed">
            {t('about.flows')}
          </Text>
        </div>
        <SaveMenu name={title} onSave={(format) => saveReport('flows', query, format)} />
      </Group>
      <ProblemNote error={found.error} />
      {found.isLoading && <Skeleton height={120} radius="md" />}
      {found.data && rows.length === 0 && <Text c="dimmed">{t('noFlows')}</Text>}
      {rows.length > 0 && (
        <ScrollTable label={title} minWidth={420}>
          <Table verticalSpacing="xs">
            <Table.Thead>
              <Table.Tr>
                <Table.Th scope="col">{t('node')}</Table.Th>
                <Table.Th scope="col" ta="end">
                  {t('value.reached')}
                </Table.Th>
                <Table.Th scope="col" ta="end">
                  {t('value.dropped')}
                </Table.Th>
                <Table.Th scope="col">{t('value.dropped_rate')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {rows.slice(0, SHOWN).map(({ group, group_name: name, values }) => (
                <Table.Tr key={group}>
                  <Table.Td>{name ?? group}</Table.Td>
                  <Table.Td ta="end">{say(values['reached'], 'count')}</Table.Td>
                  <Table.Td ta="end">{say(values['dropped'], 'count')}</Table.Td>
                  <Table.Td miw={120}>
                    <Text size="sm">{say(values['dropped_rate'], 'rate')}</Text>
                    <Progress
                      value={(values['dropped_rate'] ?? 0) * 100}
                      color="var(--series-amber)"
                      size="sm"
                      aria-hidden
                    />
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </ScrollTable>
      )}
    </Card>
  );
}
