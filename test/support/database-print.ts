import type { Client } from 'pg';
import { uuidOf, type WorkspaceId } from '#libs/model';

/** What changes by being asked: when a key was used last, how much was asked (the table `allowance`), and what (`request_log`). */
const LEFT_OUT = [`'last_used_at'`];

/**
 * A fingerprint of everything that is stored, by table: equal prints mean that nothing was changed.
 *
 * @param owner  a connection that no policy holds
 * @param workspaceId  only the rows of this workspace; default: all there are
 */
export async function printOf(owner: Client, workspaceId?: WorkspaceId): Promise<Record<string, string>> {
  const workspace = workspaceId === undefined ? null : uuidOf(workspaceId);
  const tables = await owner.query<{ name: string }>(
    `select table_name as name from information_schema.tables
      where table_schema = 'public' and table_type = 'BASE TABLE' and table_name not in ('allowance', 'request_log') order by 1`,
  );
  const print: Record<string, string> = {};
  for (const { name } of tables.rows) {
    const { rows } = await owner.query<{ print: string }>(
      `select count(*) || ' ' || coalesce(md5(string_agg(line, ',' order by line)), '') as print
         from (select (to_jsonb(t) - ${LEFT_OUT.join(' - ')})::text as line from "${name}" t
                where $1::text is null or to_jsonb(t) ->> ${name === 'workspace' ? `'id'` : `'workspace_id'`} = $1) lines`,
      [workspace],
    );
    print[name] = rows[0]?.print ?? '';
  }
  return print;
}
