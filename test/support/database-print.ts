import type { Client } from 'pg';

/** What changes by being asked: when a key was used last. */
const LEFT_OUT = [`'last_used_at'`];

/**
 * A fingerprint of everything that is stored, by table: equal prints mean that nothing was changed.
 *
 * @param owner  a connection that no policy holds
 */
export async function printOf(owner: Client): Promise<Record<string, string>> {
  const tables = await owner.query<{ name: string }>(
    `select table_name as name from information_schema.tables
      where table_schema = 'public' and table_type = 'BASE TABLE' order by 1`,
  );
  const print: Record<string, string> = {};
  for (const { name } of tables.rows) {
    const { rows } = await owner.query<{ print: string }>(
      `select count(*) || ' ' || coalesce(md5(string_agg(line, ',' order by line)), '') as print
         from (select (to_jsonb(t) - ${LEFT_OUT.join(' - ')})::text as line from "${name}" t) lines`,
    );
    print[name] = rows[0]?.print ?? '';
  }
  return print;
}
