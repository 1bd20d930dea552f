import { Injectable } from '@nestjs/common';
import { fault } from '#libs/faults';
import {
  type ConversationContext,
  type ConversationId,
  type JsonObject,
  uuidOf,
  type WorkspaceId,
} from '#libs/model';
import { Database } from '../../database.js';

interface Row {
  handoff: { at: string; data: JsonObject } | null;
  goals: JsonObject[];
  session: Record<string, string> | null;
  said: Record<string, string> | null;
}

/** What operators need to know of a conversation besides what was said. */
@Injectable()
export class ConversationContexts {
  constructor(private readonly database: Database) {}

  /** @throws Fault `state/not-found` */
  async of(workspaceId: WorkspaceId, conversationId: ConversationId): Promise<ConversationContext> {
    const [w, c] = [uuidOf(workspaceId), uuidOf(conversationId)];
    const [row] = await this.database.withWorkspace(
      workspaceId,
      (tx) => tx.$queryRaw<Row[]>`
        select
          (select json_build_object('at', e.occurred_at, 'data', e.data) from event e
            where e.workspace_id = ${w}::uuid and e.conversation_id = c.id and e.type = 'handoff.requested'
            order by e.seq desc limit 1) as handoff,
          (select coalesce(json_agg(e.data->'data' order by e.seq), '[]') from event e
            where e.workspace_id = ${w}::uuid and e.conversation_id = c.id and e.type = 'goal.reached') as goals,
          (select s.metadata from session s where s.workspace_id = ${w}::uuid and s.conversation_id = c.id
            and s.metadata <> '{}' order by s.created_at desc limit 1) as session,
          (select m.metadata from message m where m.workspace_id = ${w}::uuid and m.conversation_id = c.id
            and m.direction = 'in' and m.metadata <> '{}' order by m.seq limit 1) as said
        from conversation c where c.workspace_id = ${w}::uuid and c.id = ${c}::uuid`,
    );
    if (!row) throw fault('state/not-found', { facts: { conversationId } });
    const fields: Record<string, unknown> = {};
    for (const goal of row.goals) if (goal !== null && !Array.isArray(goal)) Object.assign(fields, goal);
    const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);
    return {
      handoff: row.handoff && {
        at: new Date(row.handoff.at).toISOString(),
        reason: text(row.handoff.data['reason']),
        summary: text(row.handoff.data['summary']),
        department: text(row.handoff.data['department']),
      },
      fields,
      page: { ...row.session, ...row.said },
    };
  }
}
