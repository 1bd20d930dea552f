import { Injectable } from '@nestjs/common';
import { fault } from '#libs/faults';
import { type Bot, BotDefinition, type BotId, idOf, newId, uuidOf, type WorkspaceId } from '#libs/model';
import type { Bot as BotRow } from '#prisma/client';
import { Database, type WorkspaceTransaction } from '../database.js';
import { type Actor, appendAudit } from './audit-log.js';
import { afterId, type PageOf, pageOf, type PageRequest } from './cursor.js';
import { TimedCache } from './timed-cache.js';

/** What a bot says now, and under which version. */
export interface PublishedBot {
  botId: BotId;
  version: number;
  definition: BotDefinition;
}

/** Which version is published is looked up again after this many milliseconds. */
const PUBLISHED_TTL_MS = 2_000;
/** A version never changes, so it may stay; the number bounds the memory. */
const DEFINITION_TTL_MS = 3_600_000;

/** The bots of workspaces and their versions. */
@Injectable()
export class Bots {
  readonly #published = new TimedCache<number>({ ttlMs: PUBLISHED_TTL_MS, missTtlMs: 0, max: 5_000 });
  readonly #definitions = new TimedCache<BotDefinition>({ ttlMs: DEFINITION_TTL_MS, missTtlMs: 0, max: 500 });

  constructor(private readonly database: Database) {}

  /**
   * Makes a bot whose version 1 is published.
   *
   * @param input.botId  for a write that may be repeated: a bot with this id that is there already is the answer
   */
  async create(
    workspaceId: WorkspaceId,
    input: { name: string; definition: BotDefinition; actor: Actor; botId?: BotId | undefined },
  ): Promise<Bot> {
    const botId = input.botId ?? newId('bot');
    await this.database.withWorkspace(workspaceId, async (tx) => {
      if (input.botId && (await tx.bot.count({ where: keyOf(workspaceId, botId) })) > 0) return;
      await tx.bot.create({
        data: { workspaceId: uuidOf(workspaceId), id: uuidOf(botId), name: input.name, publishedVersion: 1 },
      });
      await addVersion(tx, workspaceId, botId, 1, input.definition);
      const data = { name: input.name };
      await appendAudit(tx, workspaceId, { actor: input.actor, action: 'bot.create', target: botId, data });
    });
    return this.get(workspaceId, botId);
  }

  /** @throws Fault `state/not-found` */
  async get(workspaceId: WorkspaceId, botId: BotId): Promise<Bot> {
    const found = await this.database.withWorkspace(workspaceId, async (tx) => {
      const bot = await tx.bot.findUnique({ where: { workspaceId_id: keyOf(workspaceId, botId) } });
      if (!bot) return null;
      return { bot, version: await publishedOf(tx, bot) };
    });
    if (!found) throw fault('state/not-found', { facts: { botId } });
    return botOf(found.bot, found.version);
  }

  /** Bots by creation, each with its published definition. */
  async list(workspaceId: WorkspaceId, page: PageRequest): Promise<PageOf<Bot>> {
    const after = afterId('bots', page);
    const rows = await this.database.withWorkspace(workspaceId, async (tx) => {
      const bots = await tx.bot.findMany({
        where: { workspaceId: uuidOf(workspaceId), ...after },
        orderBy: { id: page.order },
        take: page.limit + 1,
      });
      const found: { bot: BotRow; version: unknown }[] = [];
      for (const bot of bots) found.push({ bot, version: await publishedOf(tx, bot) });
      return found;
    });
    return pageOf(
      'bots',
      page,
      rows,
      ({ bot }) => bot.id,
      ({ bot, version }) => botOf(bot, version),
    );
  }

  /** The oldest bot of a workspace: who answers a channel that names nobody. Null when there is none. */
  async defaultOf(workspaceId: WorkspaceId): Promise<BotId | null> {
    const row = await this.database.withWorkspace(workspaceId, (tx) =>
      tx.bot.findFirst({
        where: { workspaceId: uuidOf(workspaceId) },
        orderBy: { id: 'asc' },
        select: { id: true },
      }),
    );
    return row && idOf('bot', row.id);
  }

  /**
   * Adds a version and publishes it; turns that run now end under the version they began with.
   *
   * @returns the new version
   * @throws Fault `state/not-found`
   */
  async publish(
    workspaceId: WorkspaceId,
    botId: BotId,
    input: { definition: BotDefinition; actor: Actor },
  ): Promise<PublishedBot> {
    const version = await this.database.withWorkspace(workspaceId, async (tx) => {
      const next = await lockNextVersion(tx, workspaceId, botId);
      await addVersion(tx, workspaceId, botId, next, input.definition);
      await tx.bot.update({
        where: { workspaceId_id: keyOf(workspaceId, botId) },
        data: { publishedVersion: next },
      });
      const data = { version: next };
      await appendAudit(tx, workspaceId, { actor: input.actor, action: 'bot.publish', target: botId, data });
      return next;
    });
    this.#published.forget(`${workspaceId}.${botId}`);
    return { botId, version, definition: input.definition };
  }

  /**
   * What the bot says now. A publication is seen within two seconds in every process, and at once in this one.
   *
   * @returns null when there is no such bot or none of its versions is published
   */
  async definitionOf(workspaceId: WorkspaceId, botId: BotId): Promise<PublishedBot | null> {
    const key = `${workspaceId}.${botId}`;
    const version = await this.#published.get(key, () => this.#loadPublished(workspaceId, botId));
    if (version === null) return null;
    const definition = await this.#definitions.get(`${key}.${version}`, () =>
      this.#loadDefinition(workspaceId, botId, version),
    );
    return definition && { botId, version, definition };
  }

  async #loadPublished(workspaceId: WorkspaceId, botId: BotId): Promise<number | null> {
    const row = await this.database.withWorkspace(workspaceId, (tx) =>
      tx.bot.findUnique({
        where: { workspaceId_id: keyOf(workspaceId, botId) },
        select: { publishedVersion: true },
      }),
    );
    return row?.publishedVersion ?? null;
  }

  async #loadDefinition(
    workspaceId: WorkspaceId,
    botId: BotId,
    version: number,
  ): Promise<BotDefinition | null> {
    const row = await this.database.withWorkspace(workspaceId, (tx) =>
      versionRow(tx, workspaceId, botId, version),
    );
    return row && BotDefinition.parse(row.definition);
  }
}

function keyOf(workspaceId: WorkspaceId, botId: BotId): { workspaceId: string; id: string } {
  return { workspaceId: uuidOf(workspaceId), id: uuidOf(botId) };
}

function versionRow(tx: WorkspaceTransaction, workspaceId: WorkspaceId, botId: BotId, version: number) {
  const key = { workspaceId: uuidOf(workspaceId), botId: uuidOf(botId), version };
  return tx.botVersion.findUnique({ where: { workspaceId_botId_version: key } });
}

async function publishedOf(tx: WorkspaceTransaction, bot: BotRow): Promise<unknown> {
  if (bot.publishedVersion === null) return null;
  const key = { workspaceId: bot.workspaceId, botId: bot.id, version: bot.publishedVersion };
  return (await tx.botVersion.findUnique({ where: { workspaceId_botId_version: key } }))?.definition ?? null;
}

async function lockNextVersion(
  tx: WorkspaceTransaction,
  workspaceId: WorkspaceId,
  botId: BotId,
): Promise<number> {
  const { workspaceId: workspace, id } = keyOf(workspaceId, botId);
  const locked = await tx.$queryRaw<unknown[]>`
    select 1 from bot where workspace_id = ${workspace}::uuid and id = ${id}::uuid for update`;
  if (locked.length === 0) throw fault('state/not-found', { facts: { botId } });
  const { _max } = await tx.botVersion.aggregate({
    where: { workspaceId: workspace, botId: id },
    _max: { version: true },
  });
  return (_max.version ?? 0) + 1;
}

async function addVersion(
  tx: WorkspaceTransaction,
  workspaceId: WorkspaceId,
  botId: BotId,
  version: number,
  definition: BotDefinition,
): Promise<void> {
  await tx.botVersion.create({
    data: {
      workspaceId: uuidOf(workspaceId),
      botId: uuidOf(botId),
      version,
      definition,
    },
  });
}

function botOf(row: BotRow, definition: unknown): Bot {
  return {
    id: idOf('bot', row.id),
    name: row.name,
    published_version: row.publishedVersion,
    definition: definition === null ? null : BotDefinition.parse(definition),
    created_at: row.createdAt.toISOString(),
    updated_at: row.updatedAt.toISOString(),
  };
}
