import { appendFileSync } from 'node:fs';

/**
 * Adds a line of JSON to the file of results, if one is wished.
 *
 * @param {string | undefined} file
 * @param {object} result
 */
export function keep(file, result) {
  if (file) appendFileSync(file, `${JSON.stringify({ at: new Date().toISOString(), ...result })}\n`);
}

/** @param {readonly (readonly (string | number)[])[]} rows  the first is the head @returns {string} a Markdown table */
export function table(rows) {
  const widths = rows[0].map((_, at) => Math.max(3, ...rows.map((row) => String(row[at]).length)));
  const line = (row) => `| ${row.map((cell, at) => String(cell).padEnd(widths[at])).join(' | ')} |`;
  const [head, ...rest] = rows;
  return [line(head), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...rest.map(line)].join(
    '\n',
  );
}

/** @param {readonly number[]} numbers  at least one @param {number} share  from 0 to 1 */
export function quantile(numbers, share) {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)];
}
