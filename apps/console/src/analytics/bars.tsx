import '@mantine/charts/styles.css';
import { BarChart } from '@mantine/charts';
import { type ChartProps, drawingOf, quiet } from './drawing.js';

/** Bars beside each other, or on each other; whoever cannot see them has the table. */
export function Bars(props: ChartProps) {
  const isStack = props.chart.kind === 'stack';
  return (
    <BarChart
      {...drawingOf(props)}
      type={isStack ? 'stacked' : 'default'}
      barProps={{ isAnimationActive: false, radius: isStack ? 0 : 3 }}
      maxBarWidth={28}
      barChartProps={quiet}
    />
  );
}
