import type { Drawn } from './chart-card.js';
import type { ReportChart } from './reports.js';

const HEIGHT = 256;

/** What is drawn, with all of its words: the files of the drawings hold nothing but the drawing. */
export interface ChartProps {
  chart: ReportChart;
  rows: readonly Drawn[];
  /** By the name of the value. */
  labels: Readonly<Record<string, string>>;
  say: (value: number) => string;
  nameOf: (start: string) => string;
  isMirrored: boolean;
}

/** What both kinds of drawings are told. The keys belong to the table: what nobody hears must not take the focus. */
export function drawingOf({ chart, rows, labels, say, nameOf, isMirrored }: ChartProps) {
  return {
    h: HEIGHT,
    data: [...rows],
    dataKey: 'start',
    series: chart.series.map(({ value, colour }) => ({
      name: value,
      label: labels[value] ?? value,
      color: colour,
    })),
    valueFormatter: say,
    withLegend: chart.series.length > 1,
    legendProps: { verticalAlign: 'bottom' as const, height: 60 },
    gridAxis: 'x' as const,
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
}

/** Takes no focus. */
export const quiet = { accessibilityLayer: false };
