import { Injectable } from '@nestjs/common';
import { type ChannelId, idOf, type Json, uuidOf, type WorkspaceId } from '#libs/model';
import { Database } from '../database.js';
import { Sealer } from '../sealing/sealer.js';
import { type ChannelPacing, upsertPace } from './pace.js';

/** A connection that this process may hold until its lease ends. */
export interface ConnectionClaim {
  workspaceId: WorkspaceId;
  channelId: ChannelId;
  epoch: number;
}

/** What a connection shows of itself. */
export interface ShownConnection {
  state: 'connecting' | 'needs-person' | 'open' | 'degraded' | 'down' | 'closed';
  /** What is so, why, and what to do. */
  reason: string;
  since: Date;
  /** What a person needs for the next step, as the connector gave it; null for nothing. */
  setUp: Json;
}

/** Sends over a held connection are paced and claimed under this account. */
export function connectionAccount(channelId: ChannelId): string {
  return `connection:${uuidOf(channelId)}`;
}

/** The connections that workers hold for channels, by leases with epochs; and what connectors remember between them. */
@Injectable()
export class Connections {
  constructor(
    private readonly database: Database,
    private readonly sealer: Sealer,
  ) {}

  /**
   * Claims connections of active channels that nobody holds.
   *
   * @param connectors  those that can have one
   */
  async take(
    worker: string,
    connectors: readonly string[],
    limit: number,
    leaseMs: number,
  ): Promise<ConnectionClaim[]> {
    const rows = await this.database.run<{ workspace_id: string; channel_id: string; epoch: number }>(
      'connection_take',
      'select * from connection_take($1, $2, $3, $4)',
      [worker, [...connectors], limit, leaseMs],
    );
    return rows.map((row) => ({
      workspaceId: idOf('workspace', row.workspace_id),
      channelId: idOf('channel', row.channel_id),
      epoch: row.epoch,
    }));
  }

  /** Extends leases. @returns those that are still held, with the state and version that their channels have now */
  async renew(
    worker: string,
    leaseMs: number,
    held: readonly ConnectionClaim[],
  ): Promise<Map<ChannelId, { state: string; version: number }>> {
    const rows = await this.database.run<{ channel_id: string; state: string; version: number }>(
      'connection_renew',
      'select * from connection_renew($1, $2, $3, $4)',
      [worker, leaseMs, held.map(({ channelId }) => uuidOf(channelId)), held.map(({ epoch }) => epoch)],
    );
    return new Map(
      rows.map(({ channel_id, state, version }) => [idOf('channel', channel_id), { state, version }]),
    );
  }

  /** Writes down which version of the channel is opened, and how fast it may send. */
  async opened(
    claim: ConnectionClaim,
    worker: string,
    version: number,
    pacing: ChannelPacing,
  ): Promise<void> {
    await this.database.withWorkspace(claim.workspaceId, async (tx) => {
      await upsertPace(tx, claim.workspaceId, { ...pacing, account: connectionAccount(claim.channelId) });
      await tx.channelConnection.updateMany({
        where: keyOf(claim, worker),
        data: { channelVersion: version, isUsed: true, failures: 0 },
      });
    });
  }

  /**
   * Shows how a connection is; only its holder's word counts. The time of a state that goes on stays.
   *
   * @param setUp  sealed before it is stored
   * @returns whether it is still held under this claim
   */
  async show(
    claim: ConnectionClaim,
    worker: string,
    shown: { state: ShownConnection['state']; reason: string; setUp?: Json | undefined },
  ): Promise<boolean> {
    const { workspaceId, channelId, epoch } = claim;
    const [workspace, channel] = [uuidOf(workspaceId), uuidOf(channelId)];
    const sealed =
      shown.setUp === undefined
        ? null
        : await this.sealer.seal(workspaceId, placeOf(channelId), JSON.stringify(shown.setUp));
    const { state } = shown;
    const reason = shown.reason.slice(0, 1_000);
    const count = await this.database.withWorkspace(
      workspaceId,
      (tx) => tx.$executeRaw`
        update channel_connection
           set since = case when state = ${state} then since else now() end, state = ${state}, reason = ${reason}, set_up = ${sealed}
         where workspace_id = ${workspace}::uuid and channel_id = ${channel}::uuid and owner = ${worker} and epoch = ${epoch}`,
    );
    return count > 0;
  }

  /**
   * Lets go of a connection.
   *
   * @param retryMs  when somebody may open it again; null when the channel needs none until it changes
   */
  async release(
    claim: ConnectionClaim,
    worker: string,
    next: { retryMs: number | null; version: number; failed: boolean },
  ): Promise<void> {
    await this.database.withWorkspace(claim.workspaceId, (tx) =>
      tx.channelConnection.updateMany({
        where: keyOf(claim, worker),
        data: {
          owner: null,
          channelVersion: next.version,
          isUsed: next.retryMs !== null,
          dueAt: new Date(Date.now() + (next.retryMs ?? 0)),
          failures: next.failed ? { increment: 1 } : 0,
        },
      }),
    );
  }

  /** How many openings in a row have failed. */
  async failures({ workspaceId, channelId }: ConnectionClaim): Promise<number> {
    const row = await this.database.withWorkspace(workspaceId, (tx) =>
      tx.channelConnection.findFirst({
        where: { workspaceId: uuidOf(workspaceId), channelId: uuidOf(channelId) },
        select: { failures: true },
      }),
    );
    return row?.failures ?? 0;
  }

  /** @returns null for a channel that never had one, or needs none */
  async get(workspaceId: WorkspaceId, channelId: ChannelId): Promise<ShownConnection | null> {
    const row = await this.database.withWorkspace(workspaceId, (tx) =>
      tx.channelConnection.findFirst({
        where: { workspaceId: uuidOf(workspaceId), channelId: uuidOf(channelId), isUsed: true },
      }),
    );
    if (!row) return null;
    const opened = row.setUp && (await this.sealer.open(workspaceId, placeOf(channelId), row.setUp));
    return {
      state: row.state as ShownConnection['state'],
      reason: row.reason,
      since: row.since,
      setUp: opened ? (JSON.parse(opened) as Json) : null,
    };
  }

  /** What `remember` kept under this name; null for nothing. */
  async recall(workspaceId: WorkspaceId, channelId: ChannelId, name: string): Promise<Json | null> {
    const row = await this.database.withWorkspace(workspaceId, (tx) =>
      tx.channelMemory.findFirst({
        where: { workspaceId: uuidOf(workspaceId), channelId: uuidOf(channelId), name },
        select: { value: true },
      }),
    );
    return (row?.value as Json | undefined) ?? null;
  }

  /** Keeps a small value of a channel. */
  async remember(workspaceId: WorkspaceId, channelId: ChannelId, name: string, value: Json): Promise<void> {
    const [workspace, channel] = [uuidOf(workspaceId), uuidOf(channelId)];
    const text = JSON.stringify(value);
    await this.database.withWorkspace(
      workspaceId,
      (tx) => tx.$executeRaw`
        insert into channel_memory (workspace_id, channel_id, name, value)
        values (${workspace}::uuid, ${channel}::uuid, ${name}, ${text}::jsonb)
        on conflict (workspace_id, channel_id, name) do update set value = excluded.value, updated_at = now()`,
    );
  }
}

function keyOf({ workspaceId, channelId, epoch }: ConnectionClaim, worker: string) {
  return { workspaceId: uuidOf(workspaceId), channelId: uuidOf(channelId), owner: worker, epoch };
}

const placeOf = (channelId: ChannelId) => ({
  table: 'channel_connection',
  column: 'set_up',
  row: uuidOf(channelId),
});
