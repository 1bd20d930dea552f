import pg from 'pg';
import { idOf } from '#libs/model';

/**
 * What the database says after a run: the third of the three records. Read as the owner, whom no policy holds.
 *
 * @typedef {object} Rows
 * @property {{ id: string, workspace: string, channel: string, key: string, mailbox: string | null, seq: number | null,
 *   status: string, message: string | null, hash: string }[]} inbox     hash: SHA-256 of the bytes, in hex
 * @property {{ id: string, workspace: string, conversation: string, seq: number, direction: string, text: string,
 *   provider: string | null, status: string, turn: string | null }[]} messages
 * @property {{ id: string, workspace: string, channel: string, thread: string, last: number, answered: number,
 *   lastEvent: number, events: number, owner: string }[]} conversations
 * @property {{ id: string, workspace: string, conversation: string, from: number, through: number, outcome: string }[]} turns
 * @property {{ id: string, workspace: string, conversation: string, channel: string, message: string, seq: number,
 *   part: number, class: string, status: string, attempts: number, text: string, error: string | null, log: object[] }[]} deliveries
 * @property {{ id: string, workspace: string, channel: string, key: string, last: number, isBusy: boolean }[]} mailboxes
 */

const texts = (column) =>
  `(select string_agg(piece->>'text', E'\\n' order by at) from jsonb_array_elements(${column}) with ordinality as p(piece, at))`;

const queries = {
  inbox: `select id, workspace_id as workspace, channel_id as channel, event_key as key, mailbox_id as mailbox, seq, status,
    message_id as message, encode(sha256(raw), 'hex') as hash from inbox_event`,
  messages: `select id, workspace_id as workspace, conversation_id as conversation, seq, direction,
    ${texts('content')} as text, provider_id as provider, status, turn_id as turn from message order by conversation_id, seq`,
  conversations: `select c.id, c.workspace_id as workspace, c.channel_id as channel, c.thread, c.last_message_seq as last,
    c.answered_seq as answered, c.last_event_seq as "lastEvent", c.owner,
    (select count(*)::int from event e where e.conversation_id = c.id) as events from conversation c`,
  turns: `select id, workspace_id as workspace, conversation_id as conversation, from_seq as from, through_seq as through,
    outcome from turn where outcome <> 'superseded' order by conversation_id, through_seq`,
  deliveries: `select id, workspace_id as workspace, conversation_id as conversation, channel_id as channel,
    message_id as message, seq, part, class, status, attempts, ${texts("body->'body'->'content'")} as text,
    error->>'code' as error, log from delivery order by conversation_id, seq, part`,
  mailboxes: `select id, workspace_id as workspace, channel_id as channel, key, last_seq as last,
    (due_at is not null or leased_by is not null) as "isBusy" from mailbox`,
};

/** @param {string} databaseUrl @returns {Promise<Rows>} */
export async function dump(databaseUrl) {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const rows = {};
    for (const [name, text] of Object.entries(queries)) rows[name] = (await client.query(text)).rows;
    for (const delivery of rows.deliveries) delivery.id = idOf('delivery', delivery.id);
    return rows;
  } finally {
    await client.end();
  }
}

/** How much is still to be done: the work that a run must end without. @param {string} databaseUrl */
export async function openWork(databaseUrl) {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 2_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query(`select
      (select count(*)::int from inbox_event where status = 'pending') as pending,
      (select count(*)::int from mailbox where due_at is not null) as due,
      (select count(*)::int from delivery where status in ('queued', 'sending')) as open`);
    return rows[0];
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Breaks the bot of the poison channels: every turn with it fails. @param {string} databaseUrl @param {readonly string[]} bots */
export async function breakBots(databaseUrl, bots) {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  // The database guards published versions against us too.
  await client.query('set session_replication_role = replica');
  await client.query(`update bot_version set definition = '{"broken": true}' where bot_id = any ($1)`, [
    bots,
  ]);
  await client.end();
}

/** Who is connected and what each does. @param {string} databaseUrl */
export async function databaseActivity(databaseUrl) {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 2_000 });
  await client.connect();
  try {
    const { rows } =
      await client.query(`select pid, application_name as who, state, wait_event_type as "waitType",
      wait_event as wait, clock_timestamp() - query_start as since, left(query, 200) as query, client_port as port
      from pg_stat_activity where datname = current_database() order by query_start`);
    return rows;
  } finally {
    await client.end();
  }
}
