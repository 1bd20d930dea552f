import { Injectable } from '@nestjs/common';
import { fault } from '#libs/faults';
import {
  type CannedReply,
  type CannedReplyId,
  type CreateCannedReply,
  idOf,
  newId,
  type UpdateCannedReply,
  uuidOf,
  type WorkspaceId,
} from '#libs/model';
import type { CannedReply as CannedReplyRow } from '#prisma/client';
import { Database } from '../../database.js';
import { type Actor, appendAudit } from '../audit-log.js';
import { decodeCursor, type PageOf, pageOf, type PageRequest } from '../cursor.js';

/** Kept answers in a workspace. */
const REPLIES_MAX = 2_000;

/** Answers that operators keep, by what is typed after a slash. */
@Injectable()
export class CannedReplies {
  constructor(private readonly database: Database) {}

  /**
   * Keeps an answer.
   *
   * @param cannedReplyId  for a write that may be repeated
   * @throws Fault `state/already-exists` for a shortcut that is taken; `state/conflict` when there are 2000 already
   */
  async create(
    workspaceId: WorkspaceId,
    input: CreateCannedReply,
    actor: Actor,
    cannedReplyId: CannedReplyId = newId('cannedReply'),
  ): Promise<CannedReply> {
    const key = { workspaceId: uuidOf(workspaceId), id: uuidOf(cannedReplyId) };
    const row = await this.database.withWorkspace(workspaceId, async (tx) => {
      const earlier = await tx.cannedReply.findUnique({ where: { workspaceId_id: key } });
      if (earlier) return earlier;
      if ((await tx.cannedReply.count({ where: { workspaceId: key.workspaceId } })) >= REPLIES_MAX) {
        throw fault('state/conflict', { detail: `A workspace has at most ${REPLIES_MAX} canned replies.` });
      }
      const made = await tx.cannedReply.create({ data: { ...key, ...input } });
      const data = { shortcut: input.shortcut };
      await appendAudit(tx, workspaceId, {
        actor,
        action: 'canned-reply.create',
        target: cannedReplyId,
        data,
      });
      return made;
    });
    return cannedReplyOf(row);
  }

  /** By shortcut. @throws Fault `input/invalid-cursor` */
  async list(workspaceId: WorkspaceId, page: PageRequest): Promise<PageOf<CannedReply>> {
    const after = decodeCursor('canned-replies', page);
    const behind = page.order === 'asc' ? 'gt' : 'lt';
    const rows = await this.database.withWorkspace(workspaceId, (tx) =>
      tx.cannedReply.findMany({
        where: { workspaceId: uuidOf(workspaceId), ...(after !== null && { shortcut: { [behind]: after } }) },
        orderBy: { shortcut: page.order },
        take: page.limit + 1,
      }),
    );
    return pageOf('canned-replies', page, rows, ({ shortcut }) => shortcut, cannedReplyOf);
  }

  /** @throws Fault `state/not-found` */
  async get(workspaceId: WorkspaceId, cannedReplyId: CannedReplyId): Promise<CannedReply> {
    const key = { workspaceId: uuidOf(workspaceId), id: uuidOf(cannedReplyId) };
    const row = await this.database.withWorkspace(workspaceId, (tx) =>
      tx.cannedReply.findUnique({ where: { workspaceId_id: key } }),
    );
    if (!row) throw fault('state/not-found', { facts: { cannedReplyId } });
    return cannedReplyOf(row);
  }

  /** @throws Fault `state/not-found`, `state/already-exists` */
  async update(
    workspaceId: WorkspaceId,
    cannedReplyId: CannedReplyId,
    changes: UpdateCannedReply,
    actor: Actor,
  ): Promise<CannedReply> {
    const { shortcut, title, text } = changes;
    const where = { workspaceId: uuidOf(workspaceId), id: uuidOf(cannedReplyId) };
    await this.database.withWorkspace(workspaceId, async (tx) => {
      const data = {
        ...(shortcut !== undefined && { shortcut }),
        ...(title !== undefined && { title }),
        ...(text !== undefined && { text }),
      };
      const { count } = await tx.cannedReply.updateMany({ where, data });
      if (count === 0) throw fault('state/not-found', { facts: { cannedReplyId } });
      const changed = { changed: Object.keys(data).join(' ') };
      await appendAudit(tx, workspaceId, {
        actor,
        action: 'canned-reply.update',
        target: cannedReplyId,
        data: changed,
      });
    });
    return this.get(workspaceId, cannedReplyId);
  }

  /** @throws Fault `state/not-found` */
  async delete(workspaceId: WorkspaceId, cannedReplyId: CannedReplyId, actor: Actor): Promise<void> {
    const where = { workspaceId: uuidOf(workspaceId), id: uuidOf(cannedReplyId) };
    await this.database.withWorkspace(workspaceId, async (tx) => {
      const { count } = await tx.cannedReply.deleteMany({ where });
      if (count === 0) throw fault('state/not-found', { facts: { cannedReplyId } });
      await appendAudit(tx, workspaceId, { actor, action: 'canned-reply.delete', target: cannedReplyId });
    });
  }
}

function cannedReplyOf(row: CannedReplyRow): CannedReply {
  const { id, shortcut, title, text, createdAt, updatedAt } = row;
  return {
    id: idOf('cannedReply', id),
    shortcut,
    title,
    text,
    created_at: createdAt.toISOString(),
    updated_at: updatedAt.toISOString(),
  };
}
