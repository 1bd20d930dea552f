import { fault } from '#libs/faults';
import { type BotDefinition, type BotId, uuidOf, type WorkspaceId } from '#libs/model';
import { Prisma } from '#prisma/client';
import type { WorkspaceTransaction } from '../database.js';

/** What is kept with a version beside its content. */
export interface VersionNotes {
  note?: string | undefined;
  /** The version whose content it has again. */
  fromVersion?: number | undefined;
  /** What the test set came to. */
  tests?: { passed: number; failed: number } | undefined;
  /** Why it was published although tests failed. */
  forcedReason?: string | undefined;
  createdBy?: string | undefined;
}

/** The key of a bot's row. */
export function botKey(workspaceId: WorkspaceId, botId: BotId): { workspaceId: string; id: string } {
  return { workspaceId: uuidOf(workspaceId), id: uuidOf(botId) };
}

/** The key of rows that belong to a bot. */
export function ofBot(workspaceId: WorkspaceId, botId: BotId): { workspaceId: string; botId: string } {
  return { workspaceId: uuidOf(workspaceId), botId: uuidOf(botId) };
}

/** One version, or null. */
export function versionRow(
  tx: WorkspaceTransaction,
  workspaceId: WorkspaceId,
  botId: BotId,
  version: number,
) {
  return tx.botVersion.findUnique({
    where: { workspaceId_botId_version: { ...ofBot(workspaceId, botId), version } },
  });
}

/**
 * Holds the bot's row until the commit, so that versions and drafts of one bot are written one after the other.
 *
 * @returns the number of the next version
 * @throws Fault `state/not-found`
 */
export async function lockNextVersion(
  tx: WorkspaceTransaction,
  workspaceId: WorkspaceId,
  botId: BotId,
): Promise<number> {
  await lockBot(tx, workspaceId, botId);
  const { _max } = await tx.botVersion.aggregate({
    where: ofBot(workspaceId, botId),
    _max: { version: true },
  });
  return (_max.version ?? 0) + 1;
}

/**
 * Holds the bot's row until the commit.
 *
 * @returns the version that is published
 * @throws Fault `state/not-found`
 */
export async function lockBot(
  tx: WorkspaceTransaction,
  workspaceId: WorkspaceId,
  botId: BotId,
): Promise<number | null> {
  const { workspaceId: workspace, id } = botKey(workspaceId, botId);
  const [row] = await tx.$queryRaw<{ published_version: number | null }[]>`
    select published_version from bot where workspace_id = ${workspace}::uuid and id = ${id}::uuid for update`;
  if (!row) throw fault('state/not-found', { facts: { botId } });
  return row.published_version;
}

/** Writes a version; it never changes afterwards. */
export async function addVersion(
  tx: WorkspaceTransaction,
  workspaceId: WorkspaceId,
  botId: BotId,
  version: number,
  definition: BotDefinition,
  notes: VersionNotes = {},
): Promise<void> {
  await tx.botVersion.create({
    data: {
      ...ofBot(workspaceId, botId),
      version,
      definition,
      note: notes.note ?? null,
      fromVersion: notes.fromVersion ?? null,
      testsPassed: notes.tests?.passed ?? null,
      testsFailed: notes.tests?.failed ?? null,
      forcedReason: notes.forcedReason ?? null,
      createdBy: notes.createdBy ?? null,
    },
  });
}

/**
 * Empties the draft that becomes a version; its row stays, so that no revision is used twice.
 *
 * @param revision  what was read; null: whatever is there
 * @throws Fault `state/version-mismatch`
 */
export async function takeDraft(
  tx: WorkspaceTransaction,
  workspaceId: WorkspaceId,
  botId: BotId,
  revision: number | null,
): Promise<void> {
  const where = { workspaceId_botId: ofBot(workspaceId, botId) };
  const row = await tx.botDraft.findUnique({ where, select: { revision: true } });
  if (revision !== null && (row?.revision ?? 0) !== revision) throw fault('state/version-mismatch');
  if (!row) return;
  await tx.botDraft.update({
    where,
    data: { definition: Prisma.DbNull, revision: row.revision + 1, updatedAt: new Date() },
  });
}
