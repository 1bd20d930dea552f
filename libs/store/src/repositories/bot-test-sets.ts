import { Injectable } from '@nestjs/common';
import { fault } from '#libs/faults';
import { type BotId, type BotTests, TestSet, type WorkspaceId } from '#libs/model';
import { Database } from '../database.js';
import { type Actor, appendAudit } from './audit-log.js';
import { botKey, lockBot, ofBot } from './bot-version-rows.js';

/** The test sets of bots: one for each, the same for all its versions. */
@Injectable()
export class BotTestSets {
  constructor(private readonly database: Database) {}

  /** The test set; empty where nobody has written one. @throws Fault `state/not-found` */
  async get(workspaceId: WorkspaceId, botId: BotId): Promise<BotTests> {
    return this.database.withWorkspace(workspaceId, async (tx) => {
      const bots = await tx.bot.count({ where: botKey(workspaceId, botId) });
      if (bots === 0) throw fault('state/not-found', { facts: { botId } });
      const row = await tx.botTestSet.findUnique({
        where: { workspaceId_botId: ofBot(workspaceId, botId) },
      });
      return testsOf(botId, row);
    });
  }

  /**
   * Writes the whole set.
   *
   * @param input.revision  what was read; null: whatever is there
   * @throws Fault `state/not-found`, `state/version-mismatch`
   */
  async put(
    workspaceId: WorkspaceId,
    botId: BotId,
    input: { conversations: TestSet; revision: number | null; actor: Actor },
  ): Promise<BotTests> {
    return this.database.withWorkspace(workspaceId, async (tx) => {
      await lockBot(tx, workspaceId, botId);
      const where = { workspaceId_botId: ofBot(workspaceId, botId) };
      const present = await tx.botTestSet.findUnique({ where, select: { revision: true } });
      if (input.revision !== null && input.revision !== (present?.revision ?? 0)) {
        throw fault('state/version-mismatch');
      }
      const revision = (present?.revision ?? 0) + 1;
      const data = { conversations: input.conversations, revision, updatedAt: new Date() };
      const row = await tx.botTestSet.upsert({
        where,
        create: { ...ofBot(workspaceId, botId), ...data },
        update: data,
      });
      await appendAudit(tx, workspaceId, {
        actor: input.actor,
        action: 'bot.edit-tests',
        target: botId,
        data: { revision, conversations: input.conversations.length },
      });
      return testsOf(botId, row);
    });
  }
}

function testsOf(
  botId: BotId,
  row: { conversations: unknown; revision: number; updatedAt: Date } | null,
): BotTests {
  return {
    bot_id: botId,
    revision: row?.revision ?? 0,
    conversations: TestSet.parse(row?.conversations ?? []),
    updated_at: row?.updatedAt.toISOString() ?? null,
  };
}
