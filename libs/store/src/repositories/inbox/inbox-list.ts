import { Injectable } from '@nestjs/common';
import {
  type Address,
  type Content,
  type ConversationId,
  idOf,
  type InboxConversation,
  type InboxCounts,
  type InboxPage,
  inboxOwners,
  type LastMessage,
  type MemberId,
  uuidOf,
  type WorkspaceId,
} from '#libs/model';
import { Prisma } from '#prisma/client';
import { Database } from '../../database.js';
import type { Actor } from '../audit-log.js';
import { decodeCursor, fingerprint, type PageOf, pageOf } from '../cursor.js';
import { fault } from '#libs/faults';
import { plainText } from './plain-text.js';

/** Who looks: what they have read, and what is theirs. */
export interface InboxReader {
  operator: Actor;
  /** Null for a program, of whom nothing is. */
  memberId: MemberId | null;
}

interface Row {
  id: string;
  channel_id: string;
  contact_id: string;
  contact_name: string | null;
  addresses: Address[];
  thread: string;
  state: InboxConversation['state'];
  snoozed_until: Date | null;
  owner: InboxConversation['owner'];
  assignee_id: string | null;
  label_ids: string[];
  last_message_at: Date | null;
  last_event_seq: number;
  last_message_seq: number;
  created_at: Date;
  active_at: Date;
  unread: number;
  last: {
    id: string;
    seq: number;
    direction: 'in' | 'out';
    author: LastMessage['author'];
    content: Content[];
    deleted: boolean;
    at: string;
  } | null;
}

/** Characters of a message that a list shows. */
const PREVIEW_MAX = 200;
/** As many unread messages are counted: more is more. */
const UNREAD_MAX = 99;
const CURSOR = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)_([0-9a-f-]{36})$/;

/** Conversations as operators see them: by whose they are and what they need, the liveliest first. */
@Injectable()
export class InboxList {
  constructor(private readonly database: Database) {}

  /**
   * A page of the inbox by last activity.
   *
   * @throws Fault `input/invalid-cursor`
   */
  async list(
    workspaceId: WorkspaceId,
    asked: InboxPage,
    reader: InboxReader,
  ): Promise<PageOf<InboxConversation>> {
    const { limit, cursor, order, ...filter } = asked;
    const page = { limit, cursor, order };
    const list = `inbox:${fingerprint([JSON.stringify(filter), reader.operator])}`;
    const at = positionOf(decodeCursor(list, page));
    const after =
      at === null
        ? Prisma.empty
        : order === 'desc'
          ? Prisma.sql`and (coalesce(c.last_message_at, c.created_at), c.id) < (${at.activeAt}::timestamptz, ${at.id}::uuid)`
          : Prisma.sql`and (coalesce(c.last_message_at, c.created_at), c.id) > (${at.activeAt}::timestamptz, ${at.id}::uuid)`;
    const way = order === 'desc' ? Prisma.sql`desc` : Prisma.sql`asc`;
    const rows = await this.database.withWorkspace(
      workspaceId,
      (tx) => tx.$queryRaw<Row[]>`
        with chosen as materialized (
          select c.* from conversation c
           where c.workspace_id = ${uuidOf(workspaceId)}::uuid ${conditionOf(filter, reader)} ${after}
           order by coalesce(c.last_message_at, c.created_at) ${way}, c.id ${way} limit ${limit + 1}
        )
        ${shown(workspaceId, reader)} order by coalesce(c.last_message_at, c.created_at) ${way}, c.id ${way}`,
    );
    const key = (row: Row) => `${row.active_at.toISOString()}_${row.id}`;
    return pageOf(list, page, rows, key, itemOf);
  }

  /** These conversations, in any order; those of other workspaces are left out. */
  async some(
    workspaceId: WorkspaceId,
    conversationIds: readonly ConversationId[],
    reader: InboxReader,
  ): Promise<InboxConversation[]> {
    const rows = await this.database.withWorkspace(
      workspaceId,
      (tx) => tx.$queryRaw<Row[]>`
        with chosen as materialized (
          select c.* from conversation c
           where c.workspace_id = ${uuidOf(workspaceId)}::uuid and c.id = any (${conversationIds.map(uuidOf)}::uuid[])
        )
        ${shown(workspaceId, reader)}`,
    );
    return rows.map(itemOf);
  }

  /** How many open conversations each view has. */
  async counts(workspaceId: WorkspaceId, { memberId }: InboxReader): Promise<InboxCounts> {
    const member = memberId && uuidOf(memberId);
    const [row] = await this.database.withWorkspace(
      workspaceId,
      (tx) => tx.$queryRaw<InboxCounts[]>`
        select count(*) filter (where c.assignee_id = ${member}::uuid)::int as mine,
          count(*) filter (where c.assignee_id is null and c.owner = any (${inboxOwners.unassigned}::text[]))::int as unassigned,
          count(*)::int as all, count(*) filter (where c.owner = any (${inboxOwners.bot}::text[]))::int as bot
        from conversation c where c.workspace_id = ${uuidOf(workspaceId)}::uuid and c.state = 'open'`,
    );
    return row!;
  }

  /** Whose conversations these are, among some workspaces. */
  async workspacesOf(
    workspaceIds: readonly WorkspaceId[],
    conversationIds: readonly ConversationId[],
  ): Promise<Map<ConversationId, WorkspaceId>> {
    const rows = await this.database.run<{ workspace_id: string; id: string }>(
      'conversation-workspaces',
      'select * from conversation_workspaces($1, $2)',
      [workspaceIds.map(uuidOf).join(','), conversationIds.map(uuidOf)],
    );
    return new Map(rows.map((row) => [idOf('conversation', row.id), idOf('workspace', row.workspace_id)]));
  }

  /**
   * Conversations whose log has grown since an instant, with the newest position of each; at most `limit`.
   *
   * @returns also the clock of the database, by which `since` is told the next time
   */
  async changedSince(
    workspaceId: WorkspaceId,
    since: Date,
    limit: number,
  ): Promise<{ now: Date; changed: Map<ConversationId, number> }> {
    const found = await this.database.withWorkspace(workspaceId, async (tx) => {
      const [clock] = await tx.$queryRaw<{ now: Date }[]>`select clock_timestamp()::timestamptz(3) as now`;
      const rows = await tx.$queryRaw<{ id: string; seq: number }[]>`
        select e.conversation_id as id, max(e.seq)::int as seq from event e
         where e.workspace_id = ${uuidOf(workspaceId)}::uuid and e.occurred_at >= ${since}
         group by 1 limit ${limit}`;
      return { now: clock!.now, rows };
    });
    const changed = new Map(found.rows.map(({ id, seq }) => [idOf('conversation', id), seq]));
    return { now: found.now, changed };
  }
}

function conditionOf(
  filter: Omit<InboxPage, 'limit' | 'cursor' | 'order'>,
  { memberId }: InboxReader,
): Prisma.Sql {
  const { view, state, channel_id, contact_id, label_id, assignee_id } = filter;
  const conditions = [
    state === 'any' ? Prisma.empty : Prisma.sql`and c.state = ${state}`,
    channel_id ? Prisma.sql`and c.channel_id = ${uuidOf(channel_id)}::uuid` : Prisma.empty,
    contact_id ? Prisma.sql`and c.contact_id = ${uuidOf(contact_id)}::uuid` : Prisma.empty,
    assignee_id ? Prisma.sql`and c.assignee_id = ${uuidOf(assignee_id)}::uuid` : Prisma.empty,
    label_id
      ? Prisma.sql`and exists (select from conversation_label l where l.workspace_id = c.workspace_id
          and l.conversation_id = c.id and l.label_id = ${uuidOf(label_id)}::uuid)`
      : Prisma.empty,
  ];
  switch (view) {
    case 'mine':
      conditions.push(Prisma.sql`and c.assignee_id = ${memberId && uuidOf(memberId)}::uuid`);
      break;
    case 'unassigned':
      conditions.push(
        Prisma.sql`and c.assignee_id is null and c.owner = any (${inboxOwners.unassigned}::text[])`,
      );
      break;
    case 'bot':
      conditions.push(Prisma.sql`and c.owner = any (${inboxOwners.bot}::text[])`);
      break;
    case 'all':
  }
  return Prisma.join(conditions, ' ');
}

/** What is shown of `chosen` conversations. */
function shown(workspaceId: WorkspaceId, { operator }: InboxReader): Prisma.Sql {
  const w = uuidOf(workspaceId);
  return Prisma.sql`
    select c.id, c.channel_id, c.contact_id, k.name as contact_name, c.thread, c.state, c.snoozed_until, c.owner, c.assignee_id,
      c.last_message_at, c.last_event_seq, c.last_message_seq, c.created_at,
      coalesce(c.last_message_at, c.created_at) as active_at,
      (select coalesce(json_agg(json_build_object('kind', i.kind, 'value', i.value) order by i.id), '[]') from identity i
        where i.workspace_id = ${w}::uuid and i.contact_id = c.contact_id) as addresses,
      (select coalesce(json_agg(l.label_id order by l.label_id), '[]') from conversation_label l
        where l.workspace_id = ${w}::uuid and l.conversation_id = c.id) as label_ids,
      (select count(*)::int from (
         select from message m where m.workspace_id = ${w}::uuid and m.conversation_id = c.id and m.direction = 'in'
           and m.seq > coalesce((select r.seq from conversation_read r where r.workspace_id = ${w}::uuid
             and r.conversation_id = c.id and r.reader = ${operator}), 0)
         limit ${UNREAD_MAX}) as u) as unread,
      (select json_build_object('id', m.id, 'seq', m.seq, 'direction', m.direction, 'author', m.author, 'content', m.content,
         'deleted', m.deleted_at is not null, 'at', m.recorded_at)
        from message m where m.workspace_id = ${w}::uuid and m.conversation_id = c.id order by m.seq desc limit 1) as last
    from chosen c join contact k on k.workspace_id = c.workspace_id and k.id = c.contact_id`;
}

function itemOf(row: Row): InboxConversation {
  return {
    id: idOf('conversation', row.id),
    channel_id: idOf('channel', row.channel_id),
    contact: {
      id: idOf('contact', row.contact_id),
      name: row.contact_name,
      addresses: row.addresses.map(({ kind, value }) => ({ kind, value })),
    },
    thread: row.thread,
    state: row.state,
    snoozed_until: row.snoozed_until?.toISOString() ?? null,
    owner: row.owner,
    assignee_id: row.assignee_id && idOf('member', row.assignee_id),
    label_ids: row.label_ids.map((id) => idOf('label', id)),
    last_message_at: row.last_message_at?.toISOString() ?? null,
    last_seq: row.last_event_seq,
    created_at: row.created_at.toISOString(),
    last_message: row.last && lastOf(row.last),
    last_message_seq: row.last_message_seq,
    unread_count: row.unread,
    active_at: row.active_at.toISOString(),
  };
}

function lastOf({ id, seq, direction, author, content, deleted, at }: NonNullable<Row['last']>): LastMessage {
  const text = deleted ? '' : plainText(content).slice(0, PREVIEW_MAX);
  const kind = deleted ? 'deleted' : (content[0]?.type ?? 'text');
  return { id: idOf('message', id), seq, direction, author, text, kind, at: new Date(at).toISOString() };
}

function positionOf(at: string | null): { activeAt: string; id: string } | null {
  if (at === null) return null;
  const found = CURSOR.exec(at);
  if (!found) throw fault('input/invalid-cursor');
  return { activeAt: found[1]!, id: found[2]! };
}
