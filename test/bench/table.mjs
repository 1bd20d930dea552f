import { cpus, totalmem } from 'node:os';
import { show } from './numbers.mjs';

/** The report: a Markdown table of one run, with what is needed to judge it. */
export function report({ rows, backends, command, postgresVersion }) {
  const cells = rows.map(({ what, unit, backend, ours, floor, beside }) => [
    what,
    backend,
    `${show(ours)} ${unit}`,
    floor === undefined ? '' : `${show(floor)} ${unit}`,
    floor === undefined ? '' : (ours / floor).toFixed(2),
    beside ?? '',
  ]);
  const head = ['what', 'queue', 'Parley', 'floor', 'Parley ÷ floor', 'the floor is'];
  return [
    `\`${command}\``,
    '',
    `${cpus().length} cores (${cpus()[0]?.model.trim() ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.versions.node}, ` +
      `PostgreSQL ${postgresVersion} with fsync, queue on ${backends.join(' and ')}; 64 connections, one request at a time on each.`,
    '',
    line(head),
    line(['---', '---', '--:', '--:', '--:', '---']),
    ...cells.map(line),
    '',
  ].join('\n');
}

const line = (cells) => `| ${cells.join(' | ')} |`;
