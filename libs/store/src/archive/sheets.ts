import { type IdKind, idPrefixes } from '#libs/model';

/** A table for people: CSV with a line of names on top. */
export interface Sheet {
  name: string;
  /** Whose rows are `t`. */
  table: string;
  /** By name: SQL of each cell; none of them starts a formula. */
  columns: Readonly<Record<string, string>>;
  /** SQL: which rows are shown. Default: all. */
  where?: string;
  order: string;
}

const id = (kind: IdKind, column: string): string => `parley_id('${idPrefixes[kind]}', t.${column})`;
const text = (sql: string): string => `parley_cell((${sql})::text)`;
/** As JSON writes it. */
const time = (column: string): string => `to_jsonb(t.${column}) #>> '{}'`;

/** What a message says in words; other parts by their type. */
const words = `select string_agg(coalesce(part->>'text', '[' || (part->>'type') || ']'), E'\\n' order by at)
  from jsonb_array_elements(case jsonb_typeof(t.content) when 'array' then t.content else '[]' end) with ordinality as p (part, at)`;

/** The tables for people that an archive holds. */
export const sheets: readonly Sheet[] = [
  {
    name: 'contacts',
    table: 'contact',
    columns: {
      id: id('contact', 'id'),
      name: text('t.name'),
      attributes: text('t.attributes'),
      merged_into: id('contact', 'merged_into'),
      created_at: time('created_at'),
    },
    order: 'merged_into is not null, id',
  },
  {
    name: 'identities',
    table: 'identity',
    columns: {
      contact_id: id('contact', 'contact_id'),
      kind: text('t.kind'),
      value: text('t.value'),
      proof: text('t.proof'),
      created_at: time('created_at'),
    },
    order: 'id',
  },
  {
    name: 'conversations',
    table: 'conversation',
    columns: {
      id: id('conversation', 'id'),
      channel_id: id('channel', 'channel_id'),
      contact_id: id('contact', 'contact_id'),
      state: 't.state',
      owner: 't.owner',
      messages: 't.last_message_seq',
      created_at: time('created_at'),
      last_message_at: time('last_message_at'),
    },
    order: 'id',
  },
  {
    name: 'messages',
    table: 'message',
    columns: {
      id: id('message', 'id'),
      conversation_id: id('conversation', 'conversation_id'),
      seq: 't.seq',
      direction: 't.direction',
      author: 't.author',
      status: 't.status',
      text: text(words),
      sent_at: time('sent_at'),
      recorded_at: time('recorded_at'),
    },
    order: 'id',
  },
  {
    name: 'leads',
    table: 'event',
    columns: {
      conversation_id: id('conversation', 'conversation_id'),
      goal: text(`t.data->>'goal'`),
      data: text(`t.data->'data'`),
      at: time('occurred_at'),
    },
    where: `t.type = 'goal.reached'`,
    order: 'pos',
  },
  {
    name: 'audit',
    table: 'audit',
    columns: {
      seq: 't.seq',
      at: time('at'),
      actor: text('t.actor'),
      action: text('t.action'),
      target: text('t.target'),
      data: text('t.data'),
    },
    order: 'seq',
  },
];

/** The statement that writes a sheet of a workspace, without its line of names. */
export function sheetCopy(workspace: string, { table, columns, where = 'true', order }: Sheet): string {
  const cells = Object.values(columns).join(', ');
  const by = order.split(', ').map((column) => `t.${column}`);
  return `copy (select ${cells} from ${table} t where t.workspace_id = '${workspace}' and ${where} order by ${by.join(', ')})
    to stdout (format csv)`;
}
