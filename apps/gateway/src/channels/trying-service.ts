import { Injectable } from '@nestjs/common';
import type { GatewayConfig } from '#libs/config';
import { type AnyConnector, connectorOf, type Destination, hookUrlOf } from '#libs/connectors';
import { fault, timeLimit } from '#libs/faults';
import type {
  ChannelConnection,
  ChannelId,
  DryRun,
  DryRunResult,
  Simulate,
  SimulateResult,
  WorkspaceId,
} from '#libs/model';
import { Bell } from '#libs/queue';
import { Channels, Connections, type LoadedChannel } from '#libs/store';
import { Config } from '../config-token.js';
import { HookService } from '../hooks/hook-service.js';
import { Outside } from '../outside.js';

/** How long registering at a provider may take. */
const INSTALL_MS = 20_000;

/** What can be tried with a channel before anybody depends on it. */
@Injectable()
export class TryingService {
  constructor(
    private readonly channels: Channels,
    private readonly connections: Connections,
    private readonly hooks: HookService,
    private readonly bell: Bell,
    private readonly outside: Outside,
    @Config() private readonly config: GatewayConfig,
  ) {}

  /** @throws Fault `state/not-found` */
  async dryRun(workspaceId: WorkspaceId, channelId: ChannelId, { parts, to }: DryRun): Promise<DryRunResult> {
    const { channel, connector } = await this.#load(workspaceId, channelId);
    const planned = connector.outbound.plan(parts, channel.settings);
    const destination: Destination = {
      thread: to ?? '',
      address: null,
      conversationId: '',
      lastInboundAt: null,
      lastInboundRef: null,
    };
    return {
      parts: planned.parts.map((part) => {
        const refusal = connector.outbound.refuses?.(part, destination, channel.settings, Date.now());
        return { rendering: part.rendering, body: part.body, refused: refusal ?? null };
      }),
      lost: planned.lost,
    };
  }

  /** @throws Fault `state/not-found`; `state/conflict` for a kind of channel that cannot be simulated */
  async simulate(workspaceId: WorkspaceId, channelId: ChannelId, said: Simulate): Promise<SimulateResult> {
    const { channel, connector } = await this.#load(workspaceId, channelId);
    if (!connector.simulate || !connector.webhook) throw cannot('be simulated');
    // The address stays the one that the request was signed for.
    const request = connector.simulate(said, channel.settings, Date.now());
    const { status } = await this.hooks.receive(channel.connector, channelId, request);
    return { status };
  }

  /** @throws Fault `state/not-found`, `state/conflict`; what the provider says */
  async install(workspaceId: WorkspaceId, channelId: ChannelId): Promise<string> {
    const { channel, connector } = await this.#load(workspaceId, channelId);
    if (!connector.install) throw cannot('be registered by itself: follow its steps');
    const hookUrl = hookUrlOf(this.config.http.publicUrl, { id: channelId, connector: channel.connector });
    if (hookUrl === undefined) throw cannot('be registered: its provider calls nothing here');
    return connector.install(hookUrl, {
      settings: channel.settings,
      fetch: this.outside.egress.fetch,
      signal: timeLimit(INSTALL_MS).signal,
      now: Date.now,
      linkTo: noFile,
      readMedia: noFile,
    });
  }

  /** @throws Fault `state/not-found` for a channel without a connection too */
  async connection(workspaceId: WorkspaceId, channelId: ChannelId): Promise<ChannelConnection> {
    await this.#load(workspaceId, channelId);
    const shown = await this.connections.get(workspaceId, channelId);
    if (!shown) throw fault('state/not-found', { detail: 'This channel holds no connection.' });
    const setUp = shown.setUp as { kind: 'qr' | 'code' | 'link'; value: string; expiresAt?: number } | null;
    return {
      state: shown.state,
      reason: shown.reason,
      since: shown.since.toISOString(),
      set_up: setUp && {
        kind: setUp.kind,
        value: setUp.value,
        expires_at: setUp.expiresAt === undefined ? null : new Date(setUp.expiresAt).toISOString(),
      },
    };
  }

  /** @throws Fault `state/not-found`, `state/conflict` */
  async command(workspaceId: WorkspaceId, channelId: ChannelId, command: string): Promise<void> {
    const { connector } = await this.#load(workspaceId, channelId);
    if (!connector.connection) throw cannot('be asked: it holds no connection');
    if (!/^[a-z][a-z-]{0,31}$/.test(command)) throw fault('state/not-found');
    this.bell.ring('connection', { channelId, command });
  }

  async #load(
    workspaceId: WorkspaceId,
    channelId: ChannelId,
  ): Promise<{ channel: LoadedChannel; connector: AnyConnector }> {
    const channel = await this.channels.load(channelId);
    if (channel?.workspaceId !== workspaceId) throw fault('state/not-found', { facts: { channelId } });
    return { channel, connector: connectorOf(channel.connector) };
  }
}

const cannot = (what: string): Error =>
  fault('state/conflict', { detail: `This kind of channel cannot ${what}.` });

/** Registering sends nothing, so it needs no file. */
const noFile = (): Promise<never> =>
  Promise.reject(fault('internal/bug', { facts: { why: 'an installation reads a file' } }));
