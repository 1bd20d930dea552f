/** A table as an archive holds it: one line of JSON per row. */
export interface ArchivedTable {
  name: string;
  /** Columns that stay behind: leases, secrets, what is made again. */
  leaves?: readonly string[];
  /** Columns that go along changed: SQL over the row `t`. */
  sets?: Readonly<Record<string, string>>;
  /** Which rows go along; default: all. */
  where?: string;
  /** The order of lines: columns of a unique index where there are many rows. */
  order: string;
}

const lease = ['epoch', 'leased_by', 'due_at'];

/**
 * What an archive holds, in the order in which it can be taken in again.
 *
 * An archive is a copy that never acts: what was under way when it was made comes out as ended, so that no two
 * installations send the same message. Access does not travel: no members, keys, sessions, and nothing that is sealed.
 */
export const archivedTables: readonly ArchivedTable[] = [
  { name: 'knowledge_base', order: 'id' },
  { name: 'knowledge_source', leaves: lease, order: 'id' },
  { name: 'knowledge_passage', order: 'id' },
  { name: 'bot', order: 'id' },
  { name: 'bot_version', order: 'bot_id, version' },
  { name: 'bot_draft', order: 'bot_id' },
  { name: 'bot_test_set', order: 'bot_id' },
  {
    name: 'channel',
    leaves: ['secrets', 'health_state', 'health_reason', 'health_since', 'check_due_at', 'gap_due_at'],
    sets: { state: `'paused'` },
    order: 'id',
  },
  { name: 'knowledge_gap', order: 'id' },
  // Those that were merged come after those into which they were.
  { name: 'contact', order: 'merged_into is not null, id' },
  { name: 'contact_merge', order: 'id' },
  { name: 'identity', order: 'id' },
  { name: 'contact_fact', order: 'id' },
  { name: 'consent', order: 'channel_id, address_kind, address_value' },
  // Members do not travel, and so nobody has a conversation.
  { name: 'conversation', leaves: ['assignee_id'], order: 'id' },
  { name: 'label', order: 'id' },
  { name: 'conversation_label', order: 'conversation_id, label_id' },
  { name: 'note', order: 'id' },
  { name: 'canned_reply', order: 'id' },
  { name: 'turn', order: 'id' },
  { name: 'message', order: 'id' },
  { name: 'message_feedback', order: 'message_id, author' },
  {
    name: 'delivery',
    leaves: lease,
    sets: { status: `case when t.status in ('queued', 'sending') then 'unknown' else t.status end` },
    order: 'id',
  },
  { name: 'bot_proposal', order: 'id' },
  { name: 'event', leaves: ['pos'], order: 'pos' },
  { name: 'approval', order: 'id' },
  {
    name: 'media',
    leaves: lease,
    sets: {
      status: `case when t.status = 'pending' then 'failed' else t.status end`,
      reason: `case when t.status = 'pending' then 'It was not fetched when the archive was made.' else t.reason end`,
    },
    order: 'id',
  },
  { name: 'mailbox', leaves: [...lease, 'failures'], order: 'id' },
  // By their keys, what a provider tells again is known again. What nobody has handled waits for a person.
  {
    name: 'inbox_event',
    sets: {
      raw: `''`,
      status: `case when t.status = 'pending' then 'dead' else t.status end`,
      reason: `case when t.status = 'pending' then 'state/archived' else t.reason end`,
      event: `case when t.status in ('pending', 'dead') then t.event end`,
    },
    order: 'id',
  },
  { name: 'send_batch', order: 'id' },
  {
    name: 'send',
    leaves: lease,
    sets: { state: `case when t.state in ('scheduled', 'sending') then 'cancelled' else t.state end` },
    order: 'id',
  },
  {
    name: 'webhook_endpoint',
    leaves: ['secret', 'previous_secret', 'previous_until', 'rotated_by', 'failing_since', 'paused_until'],
    sets: {
      state: `'disabled'`,
      disabled_reason: `coalesce(t.disabled_reason, 'It came with an archive.')`,
    },
    order: 'id',
  },
  {
    name: 'inbound_trigger',
    leaves: ['secret', 'previous_secret', 'previous_until', 'rotated_by'],
    sets: { state: `'disabled'` },
    order: 'id',
  },
  { name: 'retention', order: 'kind, channel_id' },
];

/** Tables of a workspace that are in no archive, each with its reason. */
export const unarchivedTables: Readonly<Record<string, string>> = {
  workspace: 'the archive is taken into one that is there',
  workspace_key: 'keys do not travel',
  contact_key: 'keys do not travel: files are in the archive as they are, and are sealed anew',
  file_key: 'keys do not travel: files are in the archive as they are, and are sealed anew',
  member: 'access does not travel',
  invitation: 'access does not travel',
  api_key: 'access does not travel',
  oauth_client: 'access does not travel',
  oauth_token: 'access does not travel',
  visitor_key: 'access does not travel',
  secret: 'sealed for this installation',
  session: 'tokens of visitors hold where they were given',
  channel_connection: 'a connection is held by one installation',
  channel_memory: 'what a connector remembers belongs to its connection',
  errand: 'an archive never acts',
  early_receipt: 'belongs to sends that are under way',
  pace: 'how fast a provider was called a moment ago',
  idempotency: 'answers of a day',
  webhook_delivery: 'a log of a month, of receivers that hear nothing from a copy',
  export: 'archives do not hold archives',
  knowledge_word: 'made again by the passages',
  request_log: 'who asked what is of this installation, and forgotten in two weeks',
  channel_health: 'how channels were here says nothing of how they are there',
  offer: 'an archive never acts',
  conversation_read: 'how far members have read; members do not travel',
  presence: 'who is there now',
  message_words: 'made again by the messages',
  audit: 'exported to be read and checked; a chain proves something only where it was written',
};

/** The row of a table as an archive holds it: a text of JSON with its keys in order. */
export function archivedLine({ leaves = [], sets = {} }: ArchivedTable): string {
  const gone = ['workspace_id', ...leaves, ...Object.keys(sets)].map((name) => `'${name}'`).join(', ');
  const set = Object.entries(sets).map(([name, sql]) => `'${name}', ${sql}`);
  const kept = `to_jsonb(t) - array[${gone}]`;
  return set.length === 0 ? `(${kept})::text` : `(${kept} || jsonb_build_object(${set.join(', ')}))::text`;
}
