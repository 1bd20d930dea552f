import pg from 'pg';

/** Messages of one conversation. */
const PER_TALK = 20;

/**
 * Writes a history straight into the tables of a workspace that has none: conversations of twenty messages each over the
 * last hundred days, a question, its turn and its answer, ten times.
 *
 * @param owner  a URL of the tables' owner
 * @param place  uuids of `workspace`, `channel` and `bot`
 * @param messages  a multiple of twenty
 */
export async function writeHistory(owner, { workspace, channel, bot }, messages) {
  const client = new pg.Client({ connectionString: owner });
  await client.connect();
  try {
    // As a replica: what the tables check of rows is not what is measured.
    await client.query('set session_replication_role = replica');
    const values = [workspace, channel, bot, messages / PER_TALK];
    for (const statement of statements) await client.query(statement, values);
    await client.query('set session_replication_role = origin');
    await client.query('vacuum analyze');
  } finally {
    await client.end();
  }
}

const talk = `select g, md5('talk' || g)::uuid as c, md5('contact' || g)::uuid as k, now() - interval '100 days' * (1 - g::float8 / $4::int) as at
  from generate_series(1, $4::int) g`;
const said = `select t.*, n, md5('m' || t.g || '.' || n)::uuid as m, t.at + n * interval '20 seconds' as said_at
  from (${talk}) t, generate_series(1, ${PER_TALK}) n`;
const used = `where $1::uuid is not null and $2::uuid is not null and $3::uuid is not null`;

const statements = [
  `insert into contact (workspace_id, id, name, attributes) select $1, k, 'Person ' || g, jsonb_build_object('n', g::text) from (${talk}) t ${used}`,
  `insert into identity (workspace_id, id, contact_id, kind, value) select $1, k, k, 'phone', '+49' || g from (${talk}) t ${used}`,
  `insert into conversation (workspace_id, id, channel_id, contact_id, thread, last_message_seq, last_event_seq, created_at)
   select $1, c, $2, k, 't' || g, ${PER_TALK}, ${PER_TALK * 2}, at from (${talk}) t ${used}`,
  `insert into message (workspace_id, id, conversation_id, seq, direction, author, content, status, sent_at, recorded_at)
   select $1, m, c, n, case n % 2 when 1 then 'in' else 'out' end, case n % 2 when 1 then 'contact' else 'bot' end,
     jsonb_build_array(jsonb_build_object('type', 'text', 'text', 'Words of message ' || n || ' of person ' || g || ', as long as people write.')),
     case n % 2 when 1 then 'received' else 'delivered' end, said_at, said_at from (${said}) s ${used}`,
  `insert into event (workspace_id, conversation_id, seq, type, data, occurred_at)
   select $1, c, 1, 'conversation.created', '{}'::jsonb, at from (${talk}) t ${used}`,
  `insert into event (workspace_id, conversation_id, seq, type, data, occurred_at)
   select $1, c, n + 1, 'message.created', jsonb_build_object('message', m, 'by', case n % 2 when 1 then 'contact' else 'bot' end), said_at
   from (${said}) s ${used} order by said_at`,
  `insert into event (workspace_id, conversation_id, seq, type, data, occurred_at)
   select $1, c, ${PER_TALK} + 1 + n / 2, 'turn.completed', jsonb_build_object('bot', $3::uuid, 'outcome', 'answered', 'answered_by', 'rules', 'tokens', 12), said_at
   from (${said}) s ${used} and n % 2 = 0 order by said_at`,
];
