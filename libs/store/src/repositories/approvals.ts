import { Injectable } from '@nestjs/common';
import { fault } from '#libs/faults';
import {
  idOf,
  newId,
  uuidOf,
  type ApprovalId,
  type ConversationId,
  type JsonObject,
  type WorkspaceId,
} from '#libs/model';
import { Database } from '../database.js';
import { type Actor, appendAudit } from './audit-log.js';
import { afterId, pageOf, type PageOf, type PageRequest } from './cursor.js';

/** A tool that a bot wants to run, and what an operator has decided. */
export interface StoredApproval {
  approvalId: ApprovalId;
  conversationId: ConversationId;
  callId: string;
  tool: string;
  input: JsonObject;
  status: 'waiting' | 'approved' | 'refused' | 'expired';
  decidedBy: string | null;
  decidedAt: Date | null;
  expiresAt: Date;
  createdAt: Date;
}

/** A question to be asked. */
export interface NewApproval {
  callId: string;
  tool: string;
  input: JsonObject;
  expiresAt: Date;
}

/** So long after it was asked a bot is told what came of it. */
const OUTCOMES_MS = 172_800_000;

/** Questions of bots to operators, and their decisions: each is decided once. */
@Injectable()
export class Approvals {
  constructor(private readonly database: Database) {}

  /** Asks; the same call again changes nothing, so that it may be done twice. */
  async ask(
    workspaceId: WorkspaceId,
    conversationId: ConversationId,
    questions: readonly NewApproval[],
  ): Promise<void> {
    const place = { workspaceId: uuidOf(workspaceId), conversationId: uuidOf(conversationId) };
    await this.database.withWorkspace(workspaceId, (tx) =>
      tx.approval.createMany({
        data: questions.map((question) => ({ ...place, ...question, id: uuidOf(newId('approval')) })),
        skipDuplicates: true,
      }),
    );
  }

  /**
   * What was decided in a conversation, or is too late to be: the newest 50 of the last two days. They are told until the bot
   * has taken them up, and a bot does nothing on one that it does not wait for.
   */
  async outcomes(
    workspaceId: WorkspaceId,
    conversationId: ConversationId,
    now = new Date(),
  ): Promise<{ callId: string; status: 'approved' | 'refused' | 'expired' }[]> {
    const rows = await this.database.withWorkspace(workspaceId, (tx) =>
      tx.approval.findMany({
        where: {
          workspaceId: uuidOf(workspaceId),
          conversationId: uuidOf(conversationId),
          createdAt: { gt: new Date(now.getTime() - OUTCOMES_MS) },
          OR: [{ status: { not: 'waiting' } }, { expiresAt: { lte: now } }],
        },
        orderBy: { id: 'desc' },
        take: 50,
      }),
    );
    return rows.map((row) => {
      const { callId, status } = approvalOf(row, now);
      return { callId, status: status === 'waiting' ? 'expired' : status };
    });
  }

  /** By creation. With `isWaiting` only what can still be decided. */
  async list(
    workspaceId: WorkspaceId,
    page: PageRequest,
    { isWaiting = false, now = new Date() } = {},
  ): Promise<PageOf<StoredApproval>> {
    const list = isWaiting ? 'approvals-waiting' : 'approvals';
    const waiting = isWaiting ? { status: 'waiting', expiresAt: { gt: now } } : {};
    const where = { workspaceId: uuidOf(workspaceId), ...waiting, ...afterId(list, page) };
    const rows = await this.database.withWorkspace(workspaceId, (tx) =>
      tx.approval.findMany({ where, orderBy: { id: page.order }, take: page.limit + 1 }),
    );
    return pageOf(
      list,
      page,
      rows,
      ({ id }) => id,
      (row) => approvalOf(row, now),
    );
  }

  /**
   * Decides, once and for all.
   *
   * @throws Fault `state/not-found`; `state/conflict` when it was decided already, `state/gone` when its time is up
   */
  async decide(
    workspaceId: WorkspaceId,
    approvalId: ApprovalId,
    { isApproved, actor, now = new Date() }: { isApproved: boolean; actor: Actor; now?: Date },
  ): Promise<StoredApproval> {
    const key = { workspaceId: uuidOf(workspaceId), id: uuidOf(approvalId) };
    return this.database.withWorkspace(workspaceId, async (tx) => {
      const status = isApproved ? 'approved' : 'refused';
      const { count } = await tx.approval.updateMany({
        where: { ...key, status: 'waiting', expiresAt: { gt: now } },
        data: { status, decidedBy: actor, decidedAt: now },
      });
      const row = await tx.approval.findUnique({ where: { workspaceId_id: key } });
      if (!row) throw fault('state/not-found', { facts: { approvalId } });
      if (count === 0) {
        const isDecided = row.status !== 'waiting';
        throw fault(isDecided ? 'state/conflict' : 'state/gone', {
          detail: isDecided ? `It was ${row.status} already.` : 'Its time is up.',
        });
      }
      const data = { tool: row.tool };
      await appendAudit(tx, workspaceId, { actor, action: `approval.${status}`, target: approvalId, data });
      return approvalOf(row, now);
    });
  }
}

interface Row {
  id: string;
  conversationId: string;
  callId: string;
  tool: string;
  input: unknown;
  status: string;
  decidedBy: string | null;
  decidedAt: Date | null;
  expiresAt: Date;
  createdAt: Date;
}

function approvalOf(row: Row, now: Date): StoredApproval {
  const isLate = row.status === 'waiting' && row.expiresAt <= now;
  return {
    approvalId: idOf('approval', row.id),
    conversationId: idOf('conversation', row.conversationId),
    callId: row.callId,
    tool: row.tool,
    input: row.input as JsonObject,
    status: isLate ? 'expired' : (row.status as StoredApproval['status']),
    decidedBy: row.decidedBy,
    decidedAt: row.decidedAt,
    expiresAt: row.expiresAt,
    createdAt: row.createdAt,
  };
}
