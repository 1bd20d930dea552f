import '@mantine/charts/styles.css';
import { LineChart } from '@mantine/charts';
import { type ChartProps, drawingOf, quiet } from './drawing.js';

/** Lines over time; whoever cannot see them has the table. */
export function Lines(props: ChartProps) {
  return (
    <LineChart {...drawingOf(props)} curveType="monotone" connectNulls withDots lineChartProps={quiet} />
  );
}
