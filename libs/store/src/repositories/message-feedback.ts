import { Injectable } from '@nestjs/common';
import { fault } from '#libs/faults';
import {
  type BotId,
  type ConversationId,
  idOf,
  type MessageFeedback as Feedback,
  type MessageId,
  uuidOf,
  type WorkspaceId,
} from '#libs/model';
import { Database, type WorkspaceTransaction } from '../database.js';
import type { Actor } from './audit-log.js';

/** An opinion that is given: by the person, or by whom the audit log would name. */
export interface NewFeedback extends Pick<Feedback, 'rating' | 'reason' | 'comment'> {
  author: 'contact' | Actor;
}

/** What was given, and what that changed. */
export interface GivenFeedback {
  feedback: Feedback;
  conversationId: ConversationId;
  /** Whether they thought otherwise before, or had said nothing. */
  isChanged: boolean;
  /** The message of the person that was answered; null for a greeting. */
  askedId: MessageId | null;
}

interface SpokenRow {
  author: string;
  conversation_id: string;
  bot: string | null;
  answered_by: string | null;
  asked: string | null;
}

type FeedbackRow = Pick<SpokenRow, 'author' | 'bot' | 'answered_by'> & {
  rating: Feedback['rating'];
  reason: Feedback['reason'];
  comment: string | null;
  created_at: Date;
  updated_at: Date;
};

/** What people and operators think of the answers of bots. */
@Injectable()
export class MessageFeedbacks {
  constructor(private readonly database: Database) {}

  /**
   * Keeps an opinion in the place of the one that the same author had.
   *
   * @param within  only a message of this conversation
   * @throws Fault `state/not-found`; `state/conflict` for a message that no bot wrote
   */
  async give(
    workspaceId: WorkspaceId,
    messageId: MessageId,
    given: NewFeedback,
    within?: ConversationId,
  ): Promise<GivenFeedback> {
    const [w, m] = [uuidOf(workspaceId), uuidOf(messageId)];
    const { author, rating, reason, comment } = given;
    return this.database.withWorkspace(workspaceId, async (tx) => {
      const spoken = await spokenOf(tx, workspaceId, messageId, within);
      // In the order of all locks: the conversation first, whose log gets a line.
      await tx.$executeRaw`
        select 1 from conversation where workspace_id = ${w}::uuid and id = ${spoken.conversation_id}::uuid for update`;
      const changed = await tx.$queryRaw<unknown[]>`
        insert into message_feedback as f (workspace_id, message_id, author, rating, reason, comment)
        values (${w}::uuid, ${m}::uuid, ${author}, ${rating}, ${reason}, ${comment})
        on conflict (workspace_id, message_id, author) do update
          set rating = excluded.rating, reason = excluded.reason, comment = excluded.comment, updated_at = clock_timestamp()
          where (f.rating, f.reason, f.comment) is distinct from (excluded.rating, excluded.reason, excluded.comment)
        returning 1`;
      if (changed.length > 0) await log(tx, workspaceId, messageId, spoken, given);
      const rows = await rowsOf(tx, workspaceId, messageId, spoken);
      return {
        feedback: feedbackOf(
          messageId,
          rows.find((row) => row.author === author)!,
        ),
        conversationId: idOf('conversation', spoken.conversation_id),
        isChanged: changed.length > 0,
        askedId: spoken.asked && idOf('message', spoken.asked),
      };
    });
  }

  /** Everything that is thought of a message, the oldest first. @throws Fault `state/not-found`, `state/conflict` */
  async list(workspaceId: WorkspaceId, messageId: MessageId): Promise<Feedback[]> {
    return this.database.withWorkspace(workspaceId, async (tx) => {
      const spoken = await spokenOf(tx, workspaceId, messageId);
      const rows = await rowsOf(tx, workspaceId, messageId, spoken);
      return rows.map((row) => feedbackOf(messageId, row));
    });
  }
}

/** A message of a bot: which one, who in it had the answer, and to what. */
async function spokenOf(
  tx: WorkspaceTransaction,
  workspaceId: WorkspaceId,
  messageId: MessageId,
  within?: ConversationId,
): Promise<SpokenRow> {
  const [w, m] = [uuidOf(workspaceId), uuidOf(messageId)];
  const [row] = await tx.$queryRaw<SpokenRow[]>`
    select m.author, m.conversation_id, coalesce(t.bot_id::text, made.bot) as bot, done.answered_by, asked.id as asked
      from message m
      left join turn t on t.workspace_id = m.workspace_id and t.id = m.turn_id
      left join lateral (
        select e.data->>'bot' as bot from event e
         where e.workspace_id = m.workspace_id and e.conversation_id = m.conversation_id
           and e.type = 'message.created' and e.data->>'message' = m.id::text limit 1) made on true
      left join lateral (
        select e.data->>'answered_by' as answered_by from event e
         where e.workspace_id = m.workspace_id and e.conversation_id = m.conversation_id
           and e.type = 'turn.completed' and e.data->>'turn' = m.turn_id::text limit 1) done on true
      left join lateral (
        select i.id from message i
         where i.workspace_id = m.workspace_id and i.conversation_id = m.conversation_id and i.direction = 'in'
           and i.seq between t.from_seq and t.through_seq order by i.seq desc limit 1) asked on true
     where m.workspace_id = ${w}::uuid and m.id = ${m}::uuid`;
  const isThere = row && (within === undefined || row.conversation_id === uuidOf(within));
  if (!isThere) throw fault('state/not-found', { facts: { messageId } });
  if (row.author !== 'bot') {
    throw fault('state/conflict', { detail: 'Feedback is given on what a bot said.', facts: { messageId } });
  }
  return row;
}

async function log(
  tx: WorkspaceTransaction,
  workspaceId: WorkspaceId,
  messageId: MessageId,
  { conversation_id: conversation, bot, answered_by: answeredBy }: SpokenRow,
  { author, rating, reason, comment }: NewFeedback,
): Promise<void> {
  const data = {
    message: uuidOf(messageId),
    rating,
    ...(reason && { reason }),
    has_comment: comment !== null,
    ...(author === 'contact' ? { by: 'contact' } : { by: 'operator', actor: author }),
    ...(bot && { bot }),
    ...(answeredBy && { answered_by: answeredBy }),
  };
  await tx.$executeRaw`
    select event_add(${uuidOf(workspaceId)}::uuid, ${conversation}::uuid, 'message.feedback', ${JSON.stringify(data)}::jsonb)`;
}

async function rowsOf(
  tx: WorkspaceTransaction,
  workspaceId: WorkspaceId,
  messageId: MessageId,
  { bot, answered_by }: SpokenRow,
): Promise<FeedbackRow[]> {
  const [w, m] = [uuidOf(workspaceId), uuidOf(messageId)];
  const rows = await tx.$queryRaw<Omit<FeedbackRow, 'bot' | 'answered_by'>[]>`
    select author, rating, reason, comment, created_at, updated_at from message_feedback
     where workspace_id = ${w}::uuid and message_id = ${m}::uuid order by created_at, author`;
  return rows.map((row) => ({ ...row, bot, answered_by }));
}

function feedbackOf(messageId: MessageId, row: FeedbackRow): Feedback {
  const isPersons = row.author === 'contact';
  return {
    message_id: messageId,
    by: isPersons ? 'contact' : 'operator',
    actor: isPersons ? null : row.author,
    rating: row.rating,
    reason: row.reason,
    comment: row.comment,
    bot_id: row.bot === null ? null : (idOf('bot', row.bot) satisfies BotId),
    answered_by: row.answered_by,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  };
}
