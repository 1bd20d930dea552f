import { Injectable } from '@nestjs/common';
import {
  type ChannelActivity as Activity,
  type ChannelId,
  type Health,
  idOf,
  uuidOf,
  type WorkspaceId,
} from '#libs/model';
import { Database, type WorkspaceTransaction } from '../database.js';

/** So many of the newest of a workspace are looked through for those of one channel: no index is kept for looking. */
const LOOKED_THROUGH = 2_000;
const SHOWN = 30;
const HEALTHS_SHOWN = 100;
const RAW_CHARACTERS = 4_000;

/** When something last came in, and last went out. */
export interface LastTimes {
  receivedAt: Date | null;
  sentAt: Date | null;
}

/** What lately happened on a channel, for those who set it up or look for a fault. */
@Injectable()
export class ChannelActivity {
  constructor(private readonly database: Database) {}

  /** The newest events and deliveries of a channel, and how its health went; empty for one that is not there. */
  recent(workspaceId: WorkspaceId, channelId: ChannelId): Promise<Activity> {
    const at = [uuidOf(workspaceId), uuidOf(channelId)] as const;
    return this.database.withWorkspace(workspaceId, async (tx) => ({
      received: await received(tx, ...at),
      sent: await sent(tx, ...at),
      health: await healths(tx, ...at),
    }));
  }

  /** When something last came in and went out, as far as the newest of the workspace tell. */
  async last(workspaceId: WorkspaceId, channelId: ChannelId): Promise<LastTimes> {
    const [workspace, channel] = [uuidOf(workspaceId), uuidOf(channelId)];
    const rows = await this.database.withWorkspace(
      workspaceId,
      (tx) => tx.$queryRaw<LastTimes[]>`
        select (select max(received_at) from (
                  select channel_id, received_at from inbox_event
                   where workspace_id = ${workspace}::uuid order by id desc limit ${LOOKED_THROUGH}) e
                 where channel_id = ${channel}::uuid) as "receivedAt",
               (select max(sent_at) from (
                  select channel_id, sent_at from delivery
                   where workspace_id = ${workspace}::uuid order by id desc limit ${LOOKED_THROUGH}) d
                 where channel_id = ${channel}::uuid) as "sentAt"`,
    );
    return rows[0] ?? { receivedAt: null, sentAt: null };
  }
}

async function received(
  tx: WorkspaceTransaction,
  workspace: string,
  channel: string,
): Promise<Activity['received']> {
  const rows = await tx.$queryRaw<ReceivedRow[]>`
    select id, kind, status, reason, received_at as "at", raw from (
      select * from inbox_event where workspace_id = ${workspace}::uuid order by id desc limit ${LOOKED_THROUGH}) e
     where channel_id = ${channel}::uuid order by id desc limit ${SHOWN}`;
  return rows.map(({ id, raw, at, ...row }) => ({
    ...row,
    id: idOf('inboxEvent', id),
    at: at.toISOString(),
    raw: Buffer.from(raw).toString('utf8').slice(0, RAW_CHARACTERS),
  }));
}

async function sent(tx: WorkspaceTransaction, workspace: string, channel: string): Promise<Activity['sent']> {
  const rows = await tx.$queryRaw<SentRow[]>`
    select id, message_id, status, attempts, coalesce(error->>'text', error->>'message', error->>'code') as reason,
           coalesce(sent_at, created_at) as "at" from (
      select * from delivery where workspace_id = ${workspace}::uuid order by id desc limit ${LOOKED_THROUGH}) d
     where channel_id = ${channel}::uuid order by id desc limit ${SHOWN}`;
  return rows.map(({ id, message_id: messageId, at, ...row }) => ({
    ...row,
    id: idOf('delivery', id),
    message_id: idOf('message', messageId),
    at: at.toISOString(),
  }));
}

async function healths(
  tx: WorkspaceTransaction,
  workspace: string,
  channel: string,
): Promise<Activity['health']> {
  const rows = await tx.channelHealth.findMany({
    where: { workspaceId: workspace, channelId: channel },
    orderBy: { at: 'desc' },
    take: HEALTHS_SHOWN,
  });
  return rows.map(({ at, state, reason }) => ({
    state: state as Health['state'],
    reason,
    since: at.toISOString(),
  }));
}

interface ReceivedRow {
  id: string;
  kind: string;
  status: string;
  reason: string | null;
  at: Date;
  raw: Uint8Array;
}

interface SentRow {
  id: string;
  message_id: string;
  status: string;
  attempts: number;
  reason: string | null;
  at: Date;
}
