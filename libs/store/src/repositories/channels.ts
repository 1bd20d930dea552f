import { Injectable } from '@nestjs/common';
import { fault } from '#libs/faults';
import {
  type BotId,
  type Channel,
  type ChannelId,
  type Health,
  idOf,
  newId,
  uuidOf,
  type WorkspaceId,
} from '#libs/model';
import type { Channel as ChannelRow, Prisma } from '#prisma/client';
import { Database, type WorkspaceTransaction } from '../database.js';
import { Sealer } from '../sealing/sealer.js';
import { type Actor, appendAudit } from './audit-log.js';
import { afterId, type PageOf, pageOf, type PageRequest } from './cursor.js';
import { type ChannelPacing, upsertPace } from './pace.js';
import { type Secrets, type Settings, sealSettings, unsealSettings } from './channel-settings.js';

/** A channel as the API shows it, without the address that the gateway knows, and with its version for `if-match`. */
export type StoredChannel = Omit<Channel, 'webhook_url'> & { version: number };

/** A channel as gateway and worker use it: with its secrets in clear. Never logged, never sent to anyone. */
export interface LoadedChannel {
  workspaceId: WorkspaceId;
  channelId: ChannelId;
  connector: string;
  name: string;
  /** As the connector's schema made them, secret fields included. */
  settings: Settings;
  botId: BotId | null;
  /** Channels that take over, in order, where the provider cannot be reached. */
  fallbackChannelIds: ChannelId[];
  state: 'active' | 'paused';
  version: number;
}

/** Settings of a channel, parsed by the connector's schema. */
export interface ChannelSettings {
  settings: Settings;
  /** Names of the top-level fields that are sealed: the manifest's `secrets`. */
  secrets: readonly string[];
  pacing: ChannelPacing;
}

/** What a channel is registered with, besides its settings. */
export interface NewChannel {
  connector: string;
  name: string;
  botId: BotId | null;
  fallbackChannelIds?: readonly ChannelId[];
  actor: Actor;
  /** For a write that may be repeated: a channel with this id that is there already is the answer. */
  channelId?: ChannelId | undefined;
}

/** The row as the look-up function returns it. */
interface RawChannel extends Record<string, unknown> {
  workspace_id: string;
  id: string;
  connector: string;
  name: string;
  settings: Settings;
  secrets: Secrets;
  bot_id: string | null;
  fallback_channel_ids: string[];
  state: 'active' | 'paused';
  version: number;
}

/** The channels of workspaces. Their secrets are sealed before they reach a row. */
@Injectable()
export class Channels {
  constructor(
    private readonly database: Database,
    private readonly sealer: Sealer,
  ) {}

  /**
   * Registers a channel and how fast its account may be called.
   *
   * @throws Fault `state/not-found` when the bot is not one of the workspace
   */
  async create(workspaceId: WorkspaceId, input: ChannelSettings & NewChannel): Promise<StoredChannel> {
    const channelId = input.channelId ?? newId('channel');
    const columns = await sealSettings(this.sealer, workspaceId, channelId, input);
    const row = await this.database.withWorkspace(workspaceId, async (tx) => {
      const earlier = input.channelId && (await findRow(tx, workspaceId, channelId));
      if (earlier) return earlier;
      await requireBot(tx, workspaceId, input.botId);
      const made = await tx.channel.create({
        data: {
          ...keyOf(workspaceId, channelId),
          ...columns,
          connector: input.connector,
          name: input.name,
          botId: input.botId && uuidOf(input.botId),
          fallbackChannelIds: (input.fallbackChannelIds ?? []).map((one) => uuidOf(one)),
        },
      });
      await upsertPace(tx, workspaceId, input.pacing);
      const data = { connector: input.connector, name: input.name };
      await appendAudit(tx, workspaceId, {
        actor: input.actor,
        action: 'channel.create',
        target: channelId,
        data,
      });
      return made;
    });
    return channelOf(row);
  }

  /** @throws Fault `state/not-found` */
  async get(workspaceId: WorkspaceId, channelId: ChannelId): Promise<StoredChannel> {
    const row = await this.database.withWorkspace(workspaceId, (tx) => findRow(tx, workspaceId, channelId));
    if (!row) throw fault('state/not-found', { facts: { channelId } });
    return channelOf(row);
  }

  /** Channels by creation. */
  async list(workspaceId: WorkspaceId, page: PageRequest): Promise<PageOf<StoredChannel>> {
    const after = afterId('channels', page);
    const rows = await this.database.withWorkspace(workspaceId, (tx) =>
      tx.channel.findMany({
        where: { workspaceId: uuidOf(workspaceId), ...after },
        orderBy: { id: page.order },
        take: page.limit + 1,
      }),
    );
    return pageOf('channels', page, rows, (row) => row.id, channelOf);
  }

  /** The oldest active channel of one of these connectors: where a session goes that names none. */
  async firstOf(workspaceId: WorkspaceId, connectors: readonly string[]): Promise<ChannelId | null> {
    const row = await this.database.withWorkspace(workspaceId, (tx) =>
      tx.channel.findFirst({
        where: { workspaceId: uuidOf(workspaceId), connector: { in: [...connectors] }, state: 'active' },
        orderBy: { id: 'asc' },
        select: { id: true },
      }),
    );
    return row && idOf('channel', row.id);
  }

  /**
   * Changes a channel. Settings are replaced as a whole: merge them with those of `load` first.
   *
   * @param input.version  the version that was read; null overwrites whatever is there
   * @throws Fault `state/not-found`; `state/version-mismatch` when somebody was faster
   */
  async update(
    workspaceId: WorkspaceId,
    channelId: ChannelId,
    input: {
      version: number | null;
      name?: string | undefined;
      botId?: BotId | null | undefined;
      settings?: ChannelSettings | undefined;
      fallbackChannelIds?: readonly ChannelId[] | undefined;
      actor: Actor;
    },
  ): Promise<StoredChannel> {
    const { version, name, botId, settings, fallbackChannelIds, actor } = input;
    const columns = settings && (await sealSettings(this.sealer, workspaceId, channelId, settings));
    const changes: Prisma.ChannelUncheckedUpdateManyInput = {
      ...(name !== undefined && { name }),
      ...(botId !== undefined && { botId: botId && uuidOf(botId) }),
      ...(fallbackChannelIds && { fallbackChannelIds: fallbackChannelIds.map((one) => uuidOf(one)) }),
      ...columns,
    };
    return this.#change(workspaceId, channelId, version, changes, async (tx) => {
      await requireBot(tx, workspaceId, botId ?? null);
      if (settings) await upsertPace(tx, workspaceId, settings.pacing);
      const data = { fields: Object.keys(changes) };
      await appendAudit(tx, workspaceId, { actor, action: 'channel.update', target: channelId, data });
    });
  }

  /**
   * Stops everything that goes out through a channel; what comes in is still kept.
   *
   * @throws Fault `state/not-found`
   */
  pause(workspaceId: WorkspaceId, channelId: ChannelId, actor: Actor): Promise<StoredChannel> {
    return this.#change(workspaceId, channelId, null, { state: 'paused' }, (tx) =>
      appendAudit(tx, workspaceId, { actor, action: 'channel.pause', target: channelId }),
    );
  }

  /** @throws Fault `state/not-found` */
  resume(workspaceId: WorkspaceId, channelId: ChannelId, actor: Actor): Promise<StoredChannel> {
    return this.#change(workspaceId, channelId, null, { state: 'active' }, async (tx) => {
      await appendAudit(tx, workspaceId, { actor, action: 'channel.resume', target: channelId });
      // What waited for the pause to end need not wait for its next look.
      const channel = uuidOf(channelId);
      await tx.$executeRaw`
        update mailbox set due_at = now() where channel_id = ${channel}::uuid and leased_by is null and due_at > now()`;
      await tx.$executeRaw`
        update delivery set due_at = now()
         where channel_id = ${channel}::uuid and status = 'queued' and due_at > now()
           and error->>'code' = 'channel/paused'`;
    });
  }

  /**
   * Writes down what a check or a send found. The time of a state that goes on stays.
   *
   * @throws Fault `state/not-found`
   */
  async setHealth(
    workspaceId: WorkspaceId,
    channelId: ChannelId,
    health: Omit<Health, 'since'>,
  ): Promise<StoredChannel> {
    const { workspaceId: workspace, id } = keyOf(workspaceId, channelId);
    const row = await this.database.withWorkspace(workspaceId, async (tx) => {
      await tx.$executeRaw`
        update channel
           set health_since = case when health_state = ${health.state} then health_since else now() end,
               health_state = ${health.state}, health_reason = ${health.reason.slice(0, 1_000)}
         where workspace_id = ${workspace}::uuid and id = ${id}::uuid`;
      return findRow(tx, workspaceId, channelId);
    });
    if (!row) throw fault('state/not-found', { facts: { channelId } });
    return channelOf(row);
  }

  /**
   * Finds a channel of whatever workspace, with its secrets in clear: for webhooks and workers.
   *
   * @throws Fault `store/sealed` when a secret cannot be opened
   */
  async load(channelId: ChannelId): Promise<LoadedChannel | null> {
    const [row] = await this.database.run<RawChannel>('load-channel', 'select * from load_channel($1)', [
      uuidOf(channelId),
    ]);
    if (!row) return null;
    const workspaceId = idOf('workspace', row.workspace_id);
    return {
      workspaceId,
      channelId,
      connector: row.connector,
      name: row.name,
      settings: await unsealSettings(this.sealer, workspaceId, channelId, row),
      botId: row.bot_id === null ? null : idOf('bot', row.bot_id),
      fallbackChannelIds: row.fallback_channel_ids.map((one) => idOf('channel', one)),
      state: row.state,
      version: row.version,
    };
  }

  /**
   * Claims active channels that are due for a check, or for a look at what their provider kept, whatever their workspace.
   *
   * @param connectors  those that can be asked
   * @param everyMs     until each is due again
   */
  async takeDue(
    what: 'check' | 'gap',
    connectors: readonly string[],
    everyMs: number,
    limit: number,
  ): Promise<ChannelId[]> {
    const rows = await this.database.run<{ channel_id: string }>(
      'channel_take',
      'select channel_id from channel_take($1, $2, $3, $4)',
      [what, [...connectors], everyMs, limit],
    );
    return rows.map((row) => idOf('channel', row.channel_id));
  }

  /**
   * The active channels of some connectors and how often each was changed, whatever their workspace; the newest first.
   *
   * @throws Fault `store/unavailable`
   */
  async versionsOf(
    connectors: readonly string[],
    limit: number,
  ): Promise<{ channelId: ChannelId; version: number }[]> {
    const rows = await this.database.run<{ channel_id: string; version: number }>(
      'channel_versions',
      'select channel_id, version from channel_versions($1, $2)',
      [[...connectors], limit],
    );
    return rows.map(({ channel_id, version }) => ({ channelId: idOf('channel', channel_id), version }));
  }

  async #change(
    workspaceId: WorkspaceId,
    channelId: ChannelId,
    version: number | null,
    changes: Prisma.ChannelUncheckedUpdateManyInput,
    also: (tx: WorkspaceTransaction) => Promise<void>,
  ): Promise<StoredChannel> {
    const key = keyOf(workspaceId, channelId);
    const row = await this.database.withWorkspace(workspaceId, async (tx) => {
      await also(tx);
      const { count } = await tx.channel.updateMany({
        where: { ...key, ...(version !== null && { version }) },
        data: { ...changes, version: { increment: 1 } },
      });
      const found = await findRow(tx, workspaceId, channelId);
      if (!found) throw fault('state/not-found', { facts: { channelId } });
      if (count === 0)
        throw fault('state/version-mismatch', { facts: { channelId, version: found.version } });
      return found;
    });
    return channelOf(row);
  }
}

function keyOf(workspaceId: WorkspaceId, channelId: ChannelId): { workspaceId: string; id: string } {
  return { workspaceId: uuidOf(workspaceId), id: uuidOf(channelId) };
}

function findRow(
  tx: WorkspaceTransaction,
  workspaceId: WorkspaceId,
  channelId: ChannelId,
): Promise<ChannelRow | null> {
  return tx.channel.findUnique({ where: { workspaceId_id: keyOf(workspaceId, channelId) } });
}

async function requireBot(
  tx: WorkspaceTransaction,
  workspaceId: WorkspaceId,
  botId: BotId | null,
): Promise<void> {
  if (botId === null) return;
  const found = await tx.bot.count({ where: { workspaceId: uuidOf(workspaceId), id: uuidOf(botId) } });
  if (found === 0) throw fault('state/not-found', { detail: 'There is no such bot.', facts: { botId } });
}

function channelOf(row: ChannelRow): StoredChannel {
  return {
    id: idOf('channel', row.id),
    connector: row.connector,
    name: row.name,
    settings: row.settings as Settings,
    secrets: Object.keys(row.secrets as Secrets).sort(),
    state: row.state as StoredChannel['state'],
    health: {
      state: row.healthState as Health['state'],
      reason: row.healthReason,
      since: row.healthSince.toISOString(),
    },
    bot_id: row.botId === null ? null : idOf('bot', row.botId),
    fallback_channel_ids: row.fallbackChannelIds.map((one) => idOf('channel', one)),
    version: row.version,
    created_at: row.createdAt.toISOString(),
    updated_at: row.updatedAt.toISOString(),
  };
}
