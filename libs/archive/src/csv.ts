import { stringify } from 'csv-stringify/sync';

/** What a cell can hold; null is an empty one. */
export type Cell = string | number | boolean | null;

/**
 * Writes rows as CSV: commas, quotes where they are needed, CRLF.
 *
 * No cell can start a formula in a spreadsheet: texts that begin with `=`, `+`, `-`, `@`, a tab or a line break, blanks
 * before them or not, get an apostrophe in front. Numbers stay numbers.
 *
 * @param columns  a first line; null where an earlier piece of the same file has it
 * @see https://owasp.org/www-community/attacks/CSV_Injection (read 2026-11-21)
 * @see RFC 4180
 */
export function writeCsv(columns: readonly string[] | null, rows: readonly (readonly Cell[])[]): string {
  const all = [...(columns ? [columns] : []), ...rows];
  return stringify(
    all.map((row) => row.map(tamed)),
    // A line break of its own, unquoted, would begin a row in a reader that is less strict.
    { record_delimiter: 'windows', quoted_match: /[\r\n]/ },
  );
}

/** What a spreadsheet may take for a formula; the full-width signs are read as the plain ones by some. */
const FORMULA = /^[\s\u00a0\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]/;

function tamed(cell: Cell): string {
  if (cell === null) return '';
  return typeof cell === 'string' && FORMULA.test(cell) ? `'${cell}` : String(cell);
}
