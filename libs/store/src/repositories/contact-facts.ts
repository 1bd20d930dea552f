import { Injectable } from '@nestjs/common';
import { fault } from '#libs/faults';
import {
  idOf,
  newId,
  uuidOf,
  type ContactFact,
  type ContactId,
  type ConversationId,
  type FactId,
  type WorkspaceId,
} from '#libs/model';
import { Database, type WorkspaceTransaction } from '../database.js';
import { type Actor, appendAudit } from './audit-log.js';

/** A fact to be kept. */
export interface NewFact {
  text: string;
  source: string;
  conversationId: ConversationId | null;
  expiresAt: Date;
}

interface FactRow extends Record<string, unknown> {
  id: string;
  text: string;
  source: string;
  noted_at: Date;
  expires_at: Date;
}

/** Facts of one contact; the oldest go when there are more. */
const FACTS_MAX = 200;

/** What is known of contacts across their conversations: each fact with its source and its end. */
@Injectable()
export class ContactFacts {
  constructor(private readonly database: Database) {}

  /** What has not expired, newest first; of this contact and nobody else. */
  async of(workspaceId: WorkspaceId, contactId: ContactId, limit: number): Promise<ContactFact[]> {
    const rows = await this.database.run<FactRow>(
      'contact_facts',
      'select * from contact_facts($1, $2, $3)',
      [uuidOf(workspaceId), uuidOf(contactId), limit],
    );
    return rows.map((row) => ({
      factId: idOf('fact', row.id),
      text: row.text,
      source: row.source,
      notedAt: row.noted_at.toISOString(),
      expiresAt: row.expires_at.toISOString(),
    }));
  }

  /**
   * Keeps facts; the same words again only last longer, so that it may be done twice. What has expired is removed, and what is
   * beyond 200 facts of the contact. Of a contact that was merged into another meanwhile, the other one has them.
   */
  async keep(workspaceId: WorkspaceId, contactId: ContactId, facts: readonly NewFact[]): Promise<void> {
    const w = uuidOf(workspaceId);
    await this.database.withWorkspace(workspaceId, async (tx) => {
      const contact = await presentOf(tx, workspaceId, contactId);
      if (contact === null) return;
      for (const { text, source, conversationId, expiresAt } of facts) {
        const conversation = conversationId && uuidOf(conversationId);
        await tx.$executeRaw`
          insert into contact_fact (workspace_id, id, contact_id, text, source, conversation_id, expires_at)
          values (${w}::uuid, ${uuidOf(newId('fact'))}::uuid, ${contact}::uuid, ${text}, ${source}, ${conversation}::uuid, ${expiresAt})
          on conflict (workspace_id, contact_id, md5(text)) do update
            set expires_at = greatest(contact_fact.expires_at, excluded.expires_at), noted_at = clock_timestamp()`;
      }
      await tx.$executeRaw`
        delete from contact_fact where workspace_id = ${w}::uuid and contact_id = ${contact}::uuid and (
          expires_at <= clock_timestamp() or id in (
            select f.id from contact_fact f
            where f.workspace_id = ${w}::uuid and f.contact_id = ${contact}::uuid
            order by f.noted_at desc, f.id desc offset ${FACTS_MAX}))`;
    });
  }

  /** Whether there is such a contact in the workspace. */
  async hasContact(workspaceId: WorkspaceId, contactId: ContactId): Promise<boolean> {
    const where = { workspaceId: uuidOf(workspaceId), id: uuidOf(contactId) };
    return (await this.database.withWorkspace(workspaceId, (tx) => tx.contact.count({ where }))) > 0;
  }

  /**
   * Forgets one fact of a contact.
   *
   * @throws Fault `state/not-found`
   */
  async forget(workspaceId: WorkspaceId, contactId: ContactId, factId: FactId, actor: Actor): Promise<void> {
    await this.database.withWorkspace(workspaceId, async (tx) => {
      const where = { workspaceId: uuidOf(workspaceId), contactId: uuidOf(contactId), id: uuidOf(factId) };
      const { count } = await tx.contactFact.deleteMany({ where });
      if (count === 0) throw fault('state/not-found', { facts: { factId } });
      await appendAudit(tx, workspaceId, { actor, action: 'fact.forget', target: factId });
    });
  }

  /** Forgets everything that is known of a contact. @returns how many facts that were */
  async forgetAll(workspaceId: WorkspaceId, contactId: ContactId, actor: Actor): Promise<number> {
    return this.database.withWorkspace(workspaceId, async (tx) => {
      const where = { workspaceId: uuidOf(workspaceId), contactId: uuidOf(contactId) };
      const { count } = await tx.contactFact.deleteMany({ where });
      const data = { facts: count };
      await appendAudit(tx, workspaceId, { actor, action: 'fact.forget-all', target: contactId, data });
      return count;
    });
  }
}

/** The contact, or the one that it was merged into; null when it was erased. Locked against merges. */
async function presentOf(
  tx: WorkspaceTransaction,
  workspaceId: WorkspaceId,
  contactId: ContactId,
): Promise<string | null> {
  const [row] = await tx.$queryRaw<{ id: string }[]>`
    select coalesce(merged_into, id) as id from contact
     where workspace_id = ${uuidOf(workspaceId)}::uuid and id = ${uuidOf(contactId)}::uuid for share`;
  return row?.id ?? null;
}
