import { Injectable } from '@nestjs/common';
import { fault } from '#libs/faults';
import {
  BotDefinition,
  type BotId,
  type BotVersion,
  type BotVersionRef,
  type BotVersionWhole,
  type WorkspaceId,
} from '#libs/model';
import type { BotVersion as VersionRow } from '#prisma/client';
import { Database } from '../database.js';
import { botKey, ofBot, versionRow } from './bot-version-rows.js';
import { BotDrafts } from './bot-drafts.js';
import { decodeCursor, type PageOf, pageOf, type PageRequest } from './cursor.js';

/** A definition with what it is called. */
export interface NamedDefinition {
  label: 'draft' | number;
  definition: BotDefinition;
}

/** Everything that was ever published of a bot. */
@Injectable()
export class BotVersions {
  constructor(
    private readonly database: Database,
    private readonly drafts: BotDrafts,
  ) {}

  /**
   * Versions by their numbers, without their content.
   *
   * @throws Fault `state/not-found`, `input/invalid-cursor`
   */
  async list(workspaceId: WorkspaceId, botId: BotId, page: PageRequest): Promise<PageOf<BotVersion>> {
    const list = `bot-versions.${botId}`;
    const cursor = decodeCursor(list, page);
    if (cursor !== null && !/^\d{1,9}$/.test(cursor)) throw fault('input/invalid-cursor');
    const { published, rows } = await this.database.withWorkspace(workspaceId, async (tx) => ({
      published: await publishedVersion(tx, workspaceId, botId),
      rows: await tx.botVersion.findMany({
        where: {
          ...ofBot(workspaceId, botId),
          ...(cursor !== null && {
            version: page.order === 'asc' ? { gt: Number(cursor) } : { lt: Number(cursor) },
          }),
        },
        omit: { definition: true },
        orderBy: { version: page.order },
        take: page.limit + 1,
      }),
    }));
    return pageOf(
      list,
      page,
      rows,
      ({ version }) => String(version),
      (row) => versionOf(row, published),
    );
  }

  /** @throws Fault `state/not-found` */
  async get(workspaceId: WorkspaceId, botId: BotId, version: number): Promise<BotVersionWhole> {
    const { published, row } = await this.database.withWorkspace(workspaceId, async (tx) => ({
      published: await publishedVersion(tx, workspaceId, botId),
      row: await versionRow(tx, workspaceId, botId, version),
    }));
    if (!row) throw fault('state/not-found', { facts: { botId, version } });
    return { ...versionOf(row, published), definition: BotDefinition.parse(row.definition) };
  }

  /**
   * The content of a version, of the draft, or of what is published.
   *
   * @throws Fault `state/not-found`
   */
  async named(workspaceId: WorkspaceId, botId: BotId, ref: BotVersionRef): Promise<NamedDefinition> {
    if (ref === 'draft') {
      const { definition } = await this.drafts.get(workspaceId, botId);
      return { label: 'draft', definition };
    }
    const row = await this.database.withWorkspace(workspaceId, async (tx) => {
      const version = ref === 'published' ? await publishedVersion(tx, workspaceId, botId) : ref;
      return version === null ? null : versionRow(tx, workspaceId, botId, version);
    });
    if (!row) throw fault('state/not-found', { facts: { botId, version: String(ref) } });
    return { label: row.version, definition: BotDefinition.parse(row.definition) };
  }
}

async function publishedVersion(
  tx: Parameters<typeof versionRow>[0],
  workspaceId: WorkspaceId,
  botId: BotId,
): Promise<number | null> {
  const bot = await tx.bot.findUnique({
    where: { workspaceId_id: botKey(workspaceId, botId) },
    select: { publishedVersion: true },
  });
  if (!bot) throw fault('state/not-found', { facts: { botId } });
  return bot.publishedVersion;
}

function versionOf(row: Omit<VersionRow, 'definition'>, published: number | null): BotVersion {
  const { testsPassed: passed, testsFailed: failed } = row;
  return {
    version: row.version,
    is_published: row.version === published,
    note: row.note,
    from_version: row.fromVersion,
    tests: passed === null || failed === null ? null : { passed, failed },
    forced_reason: row.forcedReason,
    created_by: row.createdBy,
    created_at: row.createdAt.toISOString(),
  };
}
