import { Injectable } from '@nestjs/common';
import { fault } from '#libs/faults';
import {
  type ChannelId,
  idOf,
  type MediaId,
  newId,
  type Retention,
  type RetentionDefaults,
  type RetentionRule,
  type SetRetention,
  uuidOf,
  type WorkspaceId,
} from '#libs/model';
import { Database } from '../database.js';
import { type Actor, appendAudit } from './audit-log.js';

/** Rows of each kind that went in one sweep. */
export type Swept = Record<'messages' | 'leads' | 'traces' | 'inbox' | 'webhooks', number>;

/** A file whose time is over. */
export interface OldFile {
  mediaId: MediaId;
  sha256: string | null;
  /** No other row of the workspace speaks of its bytes. */
  isLonely: boolean;
}

/** How long things are kept, and the forgetting of what is older. */
@Injectable()
export class RetentionRules {
  constructor(private readonly database: Database) {}

  async get(workspaceId: WorkspaceId, defaults: RetentionDefaults): Promise<Retention> {
    const rows = await this.database.withWorkspace(workspaceId, (tx) =>
      tx.retention.findMany({
        where: { workspaceId: uuidOf(workspaceId) },
        orderBy: [{ kind: 'asc' }, { id: 'asc' }],
      }),
    );
    const rules = rows.map(({ kind, channelId, days }): RetentionRule => ({
      kind: kind as RetentionRule['kind'],
      channel_id: channelId && idOf('channel', channelId),
      days,
    }));
    return { defaults: { ...defaults }, rules };
  }

  /** @throws Fault `input/invalid` when there is no such channel */
  async set(
    workspaceId: WorkspaceId,
    { kind, channel_id: channelId, days }: SetRetention,
    actor: Actor,
    defaults: RetentionDefaults,
  ): Promise<Retention> {
    const workspace = uuidOf(workspaceId);
    const channel = channelId && uuidOf(channelId);
    await this.database.withWorkspace(workspaceId, async (tx) => {
      if (channel !== null) await requireChannel(tx, workspaceId, channelId as ChannelId);
      await appendAudit(tx, workspaceId, {
        actor,
        action: 'retention.set',
        target: channelId ?? workspaceId,
        data: { kind, days },
      });
      await tx.retention.deleteMany({ where: { workspaceId: workspace, kind, channelId: channel } });
      if (days === null) return;
      const id = uuidOf(newId('request'));
      await tx.retention.create({ data: { workspaceId: workspace, id, kind, channelId: channel, days } });
    });
    return this.get(workspaceId, defaults);
  }

  /** Forgets the oldest rows of each kind that are past their time; up to `limit` of each. */
  async sweep(workspaceId: WorkspaceId, limit: number, defaults: RetentionDefaults): Promise<Swept> {
    const [row] = await this.database.run<{ swept: Swept }>(
      'retention-sweep',
      'select retention_sweep($1, $2, $3) as swept',
      [uuidOf(workspaceId), limit, JSON.stringify(defaults)],
    );
    return row?.swept ?? { messages: 0, leads: 0, traces: 0, inbox: 0, webhooks: 0 };
  }

  /** Files that came in and are past their time, or past that of messages. What is still to be fetched is not among them. */
  async oldFiles(workspaceId: WorkspaceId, limit: number, defaults: RetentionDefaults): Promise<OldFile[]> {
    const workspace = uuidOf(workspaceId);
    const rows = await this.database.withWorkspace(
      workspaceId,
      (tx) => tx.$queryRaw<{ id: string; sha256: string | null; lonely: boolean }[]>`
        select m.id, m.sha256, not exists (
            select from media o where o.workspace_id = m.workspace_id and o.sha256 = m.sha256 and o.id <> m.id
          ) and not exists (
            select from knowledge_source s where s.workspace_id = m.workspace_id and s.file_sha256 = m.sha256) as lonely
          from retention_cutoffs(${workspace}::uuid, ${JSON.stringify(defaults)}::json, 'media', 'messages') r
          join media m on m.workspace_id = ${workspace}::uuid and m.channel_id = r.channel_id
           and m.created_at < r.cutoff and m.due_at is null
         order by m.created_at limit ${limit}::int`,
    );
    return rows.map(({ id, sha256, lonely }) => ({ mediaId: idOf('media', id), sha256, isLonely: lonely }));
  }

  /** Forgets files, and the keys of bytes that no other row speaks of; those are gone already. */
  async forgetFiles(workspaceId: WorkspaceId, ids: readonly MediaId[]): Promise<void> {
    const workspace = uuidOf(workspaceId);
    await this.database.withWorkspace(
      workspaceId,
      (tx) => tx.$executeRaw`
        with gone as (
          delete from media where workspace_id = ${workspace}::uuid and id = any (${ids.map(uuidOf)}::uuid[])
          returning id, sha256)
        delete from file_key f using gone g
         where f.workspace_id = ${workspace}::uuid and f.sha256 = g.sha256
           and not exists (
             select from media m where m.workspace_id = f.workspace_id and m.sha256 = f.sha256
                and m.id not in (select id from gone))
           and not exists (
             select from knowledge_source s where s.workspace_id = f.workspace_id and s.file_sha256 = f.sha256)`,
    );
  }
}

async function requireChannel(
  tx: Parameters<Parameters<Database['withWorkspace']>[1]>[0],
  workspaceId: WorkspaceId,
  channelId: ChannelId,
): Promise<void> {
  const where = { workspaceId: uuidOf(workspaceId), id: uuidOf(channelId) };
  if ((await tx.channel.count({ where })) > 0) return;
  const detail = 'There is no such channel.';
  throw fault('input/invalid', { detail, errors: [{ pointer: '/channel_id', code: 'unknown', detail }] });
}
