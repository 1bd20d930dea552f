import { Injectable } from '@nestjs/common';
import { fault, invalidInput } from '#libs/faults';
import {
  type ChangeLabels,
  type ConversationId,
  idOf,
  type JsonObject,
  type MemberId,
  type UpdateConversation,
  uuidOf,
  type WorkspaceId,
} from '#libs/model';
import { Database, type WorkspaceTransaction } from '../../database.js';
import type { Actor } from '../audit-log.js';

/** The order in which a snoozed conversation is woken: oldest first, so many at once. */
const WAKE_AT_ONCE = 200;

interface DeskRow {
  state: 'open' | 'snoozed' | 'closed';
  snoozed_until: Date | null;
  assignee_id: string | null;
  last_message_seq: number;
}

/** What operators do with a conversation besides answering it. Every change stands in its event log. */
@Injectable()
export class ConversationDesk {
  constructor(private readonly database: Database) {}

  /**
   * Changes state and assignee.
   *
   * @returns whether anything is different now
   * @throws Fault `state/not-found`; `state/conflict` when it is somebody else's than expected; `input/invalid` for an
   *   assignee who is no member
   */
  async update(
    workspaceId: WorkspaceId,
    conversationId: ConversationId,
    changes: UpdateConversation,
    by: Actor,
  ): Promise<boolean> {
    return this.database.withWorkspace(workspaceId, async (tx) => {
      const row = await lock(tx, workspaceId, conversationId);
      const { expected_assignee_id: expected, assignee_id: assignee } = changes;
      if (expected !== undefined && (expected && uuidOf(expected)) !== row.assignee_id) {
        throw fault('state/conflict', {
          detail: `The conversation is somebody else’s by now: ${memberOf(row.assignee_id) ?? 'nobody'}.`,
        });
      }
      if (assignee) await requireMember(tx, workspaceId, assignee);
      const state = changes.state ?? row.state;
      const until = changes.snoozed_until === undefined ? null : new Date(changes.snoozed_until);
      const snoozedUntil = changes.state === undefined ? row.snoozed_until : until;
      const assigneeId = assignee === undefined ? row.assignee_id : assignee && uuidOf(assignee);
      const data = differences(row, { state, snoozedUntil, assigneeId });
      if (Object.keys(data).length === 0) return false;
      const [w, c] = [uuidOf(workspaceId), uuidOf(conversationId)];
      await tx.$executeRaw`
        update conversation set state = ${state}, snoozed_until = ${snoozedUntil}, assignee_id = ${assigneeId}::uuid
         where workspace_id = ${w}::uuid and id = ${c}::uuid`;
      await log(tx, workspaceId, conversationId, { ...data, by });
      return true;
    });
  }

  /**
   * Puts labels on a conversation and takes others away.
   *
   * @returns whether anything is different now
   * @throws Fault `state/not-found`; `input/invalid` for a label that the workspace does not have
   */
  async changeLabels(
    workspaceId: WorkspaceId,
    conversationId: ConversationId,
    { add, remove }: ChangeLabels,
    by: Actor,
  ): Promise<boolean> {
    const [w, c] = [uuidOf(workspaceId), uuidOf(conversationId)];
    return this.database.withWorkspace(workspaceId, async (tx) => {
      await lock(tx, workspaceId, conversationId);
      const wanted = [...new Set(add)].map(uuidOf);
      const known = await tx.label.count({ where: { workspaceId: w, id: { in: wanted } } });
      if (known < wanted.length) {
        throw invalidInput([{ path: ['add'], code: 'unknown', message: 'a label does not exist' }]);
      }
      const gone = await tx.$queryRaw<{ label_id: string }[]>`
        delete from conversation_label
         where workspace_id = ${w}::uuid and conversation_id = ${c}::uuid
           and label_id = any (${remove.map(uuidOf)}::uuid[]) and label_id <> all (${wanted}::uuid[])
        returning label_id`;
      const come = await tx.$queryRaw<{ label_id: string }[]>`
        insert into conversation_label (workspace_id, conversation_id, label_id)
        select ${w}::uuid, ${c}::uuid, l from unnest(${wanted}::uuid[]) as l
        on conflict do nothing returning label_id`;
      if (gone.length + come.length === 0) return false;
      const ids = (rows: { label_id: string }[]) => rows.map((row) => idOf('label', row.label_id));
      await log(tx, workspaceId, conversationId, { labels: { added: ids(come), removed: ids(gone) }, by });
      return true;
    });
  }

  /**
   * Remembers how far somebody has read; never back, but to 0, which is unread.
   *
   * @throws Fault `state/not-found`
   */
  async markRead(
    workspaceId: WorkspaceId,
    conversationId: ConversationId,
    reader: Actor,
    seq: number,
  ): Promise<void> {
    const [w, c] = [uuidOf(workspaceId), uuidOf(conversationId)];
    const count = await this.database.withWorkspace(
      workspaceId,
      (tx) => tx.$executeRaw`
        insert into conversation_read as r (workspace_id, conversation_id, reader, seq)
        select c.workspace_id, c.id, ${reader}, least(${seq}::int, c.last_message_seq) from conversation c
         where c.workspace_id = ${w}::uuid and c.id = ${c}::uuid
        on conflict (workspace_id, conversation_id, reader) do update
          set seq = case when excluded.seq = 0 then 0 else greatest(r.seq, excluded.seq) end, read_at = now()`,
    );
    if (count === 0) throw fault('state/not-found', { facts: { conversationId } });
  }

  /**
   * Opens snoozed conversations whose time has come, whatever their workspace. May run in many processes at once.
   *
   * @returns those that this call opened
   */
  async wakeDue(): Promise<ConversationId[]> {
    const due = await this.database.run<{ workspace_id: string; conversation_id: string }>(
      'snooze-due',
      'select * from snooze_due($1)',
      [WAKE_AT_ONCE],
    );
    const woken: ConversationId[] = [];
    for (const row of due) {
      const workspaceId = idOf('workspace', row.workspace_id);
      const conversationId = idOf('conversation', row.conversation_id);
      if (await this.#wake(workspaceId, conversationId)) woken.push(conversationId);
    }
    return woken;
  }

  #wake(workspaceId: WorkspaceId, conversationId: ConversationId): Promise<boolean> {
    const [w, c] = [uuidOf(workspaceId), uuidOf(conversationId)];
    return this.database.withWorkspace(workspaceId, async (tx) => {
      const count = await tx.$executeRaw`
        update conversation set state = 'open', snoozed_until = null
         where workspace_id = ${w}::uuid and id = ${c}::uuid and state = 'snoozed' and snoozed_until <= clock_timestamp()`;
      if (count === 0) return false;
      const state = { from: 'snoozed', to: 'open' };
      await log(tx, workspaceId, conversationId, { state, snoozed_until: null, by: 'system' });
      return true;
    });
  }
}

async function lock(
  tx: WorkspaceTransaction,
  workspaceId: WorkspaceId,
  conversationId: ConversationId,
): Promise<DeskRow> {
  const [row] = await tx.$queryRaw<DeskRow[]>`
    select state, snoozed_until, assignee_id, last_message_seq from conversation
     where workspace_id = ${uuidOf(workspaceId)}::uuid and id = ${uuidOf(conversationId)}::uuid for update`;
  if (!row) throw fault('state/not-found', { facts: { conversationId } });
  return row;
}

async function requireMember(
  tx: WorkspaceTransaction,
  workspaceId: WorkspaceId,
  memberId: MemberId,
): Promise<void> {
  const where = { workspaceId: uuidOf(workspaceId), id: uuidOf(memberId) };
  if ((await tx.member.count({ where })) > 0) return;
  throw invalidInput([{ path: ['assignee_id'], code: 'unknown', message: 'nobody of this workspace' }]);
}

function differences(
  before: DeskRow,
  after: { state: DeskRow['state']; snoozedUntil: Date | null; assigneeId: string | null },
): JsonObject {
  const until = after.snoozedUntil?.toISOString() ?? null;
  const data: JsonObject = {};
  if (after.state !== before.state) data['state'] = { from: before.state, to: after.state };
  if (until !== (before.snoozed_until?.toISOString() ?? null)) data['snoozed_until'] = until;
  if (after.assigneeId !== before.assignee_id) {
    data['assignee'] = { from: memberOf(before.assignee_id), to: memberOf(after.assigneeId) };
  }
  return data;
}

const memberOf = (uuid: string | null): MemberId | null => uuid && idOf('member', uuid);

async function log(
  tx: WorkspaceTransaction,
  workspaceId: WorkspaceId,
  conversationId: ConversationId,
  data: JsonObject,
): Promise<void> {
  const [w, c] = [uuidOf(workspaceId), uuidOf(conversationId)];
  await tx.$executeRaw`
    with moved as (
      update conversation set last_event_seq = last_event_seq + 1
       where workspace_id = ${w}::uuid and id = ${c}::uuid returning last_event_seq
    )
    insert into event (workspace_id, conversation_id, seq, type, data)
    select ${w}::uuid, ${c}::uuid, last_event_seq, 'conversation.updated', ${JSON.stringify(data)}::jsonb from moved`;
}
