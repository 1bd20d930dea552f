import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { fault } from '#libs/faults';
import { BotDefinition, type BotId, type WorkspaceId } from '#libs/model';
import { Database, type WorkspaceTransaction } from '../database.js';
import { type Actor, appendAudit } from './audit-log.js';
import { botKey, lockBot, ofBot, versionRow } from './bot-version-rows.js';

/** What an author is at work on. */
export interface StoredDraft {
  definition: BotDefinition;
  /** Rises with every change; 0 while there was never a draft. */
  revision: number;
  /** Whether it differs from the published version. */
  isChanged: boolean;
  updatedBy: string | null;
  updatedAt: Date | null;
}

/** One draft for each bot, beside what is published. */
@Injectable()
export class BotDrafts {
  constructor(private readonly database: Database) {}

  /**
   * The draft; as published where there is none.
   *
   * @throws Fault `state/not-found`
   */
  async get(workspaceId: WorkspaceId, botId: BotId): Promise<StoredDraft> {
    return this.database.withWorkspace(workspaceId, async (tx) => {
      const bot = await tx.bot.findUnique({
        where: { workspaceId_id: botKey(workspaceId, botId) },
        select: { publishedVersion: true },
      });
      if (!bot) throw fault('state/not-found', { facts: { botId } });
      return draftOf(tx, workspaceId, botId, bot.publishedVersion);
    });
  }

  /**
   * Writes the draft. One that is equal to what is there changes nothing.
   *
   * @param input.revision  what was read; null: whatever is there
   * @throws Fault `state/not-found`; `state/version-mismatch` when somebody else has written
   */
  async put(
    workspaceId: WorkspaceId,
    botId: BotId,
    input: { definition: BotDefinition; revision: number | null; actor: Actor },
  ): Promise<StoredDraft> {
    return this.change(workspaceId, botId, { ...input, change: () => input.definition });
  }

  /**
   * Makes something else of the draft, whatever stands in it by then.
   *
   * @param input.also  done in the same transaction
   * @throws Fault `state/not-found`, `state/version-mismatch`; whatever `change` throws
   */
  async change(
    workspaceId: WorkspaceId,
    botId: BotId,
    input: {
      change: (present: BotDefinition) => BotDefinition;
      revision: number | null;
      actor: Actor;
      also?: (tx: WorkspaceTransaction) => Promise<void>;
    },
  ): Promise<StoredDraft> {
    return this.database.withWorkspace(workspaceId, async (tx) => {
      const published = await lockBot(tx, workspaceId, botId);
      const present = await draftOf(tx, workspaceId, botId, published);
      if (input.revision !== null && input.revision !== present.revision) {
        throw fault('state/version-mismatch');
      }
      const definition = input.change(present.definition);
      await input.also?.(tx);
      if (isDeepStrictEqual(plain(definition), plain(present.definition))) return present;
      const revision = present.revision + 1;
      const data = { definition, revision, updatedBy: input.actor, updatedAt: new Date() };
      await tx.botDraft.upsert({
        where: { workspaceId_botId: ofBot(workspaceId, botId) },
        create: { ...ofBot(workspaceId, botId), ...data },
        update: data,
      });
      await appendAudit(tx, workspaceId, {
        actor: input.actor,
        action: 'bot.edit',
        target: botId,
        data: { revision },
      });
      return draftOf(tx, workspaceId, botId, published);
    });
  }
}

async function draftOf(
  tx: WorkspaceTransaction,
  workspaceId: WorkspaceId,
  botId: BotId,
  published: number | null,
): Promise<StoredDraft> {
  const row = await tx.botDraft.findUnique({ where: { workspaceId_botId: ofBot(workspaceId, botId) } });
  const version = published === null ? null : await versionRow(tx, workspaceId, botId, published);
  const written = row?.definition ?? version?.definition;
  if (written === undefined) throw fault('state/not-found', { facts: { botId } });
  const definition = BotDefinition.parse(written);
  return {
    definition,
    revision: row?.revision ?? 0,
    isChanged:
      !version || !isDeepStrictEqual(plain(definition), plain(BotDefinition.parse(version.definition))),
    updatedBy: row?.updatedBy ?? null,
    updatedAt: row?.updatedAt ?? null,
  };
}

/** As JSON has it: what is not there is not there. */
function plain(definition: BotDefinition): unknown {
  return JSON.parse(JSON.stringify(definition));
}
