import { Injectable } from '@nestjs/common';
import {
  type AnyConnector,
  type Check,
  connectorOf,
  parseSettings,
  withGenerated,
  type Egress,
} from '#libs/connectors';
import { fault, timeLimit } from '#libs/faults';
import type { ChannelId, CreateChannel, UpdateChannel, WorkspaceId } from '#libs/model';
import {
  type Actor,
  Bots,
  ChannelCache,
  Channels,
  type ChannelSettings,
  type StoredChannel,
} from '#libs/store';
import { Outside } from '../outside.js';

/** How long a check may take. */
const CHECK_MS = 15_000;

/** Registers channels and changes them: the connector's schema decides what settings are, the store seals them. */
@Injectable()
export class ChannelService {
  constructor(
    private readonly channels: Channels,
    private readonly cache: ChannelCache,
    private readonly bots: Bots,
    private readonly outside: Outside,
  ) {}

  /**
   * @param channelId  of a write that may be repeated: the channel gets it
   * @throws Fault `channel/unknown-connector`, `input/invalid`, `state/not-found` when there is no such bot
   */
  async create(
    workspaceId: WorkspaceId,
    {
      connector: name,
      name: label,
      settings,
      bot_id,
      fallback_channel_ids: fallbackChannelIds,
    }: CreateChannel,
    actor: Actor,
    channelId: ChannelId | undefined,
  ): Promise<StoredChannel> {
    const connector = connectorOf(name);
    await this.#requireFallbacks(workspaceId, connector, fallbackChannelIds, channelId);
    const botId = bot_id === undefined ? await this.bots.defaultOf(workspaceId) : bot_id;
    return this.channels.create(workspaceId, {
      ...settingsOf(connector, withGenerated(connector, settings)),
      connector: name,
      name: label,
      botId,
      fallbackChannelIds,
      actor,
      channelId,
    });
  }

  /**
   * Changes what is given. Settings are merged with those that are there; null takes one away.
   *
   * @param version  the version that was read; null overwrites
   * @throws Fault `state/not-found`, `state/version-mismatch`, `input/invalid`
   */
  async update(
    workspaceId: WorkspaceId,
    channelId: ChannelId,
    { name, settings, bot_id: botId, fallback_channel_ids: fallbackChannelIds }: UpdateChannel,
    version: number | null,
    actor: Actor,
  ): Promise<StoredChannel> {
    const isNothing = [name, settings, botId, fallbackChannelIds].every((one) => one === undefined);
    if (isNothing) {
      return this.channels.get(workspaceId, channelId);
    }
    if (fallbackChannelIds) {
      const { connector } = await this.#load(workspaceId, channelId);
      await this.#requireFallbacks(workspaceId, connector, fallbackChannelIds, channelId);
    }
    const merged = settings && (await this.#merge(workspaceId, channelId, settings));
    const wanted = merged?.version ?? version;
    if (version !== null && wanted !== version) throw fault('state/version-mismatch');
    const changed = await this.channels.update(workspaceId, channelId, {
      version: wanted,
      name,
      botId,
      settings: merged?.settings,
      fallbackChannelIds,
      actor,
    });
    this.cache.forget(channelId);
    return changed;
  }

  async pause(workspaceId: WorkspaceId, channelId: ChannelId, actor: Actor): Promise<StoredChannel> {
    const paused = await this.channels.pause(workspaceId, channelId, actor);
    this.cache.forget(channelId);
    return paused;
  }

  async resume(workspaceId: WorkspaceId, channelId: ChannelId, actor: Actor): Promise<StoredChannel> {
    const resumed = await this.channels.resume(workspaceId, channelId, actor);
    this.cache.forget(channelId);
    return resumed;
  }

  /**
   * Looks whether a channel can work, and writes down what was found.
   *
   * @throws Fault `state/not-found`
   */
  async check(
    workspaceId: WorkspaceId,
    channelId: ChannelId,
  ): Promise<{ found: Check; channel: StoredChannel }> {
    const { connector, settings } = await this.#load(workspaceId, channelId);
    const found = await checkWith(connector, settings, this.outside.egress);
    const { state, reason } = found;
    return { found, channel: await this.channels.setHealth(workspaceId, channelId, { state, reason }) };
  }

  /** @throws Fault `state/not-found`; `input/invalid` for a channel of a kind that does not understand these messages */
  async #requireFallbacks(
    workspaceId: WorkspaceId,
    { manifest }: AnyConnector,
    fallbacks: readonly ChannelId[],
    channelId: ChannelId | undefined,
  ): Promise<void> {
    for (const [at, id] of fallbacks.entries()) {
      const { connector } = await this.#load(workspaceId, id);
      const isKin = manifest.partsAs !== undefined && connector.manifest.partsAs === manifest.partsAs;
      if (isKin && id !== channelId && fallbacks.indexOf(id) === at) continue;
      throw fault('input/invalid', {
        detail: isKin
          ? `${id} stands twice, or is the channel itself.`
          : `${connector.manifest.label} cannot take over for ${manifest.label}: their messages are not alike.`,
        errors: [{ pointer: `/fallback_channel_ids/${at}`, code: 'invalid', detail: 'cannot take over' }],
      });
    }
  }

  async #merge(
    workspaceId: WorkspaceId,
    channelId: ChannelId,
    changes: Record<string, unknown>,
  ): Promise<{ settings: ChannelSettings; version: number }> {
    const { connector, settings, version } = await this.#load(workspaceId, channelId);
    const merged = Object.entries({ ...settings, ...changes }).filter(([, value]) => value !== null);
    return { settings: settingsOf(connector, Object.fromEntries(merged)), version };
  }

  async #load(workspaceId: WorkspaceId, channelId: ChannelId) {
    const channel = await this.channels.load(channelId);
    if (channel?.workspaceId !== workspaceId) throw fault('state/not-found', { facts: { channelId } });
    return { ...channel, connector: connectorOf(channel.connector) };
  }
}

function settingsOf(connector: AnyConnector, raw: Record<string, unknown>): ChannelSettings {
  const settings = parseSettings(connector, raw) as Record<string, unknown>;
  const { manifest } = connector;
  return { settings, secrets: manifest.secrets.map(String), pacing: manifest.pacing(settings) };
}

/** A check sends nothing, so it needs no file. */
const noFile = (): Promise<never> =>
  Promise.reject(fault('internal/bug', { facts: { why: 'a check reads a file' } }));
const noMedia = { linkTo: noFile, readMedia: noFile };

/** A check ends in words, whatever happens in it. */
async function checkWith(connector: AnyConnector, settings: unknown, egress: Egress): Promise<Check> {
  if (!connector.check) return { state: 'healthy', reason: 'This kind of channel has nothing to check.' };
  const signal = timeLimit(CHECK_MS).signal;
  try {
    return await connector.check({ settings, fetch: egress.fetch, signal, now: Date.now, ...noMedia });
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'The check did not end.';
    return { state: 'down', reason: reason.slice(0, 500) };
  }
}
