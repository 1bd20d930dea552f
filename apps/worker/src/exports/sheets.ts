import type { Cell } from '#libs/archive';
import { type IdKind, idOf } from '#libs/model';

/** A table for people: which rows of the archive it shows, and how. */
export interface Sheet {
  name: string;
  /** Of the archive. */
  table: string;
  columns: readonly string[];
  /** SQL over the row `t`: which rows are read at all. */
  where?: string;
  /** One or more rows for a line. */
  toRows(row: Record<string, unknown>): Cell[][];
}

type Row = Record<string, unknown>;

const id = (kind: IdKind, value: unknown): Cell => (typeof value === 'string' ? idOf(kind, value) : null);
const plain = (value: unknown): Cell =>
  value === null || value === undefined
    ? null
    : typeof value === 'object'
      ? JSON.stringify(value)
      : (value as Cell);

/** What a message says in words; other parts by their type. */
function wordsOf(content: unknown): string {
  const parts = Array.isArray(content) ? (content as { type: string; text?: string }[]) : [];
  return parts.map(({ type, text }) => text ?? `[${type}]`).join('\n');
}

const leadOf = (row: Row): Row => (row['data'] ?? {}) as Row;

export const sheets: readonly Sheet[] = [
  {
    name: 'contacts',
    table: 'contact',
    columns: ['id', 'name', 'attributes', 'merged_into', 'created_at'],
    toRows: (row) => [
      [
        id('contact', row['id']),
        plain(row['name']),
        plain(row['attributes']),
        id('contact', row['merged_into']),
        plain(row['created_at']),
      ],
    ],
  },
  {
    name: 'identities',
    table: 'identity',
    columns: ['contact_id', 'kind', 'value', 'proof', 'created_at'],
    toRows: (row) => [
      [
        id('contact', row['contact_id']),
        plain(row['kind']),
        plain(row['value']),
        plain(row['proof']),
        plain(row['created_at']),
      ],
    ],
  },
  {
    name: 'conversations',
    table: 'conversation',
    columns: [
      'id',
      'channel_id',
      'contact_id',
      'state',
      'owner',
      'messages',
      'created_at',
      'last_message_at',
    ],
    toRows: (row) => [
      [
        id('conversation', row['id']),
        id('channel', row['channel_id']),
        id('contact', row['contact_id']),
        plain(row['state']),
        plain(row['owner']),
        plain(row['last_message_seq']),
        plain(row['created_at']),
        plain(row['last_message_at']),
      ],
    ],
  },
  {
    name: 'messages',
    table: 'message',
    columns: [
      'id',
      'conversation_id',
      'seq',
      'direction',
      'author',
      'status',
      'text',
      'sent_at',
      'recorded_at',
    ],
    toRows: (row) => [
      [
        id('message', row['id']),
        id('conversation', row['conversation_id']),
        plain(row['seq']),
        plain(row['direction']),
        plain(row['author']),
        plain(row['status']),
        wordsOf(row['content']),
        plain(row['sent_at']),
        plain(row['recorded_at']),
      ],
    ],
  },
  {
    name: 'leads',
    table: 'event',
    columns: ['conversation_id', 'goal', 'data', 'at'],
    where: `t.type = 'goal.reached'`,
    toRows: (row) => [
      [
        id('conversation', row['conversation_id']),
        plain(leadOf(row)['goal']),
        plain(leadOf(row)['data']),
        plain(row['occurred_at']),
      ],
    ],
  },
  {
    name: 'audit',
    table: 'audit',
    columns: ['seq', 'at', 'actor', 'action', 'target', 'data'],
    toRows: (row) => [['seq', 'at', 'actor', 'action', 'target', 'data'].map((name) => plain(row[name]))],
  },
];
