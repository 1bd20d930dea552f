import { Table } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { ScrollTable } from '../parts/scroll-table.js';
import type { Drawn } from './chart-card.js';
import type { Interval } from './filter.js';
import type { ReportChart } from './reports.js';
import { useDayNames } from './day-names.js';
import { useSay } from './units.js';
import classes from './analytics.module.css';

/** The numbers of a chart; always there for those who hear the screen, and to be seen when asked for. */
export function ReportTable(props: {
  chart: ReportChart;
  rows: readonly Drawn[];
  interval: Interval;
  isSeen: boolean;
}) {
  const { chart, rows, interval, isSeen } = props;
  const { t } = useTranslation('analytics');
  const say = useSay();
  const nameOf = useDayNames(interval);
  const title = t(`report.${chart.report}`);
  const table = (
    <Table verticalSpacing={4} stickyHeader>
      <caption className="visually-hidden">{title}</caption>
      <Table.Thead>
        <Table.Tr>
          <Table.Th scope="col">{t(`interval.${interval}`)}</Table.Th>
          {chart.series.map(({ value }) => (
            <Table.Th key={value} scope="col" ta="end">
              {t(`value.${value}`)}
            </Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rows.map((row) => (
          <Table.Tr key={row.start}>
            <Table.Th scope="row">{nameOf(row.start)}</Table.Th>
            {chart.series.map(({ value }) => (
              <Table.Td key={value} ta="end">
                {say(row[value] as number | null, chart.unit)}
              </Table.Td>
            ))}
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
  if (!isSeen) return <div className="visually-hidden">{table}</div>;
  return (
    <div className={classes['rows']}>
      <ScrollTable label={title} minWidth={360}>
        {table}
      </ScrollTable>
    </div>
  );
}
