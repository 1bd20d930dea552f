import { Injectable } from '@nestjs/common';
import { fault } from '#libs/faults';
import {
  idOf,
  type MessageId,
  type MessageStatus,
  type MessageTrace,
  type Timeline,
  type TraceStep,
  type TurnOutcome,
  uuidOf,
  type WorkspaceId,
} from '#libs/model';
import { Database, type WorkspaceTransaction } from '../database.js';
import { findMessageRow, type MessageRow, replyRowsOf } from './message-of-row.js';
import { type AttemptEntry, type TimelineFacts, timelineOf } from './timeline-steps.js';

interface TurnRow {
  id: string;
  conversation_id: string;
  bot_id: string | null;
  bot_version: number | null;
  from_seq: number;
  through_seq: number;
  outcome: TurnOutcome;
  trace: TraceStep[];
  started_at: Date;
  ended_at: Date;
}

/** What happened to a message, hop by hop. */
@Injectable()
export class Timelines {
  constructor(private readonly database: Database) {}

  /**
   * Tells what happened to a message, or to what came in and is not one yet.
   *
   * @throws Fault `state/not-found`; also for the first message of a conversation until it is recorded
   */
  async of(workspaceId: WorkspaceId, messageId: MessageId): Promise<Timeline> {
    const facts = await this.database.withWorkspace(workspaceId, async (tx) => {
      const row = await findMessageRow(tx, workspaceId, uuidOf(messageId));
      return row
        ? factsOfMessage(tx, workspaceId, row, messageId)
        : factsOfPending(tx, workspaceId, messageId);
    });
    if (!facts) throw fault('state/not-found', { facts: { messageId } });
    return timelineOf(facts);
  }

  /**
   * The turn that answered a message, or that made it.
   *
   * @returns without the words for a person
   * @throws Fault `state/not-found`; also while no turn has looked at it
   */
  async traceOf(workspaceId: WorkspaceId, messageId: MessageId): Promise<Omit<MessageTrace, 'text'>> {
    const found = await this.database.withWorkspace(workspaceId, async (tx) => {
      const row = await findMessageRow(tx, workspaceId, uuidOf(messageId));
      return row && turnOf(tx, workspaceId, row);
    });
    if (!found) {
      const detail = 'There is no such message, or no turn of a bot has looked at it.';
      throw fault('state/not-found', { detail, facts: { messageId } });
    }
    return {
      message_id: messageId,
      conversation_id: idOf('conversation', found.conversation_id),
      turn_id: idOf('turn', found.id),
      bot_id: found.bot_id === null ? null : idOf('bot', found.bot_id),
      bot_version: found.bot_version,
      outcome: found.outcome,
      steps: found.trace,
      started_at: found.started_at.toISOString(),
      ended_at: found.ended_at.toISOString(),
    };
  }
}

async function factsOfMessage(
  tx: WorkspaceTransaction,
  workspaceId: WorkspaceId,
  row: MessageRow,
  messageId: MessageId,
): Promise<TimelineFacts> {
  const turn = await turnOf(tx, workspaceId, row);
  const replies = turn && row.direction === 'in' ? await replyRowsOf(tx, workspaceId, turn.id) : [];
  return {
    messageId,
    conversation: row.conversation_id,
    direction: row.direction,
    status: row.status,
    message: {
      author: row.author,
      recordedAt: new Date(row.recorded_at),
      editedAt: row.edited_at === null ? null : new Date(row.edited_at),
      deletedAt: row.deleted_at === null ? null : new Date(row.deleted_at),
    },
    inboxEvent: row.direction === 'in' ? await inboxEventOf(tx, workspaceId, row.id) : null,
    turn: turn && {
      id: turn.id,
      outcome: turn.outcome,
      trace: turn.trace,
      startedAt: turn.started_at,
      endedAt: turn.ended_at,
      messages: await askedOf(tx, workspaceId, turn),
    },
    deliveries: row.direction === 'out' ? await deliveriesOf(tx, workspaceId, row.id) : [],
    statuses: row.direction === 'out' ? await statusesOf(tx, workspaceId, row) : [],
    replies: replies.map((reply) => reply.id),
  };
}

/** What came in and is no message yet, if its conversation can be told. */
async function factsOfPending(
  tx: WorkspaceTransaction,
  workspaceId: WorkspaceId,
  messageId: MessageId,
): Promise<TimelineFacts | null> {
  const workspace = uuidOf(workspaceId);
  const [found] = await tx.$queryRaw<{ conversation_id: string }[]>`
    select c.id as conversation_id
      from inbox_event e
      join mailbox b on b.workspace_id = e.workspace_id and b.id = e.mailbox_id and b.key like 't:%'
      join conversation c on c.channel_id = e.channel_id and c.thread = substr(b.key, 3)
                         and c.workspace_id = e.workspace_id
     where e.workspace_id = ${workspace}::uuid and e.id = ${uuidOf(messageId)}::uuid and e.kind in ('message', 'choice')`;
  if (!found) return null;
  return {
    messageId,
    conversation: found.conversation_id,
    direction: 'in',
    status: 'received',
    message: null,
    inboxEvent: await inboxEventOf(tx, workspaceId, uuidOf(messageId)),
    turn: null,
    deliveries: [],
    statuses: [],
    replies: [],
  };
}

async function turnOf(
  tx: WorkspaceTransaction,
  workspaceId: WorkspaceId,
  row: MessageRow,
): Promise<TurnRow | null> {
  const workspace = uuidOf(workspaceId);
  const rows =
    row.direction === 'out'
      ? await tx.$queryRaw<TurnRow[]>`
          select * from turn where workspace_id = ${workspace}::uuid and id = ${row.turn_id}::uuid`
      : await tx.$queryRaw<TurnRow[]>`
          select * from turn
           where workspace_id = ${workspace}::uuid and conversation_id = ${row.conversation_id}::uuid
             and through_seq >= ${row.seq} and from_seq <= ${row.seq}
           order by through_seq, ended_at limit 1`;
  return rows[0] ?? null;
}

/** How many messages of the person the turn looked at; what the bot had said between them does not count. */
async function askedOf(tx: WorkspaceTransaction, workspaceId: WorkspaceId, turn: TurnRow): Promise<number> {
  const [row] = await tx.$queryRaw<{ n: number }[]>`
    select count(*)::int as n from message
     where workspace_id = ${uuidOf(workspaceId)}::uuid and conversation_id = ${turn.conversation_id}::uuid
       and direction = 'in' and seq between ${turn.from_seq} and ${turn.through_seq}`;
  return row?.n ?? 0;
}

function inboxEventOf(tx: WorkspaceTransaction, workspaceId: WorkspaceId, uuid: string) {
  return tx.inboxEvent.findUnique({
    where: { workspaceId_id: { workspaceId: uuidOf(workspaceId), id: uuid } },
    select: { kind: true, status: true, reason: true, attempts: true, receivedAt: true, doneAt: true },
  });
}

async function deliveriesOf(tx: WorkspaceTransaction, workspaceId: WorkspaceId, message: string) {
  const rows = await tx.delivery.findMany({
    where: { workspaceId: uuidOf(workspaceId), messageId: message },
    orderBy: { part: 'asc' },
    select: { id: true, part: true, parts: true, status: true, log: true, createdAt: true },
  });
  return rows.map((row) => ({ ...row, log: row.log as unknown as AttemptEntry[] }));
}

async function statusesOf(
  tx: WorkspaceTransaction,
  workspaceId: WorkspaceId,
  row: MessageRow,
): Promise<TimelineFacts['statuses']> {
  return tx.$queryRaw<{ status: MessageStatus; at: Date }[]>`
    select data ->> 'status' as status, occurred_at as at from event
     where workspace_id = ${uuidOf(workspaceId)}::uuid and conversation_id = ${row.conversation_id}::uuid
       and type = 'message.status' and data ->> 'message' = ${row.id}
     order by seq`;
}
