import '@mantine/charts/styles.css';
import { BarChart, LineChart } from '@mantine/charts';
import { useTranslation } from 'react-i18next';
import type { Drawn } from './chart-card.js';
import { useDayNames } from './day-names.js';
import type { Interval } from './filter.js';
import type { ReportChart } from './reports.js';
import { useSay } from './units.js';

const HEIGHT = 240;

/** The drawing itself; whoever cannot see it has the table beside it. */
export function Chart(props: { chart: ReportChart; rows: readonly Drawn[]; interval: Interval }) {
  const { chart, rows, interval } = props;
  const { t, i18n } = useTranslation('analytics');
  const say = useSay();
  const nameOf = useDayNames(interval);
  const isMirrored = i18n.dir() === 'rtl';
  const common = {
    h: HEIGHT,
    data: [...rows],
    dataKey: 'start',
    series: chart.series.map(({ value, colour }) => ({
      name: value,
      label: t(`value.${value}`),
      color: colour,
    })),
    valueFormatter: (value: number) => say(value, chart.unit),
    withLegend: chart.series.length > 1,
    legendProps: { verticalAlign: 'bottom' as const, height: 44 },
    gridAxis: 'y' as const,
    tickLine: 'none' as const,
    xAxisProps: { tickFormatter: nameOf, minTickGap: 28, reversed: isMirrored },
    yAxisProps: {
      width: 64,
      allowDecimals: chart.unit !== 'count',
      orientation: isMirrored ? ('right' as const) : ('left' as const),
      ...(chart.unit === 'rate' && { domain: [0, 1] as [number, number] }),
    },
    tooltipProps: { labelFormatter: (start: unknown) => nameOf(String(start)) },
    tooltipAnimationDuration: 0,
  };
  // The keys belong to the table: a drawing that nobody hears must not take the focus.
  const quiet = { accessibilityLayer: false };
  if (chart.kind === 'line') {
    return <LineChart {...common} curveType="monotone" connectNulls withDots lineChartProps={quiet} />;
  }
  return (
    <BarChart
      {...common}
      type={chart.kind === 'stack' ? 'stacked' : 'default'}
      barProps={{ isAnimationActive: false, radius: chart.kind === 'stack' ? 0 : 3 }}
      maxBarWidth={28}
      barChartProps={quiet}
    />
  );
}
