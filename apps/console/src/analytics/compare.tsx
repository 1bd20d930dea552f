import { Card, Group, SegmentedControl, Skeleton, Table, Text, Title } from '@mantine/core';
import { useQueries } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { csvOf } from '../parts/csv.js';
import { download } from '../parts/download.js';
import { ProblemNote } from '../parts/problem-note.js';
import { ScrollTable } from '../parts/scroll-table.js';
import { comparisons } from './reports.js';
import { reportQuery, type ReportQuery } from './report-query.js';
import { SaveMenu } from './save-menu.js';
import { useSay } from './units.js';

const GROUPS = ['channel', 'bot', 'operator'] as const;
type Grouping = (typeof GROUPS)[number];

interface Line {
  group: string;
  name: string;
  values: (number | null)[];
}

/** Channels, bots or operators side by side. */
export function Compare({ query }: { query: ReportQuery }) {
  const { t } = useTranslation('analytics');
  const say = useSay();
  const [by, setBy] = useState<Grouping>('channel');
  const found = useQueries({
    queries: comparisons.map(({ report }) => reportQuery(report, { ...query, group_by: by })),
  });
  const lines = linesOf(found.map(({ data }) => data?.data ?? []));
  const isLoading = found.some((one) => one.isLoading);
  const error = found.find((one) => one.error)?.error;
  const heads = comparisons.map(({ report }) => t(`compare.${report}`));
  const save = (format: 'csv' | 'json') => {
    const text =
      format === 'json'
        ? JSON.stringify({ ...query, group_by: by, data: lines.map(asObject) }, null, 2)
        : csvOf([
            ['group', 'group_name', ...comparisons.map(({ report, value }) => `${report}.${value}`)],
            ...lines.map(({ group, name, values }) => [group, name, ...values]),
          ]);
    const type = format === 'json' ? 'application/json' : 'text/csv;charset=utf-8';
    download(new Blob([text], { type }), `by-${by}.${format}`);
  };
  return (
    <Card component="section" aria-label={t('sideBySide')}>
      <Group justify="space-between" mb="sm">
        <Title order={2}>{t('sideBySide')}</Title>
        <Group gap="xs">
          <SegmentedControl
            size="xs"
            aria-label={t('sideBySide')}
            value={by}
            onChange={(next) => setBy(next)}
            data={GROUPS.map((value) => ({ value, label: t(`by.${value}`) }))}
          />
          <SaveMenu name={t('sideBySide')} onSave={save} />
        </Group>
      </Group>
      <ProblemNote error={error} />
      {isLoading && <Skeleton height={120} radius="md" />}
      {!isLoading && lines.length === 0 && <Text c="dimmed">{t('nothing')}</Text>}
      {!isLoading && lines.length > 0 && (
        <ScrollTable label={t('sideBySide')} minWidth={820}>
          <Table verticalSpacing="xs">
            <Table.Thead>
              <Table.Tr>
                <Table.Th scope="col">{t(`by.${by}`)}</Table.Th>
                {heads.map((head) => (
                  <Table.Th key={head} scope="col" ta="end">
                    {head}
                  </Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {lines.map(({ group, name, values }) => (
                <Table.Tr key={group}>
                  <Table.Td fw={560}>{name}</Table.Td>
                  {values.map((value, index) => (
                    <Table.Td key={heads[index]} ta="end">
                      {say(value, comparisons[index]?.unit ?? 'count')}
                    </Table.Td>
                  ))}
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </ScrollTable>
      )}
    </Card>
  );
}

interface Row {
  group: string | null;
  group_name: string | null;
  values: Record<string, number | null>;
}

/** One line for each group of any report; what belongs to none is left out. Those with most messages first. */
function linesOf(reports: readonly (readonly Row[])[]): Line[] {
  const lines = new Map<string, Line>();
  for (const [index, rows] of reports.entries()) {
    for (const { group, group_name: name, values } of rows) {
      if (group === null) continue;
      const line = lines.get(group) ?? { group, name: name ?? group, values: comparisons.map(() => null) };
      line.values[index] = values[comparisons[index]?.value ?? ''] ?? null;
      lines.set(group, line);
    }
  }
  return [...lines.values()].sort((one, other) => (other.values[0] ?? 0) - (one.values[0] ?? 0));
}

function asObject({ group, name, values }: Line): Record<string, unknown> {
  const named = comparisons.map(({ report, value }, index) => [`${report}.${value}`, values[index]]);
  return { group, group_name: name, ...Object.fromEntries(named) };
}
