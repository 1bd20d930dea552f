import { Injectable } from '@nestjs/common';
import { fault } from '#libs/faults';
import {
  type Bot,
  BotDefinition,
  type BotId,
  idOf,
  newId,
  type RunningConversations,
  uuidOf,
  type WorkspaceId,
} from '#libs/model';
import type { Bot as BotRow } from '#prisma/client';
import { Database, type WorkspaceTransaction } from '../database.js';
import { type Actor, appendAudit } from './audit-log.js';
import {
  addVersion,
  botKey,
  lockNextVersion,
  takeDraft,
  type VersionNotes,
  versionRow,
} from './bot-version-rows.js';
import { afterId, type PageOf, pageOf, type PageRequest } from './cursor.js';
import { TimedCache } from './timed-cache.js';

/** What a bot says now, and under which version. */
export interface PublishedBot {
  botId: BotId;
  version: number;
  definition: BotDefinition;
}

interface Published {
  version: number;
  /** Whether what is under way ends with the version it began with. */
  finishes: boolean;
}

/** Which version is published is looked up again after this many milliseconds. */
const PUBLISHED_TTL_MS = 2_000;
/** A version never changes, so it may stay; the number bounds the memory. */
const DEFINITION_TTL_MS = 3_600_000;

/** The bots of workspaces and their versions. */
@Injectable()
export class Bots {
  readonly #published = new TimedCache<Published>({ ttlMs: PUBLISHED_TTL_MS, missTtlMs: 0, max: 5_000 });
  readonly #definitions = new TimedCache<BotDefinition>({ ttlMs: DEFINITION_TTL_MS, missTtlMs: 0, max: 500 });

  constructor(private readonly database: Database) {}

  /**
   * Makes a bot whose version 1 is published.
   *
   * @param input.botId  for a write that may be repeated: a bot with this id that is there already is the answer
   */
  async create(
    workspaceId: WorkspaceId,
    input: {
      name: string;
      definition: BotDefinition;
      actor: Actor;
      botId?: BotId | undefined;
      runningConversations?: RunningConversations | undefined;
    },
  ): Promise<Bot> {
    const botId = input.botId ?? newId('bot');
    await this.database.withWorkspace(workspaceId, async (tx) => {
      if (input.botId && (await tx.bot.count({ where: botKey(workspaceId, botId) })) > 0) return;
      await tx.bot.create({
        data: {
          ...botKey(workspaceId, botId),
          name: input.name,
          publishedVersion: 1,
          ...(input.runningConversations && { runningConversations: input.runningConversations }),
        },
      });
      await addVersion(tx, workspaceId, botId, 1, input.definition, { createdBy: input.actor });
      const data = { name: input.name };
      await appendAudit(tx, workspaceId, { actor: input.actor, action: 'bot.create', target: botId, data });
    });
    return this.get(workspaceId, botId);
  }

  /** @throws Fault `state/not-found` */
  async get(workspaceId: WorkspaceId, botId: BotId): Promise<Bot> {
    const found = await this.database.withWorkspace(workspaceId, async (tx) => {
      const bot = await tx.bot.findUnique({ where: { workspaceId_id: botKey(workspaceId, botId) } });
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
   * Changes what is no part of any version.
   *
   * @throws Fault `state/not-found`
   */
  async update(
    workspaceId: WorkspaceId,
    botId: BotId,
    change: {
      name?: string | undefined;
      runningConversations?: RunningConversations | undefined;
      actor: Actor;
    },
  ): Promise<Bot> {
    const { name, runningConversations, actor } = change;
    const data = {
      ...(name !== undefined && { name }),
      ...(runningConversations !== undefined && { runningConversations }),
    };
    await this.database.withWorkspace(workspaceId, async (tx) => {
      const { count } = await tx.bot.updateMany({ where: botKey(workspaceId, botId), data });
      if (count === 0) throw fault('state/not-found', { facts: { botId } });
      await appendAudit(tx, workspaceId, { actor, action: 'bot.update', target: botId, data });
    });
    this.#published.forget(`${workspaceId}.${botId}`);
    return this.get(workspaceId, botId);
  }

  /**
   * Adds a version and publishes it; turns that run now end under the version they began with.
   *
   * @param input.draft  the version is the draft of this revision (null: whatever it is), which is empty afterwards
   * @returns the new version
   * @throws Fault `state/not-found`; `state/version-mismatch` when the draft is another one by now
   */
  async publish(
    workspaceId: WorkspaceId,
    botId: BotId,
    input: {
      definition: BotDefinition;
      actor: Actor;
      notes?: Omit<VersionNotes, 'createdBy'> | undefined;
      draft?: { revision: number | null } | undefined;
    },
  ): Promise<PublishedBot> {
    const { actor, notes = {} } = input;
    const version = await this.database.withWorkspace(workspaceId, async (tx) => {
      const next = await lockNextVersion(tx, workspaceId, botId);
      if (input.draft) await takeDraft(tx, workspaceId, botId, input.draft.revision);
      await addVersion(tx, workspaceId, botId, next, input.definition, { ...notes, createdBy: actor });
      await tx.bot.update({
        where: { workspaceId_id: botKey(workspaceId, botId) },
        data: { publishedVersion: next },
      });
      const { fromVersion, forcedReason } = notes;
      await appendAudit(tx, workspaceId, {
        actor,
        action: fromVersion === undefined ? 'bot.publish' : 'bot.roll-back',
        target: botId,
        data: {
          version: next,
          ...(fromVersion !== undefined && { from_version: fromVersion }),
          ...(forcedReason !== undefined && { forced_reason: forcedReason }),
        },
      });
      return next;
    });
    this.#published.forget(`${workspaceId}.${botId}`);
    return { botId, version, definition: input.definition };
  }

  /**
   * What the bot says now. A publication is seen within two seconds in every process, and at once in this one.
   *
   * @param held  the version in which a conversation is under way; it is what answers where the bot asks for that
   * @returns null when there is no such bot or none of its versions is published
   */
  async definitionOf(
    workspaceId: WorkspaceId,
    botId: BotId,
    held: number | null = null,
  ): Promise<PublishedBot | null> {
    const published = await this.#published.get(`${workspaceId}.${botId}`, () =>
      this.#loadPublished(workspaceId, botId),
    );
    if (published === null) return null;
    const { version, finishes } = published;
    const begun =
      finishes && held !== null && held !== version ? await this.version(workspaceId, botId, held) : null;
    return begun ?? this.version(workspaceId, botId, version);
  }

  /** A version, published or not; null when there is none of this number. */
  async version(workspaceId: WorkspaceId, botId: BotId, version: number): Promise<PublishedBot | null> {
    const definition = await this.#definitions.get(`${workspaceId}.${botId}.${version}`, () =>
      this.#loadDefinition(workspaceId, botId, version),
    );
    return definition && { botId, version, definition };
  }

  async #loadPublished(workspaceId: WorkspaceId, botId: BotId): Promise<Published | null> {
    const row = await this.database.withWorkspace(workspaceId, (tx) =>
      tx.bot.findUnique({
        where: { workspaceId_id: botKey(workspaceId, botId) },
        select: { publishedVersion: true, runningConversations: true },
      }),
    );
    if (row?.publishedVersion == null) return null;
    return { version: row.publishedVersion, finishes: row.runningConversations === 'finish' };
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

async function publishedOf(tx: WorkspaceTransaction, bot: BotRow): Promise<unknown> {
  if (bot.publishedVersion === null) return null;
  const key = { workspaceId: bot.workspaceId, botId: bot.id, version: bot.publishedVersion };
  return (await tx.botVersion.findUnique({ where: { workspaceId_botId_version: key } }))?.definition ?? null;
}

function botOf(row: BotRow, definition: unknown): Bot {
  return {
    id: idOf('bot', row.id),
    name: row.name,
    published_version: row.publishedVersion,
    definition: definition === null ? null : BotDefinition.parse(definition),
    running_conversations: row.runningConversations as RunningConversations,
    created_at: row.createdAt.toISOString(),
    updated_at: row.updatedAt.toISOString(),
  };
}
