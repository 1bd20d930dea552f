import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';

/** Where the time goes: what `--profile FOLDER` adds to a run. */

/** Settings under which PostgreSQL counts every statement, also those inside of functions. */
export const countingSettings = {
  shared_preload_libraries: 'pg_stat_statements',
  'pg_stat_statements.track': 'all',
};

const STATEMENTS = `
  select round(total_exec_time) as ms, calls, round((total_exec_time / calls)::numeric, 3) as each_ms, rows,
    regexp_replace(left(query, 160), '\\s+', ' ', 'g') as query
  from pg_stat_statements order by total_exec_time desc limit 40`;

/** Writes the statements that took longest, whatever the database, as `statements.tsv`. */
export async function writeStatements(adminUrl, folder) {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  await client.query('create extension if not exists pg_stat_statements');
  const { rows } = await client.query(STATEMENTS);
  await client.end();
  const lines = rows.map((row) => Object.values(row).join('\t'));
  writeFileSync(path.join(folder, 'statements.tsv'), `${lines.join('\n')}\n`);
}

/** Writes, for each profile of a node process, the functions that took longest by themselves, as `<profile>.tsv`. */
export function writeFunctions(folder) {
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.cpuprofile'))) {
    const profile = JSON.parse(readFileSync(path.join(folder, name), 'utf8'));
    writeFileSync(path.join(folder, name.replace('.cpuprofile', '.tsv')), `${slowest(profile).join('\n')}\n`);
  }
}

function slowest({ nodes, samples, timeDeltas }) {
  const selfUs = new Map();
  for (const [at, id] of samples.entries()) selfUs.set(id, (selfUs.get(id) ?? 0) + timeDeltas[at]);
  const byFunction = new Map();
  for (const { id, callFrame } of nodes) {
    const file = callFrame.url.replace(/^.*\/(?=node_modules|dist)/, '');
    const key = `${callFrame.functionName || '(anonymous)'}\t${file}:${callFrame.lineNumber + 1}`;
    byFunction.set(key, (byFunction.get(key) ?? 0) + (selfUs.get(id) ?? 0));
  }
  return [...byFunction]
    .sort(([, a], [, b]) => b - a)
    .slice(0, 60)
    .map(([name, us]) => `${Math.round(us / 1_000)}\t${name}`);
}
