import { Injectable } from '@nestjs/common';
import {
  type ConversationId,
  idOf,
  type MemberId,
  type Operator,
  type Presence,
  uuidOf,
  type WorkspaceId,
} from '#libs/model';
import { Database } from '../../database.js';
import type { Actor } from '../audit-log.js';

/** A window that has not been heard of for so long is gone, in seconds. */
const PRESENT_S = 45;

/** What one window of an operator shows. */
export interface Seen {
  /** Chosen by the window. */
  tab: string;
  operator: Actor;
  name: string | null;
  conversationId: ConversationId | null;
  isReplying: boolean;
}

/** Who works in the inbox, who is there now, and what they look at. */
@Injectable()
export class Operators {
  constructor(private readonly database: Database) {}

  /** Everybody who can be given a conversation, by name. */
  async list(workspaceId: WorkspaceId): Promise<Operator[]> {
    const rows = await this.database.withWorkspace(
      workspaceId,
      (tx) => tx.$queryRaw<{ id: string; name: string; present: string[] }[]>`
        select m.id, m.name, array(select p.operator from presence p where p.workspace_id = ${uuidOf(workspaceId)}::uuid
            and p.seen_at > now() - make_interval(secs => ${PRESENT_S})) as present
        from member m where m.workspace_id = ${uuidOf(workspaceId)}::uuid order by m.name, m.id`,
    );
    return rows.map(({ id, name, present }) => {
      const memberId = idOf('member', id);
      return { id: memberId, name, is_online: present.includes(`member:${memberId}`) };
    });
  }

  /** What a member is called; null for somebody who is none. */
  async nameOf(workspaceId: WorkspaceId, memberId: MemberId): Promise<string | null> {
    const key = { workspaceId: uuidOf(workspaceId), id: uuidOf(memberId) };
    const row = await this.database.withWorkspace(workspaceId, (tx) =>
      tx.member.findUnique({ where: { workspaceId_id: key }, select: { name: true } }),
    );
    return row?.name ?? null;
  }

  /** Remembers what a window shows, until it is not heard of for 45 s. A conversation that is not there is none. */
  async see(
    workspaceId: WorkspaceId,
    { tab, operator, name, conversationId, isReplying }: Seen,
  ): Promise<void> {
    const [w, c] = [uuidOf(workspaceId), conversationId && uuidOf(conversationId)];
    await this.database.withWorkspace(workspaceId, async (tx) => {
      await tx.$executeRaw`
        insert into presence as p (workspace_id, tab, operator, name, conversation_id, is_replying)
        select ${w}::uuid, ${`${operator}/${tab}`}, ${operator}, ${name},
          (select id from conversation where workspace_id = ${w}::uuid and id = ${c}::uuid), ${isReplying}
        on conflict (workspace_id, tab) do update
          set conversation_id = excluded.conversation_id, is_replying = excluded.is_replying, seen_at = now()`;
      await tx.$executeRaw`
        delete from presence where workspace_id = ${w}::uuid and seen_at < now() - interval '1 hour'`;
    });
  }

  /** A window is closed. */
  async leave(workspaceId: WorkspaceId, operator: Actor, tab: string): Promise<void> {
    await this.database.withWorkspace(workspaceId, (tx) =>
      tx.presence.deleteMany({ where: { workspaceId: uuidOf(workspaceId), tab: `${operator}/${tab}` } }),
    );
  }

  /** Who is there, once for each conversation that they look at. */
  async present(workspaceId: WorkspaceId): Promise<Presence[]> {
    const rows = await this.database.withWorkspace(
      workspaceId,
      (tx) => tx.$queryRaw<
        { operator: string; name: string | null; conversation_id: string | null; replying: boolean }[]
      >`
        select operator, max(name) as name, conversation_id, bool_or(is_replying) as replying from presence
         where workspace_id = ${uuidOf(workspaceId)}::uuid and seen_at > now() - make_interval(secs => ${PRESENT_S})
         group by operator, conversation_id order by operator, conversation_id nulls last`,
    );
    return rows.map(({ operator, name, conversation_id, replying }) => ({
      operator,
      name,
      conversation_id: conversation_id && idOf('conversation', conversation_id),
      is_replying: replying,
    }));
  }
}
