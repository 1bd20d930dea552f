import type { IdKind } from '#libs/model';

/** A table for people: CSV with a line of names on top. */
export interface Sheet {
  name: string;
  /** SQL: what is read; its rows are `t`. */
  from: string;
  /** Columns of UUIDs that come first, each shown as the identifier of a kind. */
  ids: Readonly<Record<string, IdKind>>;
  /** By name: SQL of the other cells; none of them starts a formula. */
  columns: Readonly<Record<string, string>>;
  /** SQL: which rows are shown. Default: all. */
  where?: string;
  order: string;
}

const text = (sql: string): string => `parley_cell((${sql})::text)`;
/** As JSON writes it. */
const time = (column: string): string => `to_jsonb(t.${column}) #>> '{}'`;

/** What a message says in words; other parts by their type. */
const words = `select string_agg(coalesce(part->>'text', '[' || (part->>'type') || ']'), E'\\n' order by at) as words
  from jsonb_array_elements(case jsonb_typeof(t.content) when 'array' then t.content else '[]' end) with ordinality as p (part, at)`;

/** The tables for people that an archive holds. */
export const sheets: readonly Sheet[] = [
  {
    name: 'contacts',
    from: 'contact t',
    ids: { id: 'contact', merged_into: 'contact' },
    columns: {
      name: text('t.name'),
      attributes: text('t.attributes'),
      created_at: time('created_at'),
    },
    order: 'merged_into is not null, id',
  },
  {
    name: 'identities',
    from: 'identity t',
    ids: { contact_id: 'contact' },
    columns: {
      kind: text('t.kind'),
      value: text('t.value'),
      proof: text('t.proof'),
      created_at: time('created_at'),
    },
    order: 'id',
  },
  {
    name: 'conversations',
    from: 'conversation t',
    ids: { id: 'conversation', channel_id: 'channel', contact_id: 'contact' },
    columns: {
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
    from: `message t cross join lateral (${words}) said`,
    ids: { id: 'message', conversation_id: 'conversation' },
    columns: {
      seq: 't.seq',
      direction: 't.direction',
      author: 't.author',
      status: 't.status',
      text: text('said.words'),
      sent_at: time('sent_at'),
      recorded_at: time('recorded_at'),
    },
    order: 'id',
  },
  {
    name: 'leads',
    from: 'event t',
    ids: { conversation_id: 'conversation' },
    columns: {
      goal: text(`t.data->>'goal'`),
      data: text(`t.data->'data'`),
      at: time('occurred_at'),
    },
    where: `t.type = 'goal.reached'`,
    order: 'pos',
  },
  {
    name: 'audit',
    from: 'audit t',
    ids: {},
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

/** The names of all columns, in order. */
export const sheetNames = ({ ids, columns }: Sheet): string[] => [
  ...Object.keys(ids),
  ...Object.keys(columns),
];

/** The statement that writes a sheet of a workspace, without its line of names, and with UUIDs as they are. */
export function sheetCopy(workspace: string, { from, ids, columns, where = 'true', order }: Sheet): string {
  const cells = [...Object.keys(ids).map((column) => `t.${column}`), ...Object.values(columns)];
  const by = order.split(', ').map((column) => `t.${column}`);
  return `copy (select ${cells.join(', ')} from ${from} where t.workspace_id = '${workspace}' and ${where} order by ${by.join(', ')})
    to stdout (format csv)`;
}

const LETTERS = Buffer.from('0123456789abcdefghjkmnpqrstvwxyz');
const COMMA = 44;
const HYPHEN = 45;

/**
 * Writes a row of a sheet with its UUIDs as identifiers, and CRLF at its end: what `idOf` makes, byte by byte, because a
 * million texts would be as much garbage.
 *
 * @param row  as the server sends it; it is never shorter than what becomes of it but for one byte
 * @returns how many bytes were written
 */
export function writeSheetRow(
  prefixes: readonly Buffer[],
  row: Uint8Array,
  to: Buffer,
  start: number,
): number {
  let from = 0;
  let at = start;
  for (const prefix of prefixes) {
    if (row[from] !== COMMA) {
      prefix.copy(to, at);
      at = writeLetters(row, from, to, at + prefix.length);
      from += 36;
    }
    to[at++] = row[from++]!;
  }
  to.set(row.subarray(from, row.length - 1), at);
  at += row.length - 1 - from;
  to[at++] = 13;
  to[at++] = 10;
  return at - start;
}

/** The 26 letters of a UUID in hexadecimal with hyphens. */
function writeLetters(row: Uint8Array, from: number, to: Buffer, start: number): number {
  let at = start;
  let bits = 2; // the two padding bits
  let value = 0;
  for (let place = from; place < from + 36; place++) {
    const digit = row[place]!;
    if (digit === HYPHEN) continue;
    value = (value << 4) | (digit > 57 ? digit - 87 : digit - 48);
    bits += 4;
    if (bits < 5) continue;
    bits -= 5;
    to[at++] = LETTERS[value >> bits]!;
    value &= (1 << bits) - 1;
  }
  return at;
}
