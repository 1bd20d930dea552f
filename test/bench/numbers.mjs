/** Percentiles and medians of what was measured. */

/** The smallest value that at least `share` of the values do not exceed; 0 when there are none. */
export function percentile(values, share) {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}

/** The middle of an odd number of rounds, the lower middle of an even one. */
export const median = (values) => percentile(values, 0.5);

/** Each field's median over rounds that all have the same fields. */
export function medians(rounds) {
  const names = Object.keys(rounds[0]);
  return Object.fromEntries(names.map((name) => [name, median(rounds.map((round) => round[name]))]));
}

/** @returns `{ p50, p99 }` in milliseconds */
export const spreadOf = (latencies) => ({
  p50: percentile(latencies, 0.5),
  p99: percentile(latencies, 0.99),
});

/** Counts as they are; else two digits after the point below ten, none above a hundred, thousands apart. */
export function show(value) {
  if (value === null || Number.isNaN(value)) return '–';
  if (Number.isInteger(value) || value >= 100) return Math.round(value).toLocaleString('en-US');
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}
