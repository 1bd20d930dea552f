import { Injectable } from '@nestjs/common';
import { fault } from '#libs/faults';
import {
  type BotId,
  idOf,
  type KnowledgeGap,
  type KnowledgeGapId,
  uuidOf,
  type WorkspaceId,
} from '#libs/model';
import type { KnowledgeGap as GapRow } from '#prisma/client';
import { Database } from '../database.js';
import { decodeCursor, type PageOf, pageOf } from './cursor.js';

/** What people asked and nobody could answer. */
@Injectable()
export class KnowledgeGaps {
  constructor(private readonly database: Database) {}

  /** Questions, those asked most often first. */
  async list(
    workspaceId: WorkspaceId,
    filter: { state: KnowledgeGap['state']; botId?: BotId | undefined },
    page: { limit: number; cursor?: string | undefined },
  ): Promise<PageOf<KnowledgeGap>> {
    const list = `knowledge-gaps.${filter.state}.${filter.botId ?? ''}`;
    const ordered = { ...page, order: 'desc' as const };
    const at = positionOf(decodeCursor(list, ordered));
    const rows = await this.database.withWorkspace(workspaceId, (tx) =>
      tx.knowledgeGap.findMany({
        where: {
          workspaceId: uuidOf(workspaceId),
          state: filter.state,
          ...(filter.botId && { botId: uuidOf(filter.botId) }),
          ...(at && { OR: [{ times: { lt: at.times } }, { times: at.times, id: { gt: at.id } }] }),
        },
        orderBy: [{ times: 'desc' }, { id: 'asc' }],
        take: page.limit + 1,
      }),
    );
    return pageOf(list, ordered, rows, ({ times, id }) => `${times}.${id}`, gapOf);
  }

  /**
   * Puts a question aside, or back; asked again it is open again.
   *
   * @throws Fault `state/not-found`
   */
  async setState(
    workspaceId: WorkspaceId,
    gapId: KnowledgeGapId,
    state: KnowledgeGap['state'],
  ): Promise<KnowledgeGap> {
    const key = { workspaceId: uuidOf(workspaceId), id: uuidOf(gapId) };
    const row = await this.database.withWorkspace(workspaceId, async (tx) => {
      await tx.knowledgeGap.updateMany({ where: key, data: { state } });
      return tx.knowledgeGap.findUnique({ where: { workspaceId_id: key } });
    });
    if (!row) throw fault('state/not-found', { facts: { gapId } });
    return gapOf(row);
  }
}

const POSITION = /^(\d{1,9})\.([0-9a-f-]{36})$/;

function positionOf(cursor: string | null): { times: number; id: string } | null {
  if (cursor === null) return null;
  const [, times, id] = POSITION.exec(cursor) ?? [];
  if (times === undefined || id === undefined) throw fault('input/invalid-cursor');
  return { times: Number(times), id };
}

function gapOf(row: GapRow): KnowledgeGap {
  return {
    id: idOf('knowledgeGap', row.id),
    bot_id: idOf('bot', row.botId),
    question: row.example,
    language: row.language,
    times: row.times,
    state: row.state as KnowledgeGap['state'],
    first_at: row.firstAt.toISOString(),
    last_at: row.lastAt.toISOString(),
  };
}
