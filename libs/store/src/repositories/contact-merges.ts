import { Injectable } from '@nestjs/common';
import { fault } from '#libs/faults';
import {
  type ContactId,
  type ContactMerge,
  type ContactMergeId,
  idOf,
  newId,
  uuidOf,
  type WorkspaceId,
} from '#libs/model';
import type { ContactMerge as MergeRow, Prisma } from '#prisma/client';
import { Database, type WorkspaceTransaction } from '../database.js';
import { type Actor, appendAudit } from './audit-log.js';
import { lockContacts, requireContact, requireUnmerged } from './contacts.js';
import { afterId, type PageOf, pageOf, type PageRequest } from './cursor.js';
import { type OperationId, idOfOperation } from './idempotency.js';
import { tellWebhooks } from './tell-webhooks.js';

/** How long two contacts that were merged can be parted again. */
const UNDO_MS = 30 * 86_400_000;

/** What a merge moved, as it is kept for the undoing: UUIDs, and what the kept contact got. */
interface Moved {
  identities: string[];
  conversations: string[];
  sessions: string[];
  /** Contacts that had been merged into the merged one. */
  contacts: string[];
  /** What bots know of it; merges before 22 November 2026 have none, and none can be undone after 30 days. */
  facts?: string[];
  /** Null: the kept one had a name. */
  name: string | null;
  /** Those that the kept one had not. */
  attributes: Record<string, string>;
}

/** Two contacts that are one person: made one, and parted again when that was wrong. */
@Injectable()
export class ContactMerges {
  constructor(private readonly database: Database) {}

  /**
   * Makes one contact of two: addresses, conversations, sessions and what bots know move to the kept one, and so do name and
   * attributes that it has not. The other one stays as a pointer.
   *
   * @param operationId  of a write that may be repeated: a merge that it made already is the answer
   * @throws Fault `state/not-found`; `state/conflict` when one of them was merged already, or both are the same
   */
  async merge(
    workspaceId: WorkspaceId,
    keptId: ContactId,
    mergedId: ContactId,
    actor: Actor,
    operationId?: OperationId,
  ): Promise<ContactMerge> {
    const mergeId = operationId ? idOfOperation('contactMerge', operationId) : newId('contactMerge');
    const key = { workspaceId: uuidOf(workspaceId), id: uuidOf(mergeId) };
    const row = await this.database.withWorkspace(workspaceId, async (tx) => {
      await lockContacts(tx, workspaceId, [keptId, mergedId]);
      const earlier = operationId && (await tx.contactMerge.findUnique({ where: { workspaceId_id: key } }));
      if (earlier) return earlier;
      const kept = requireUnmerged(await requireContact(tx, workspaceId, keptId));
      const merged = requireUnmerged(await requireContact(tx, workspaceId, mergedId));
      if (kept.id === merged.id) throw fault('state/conflict', { detail: 'It is the same contact already.' });
      const theirs = merged.attributes as Record<string, string>;
      const has = kept.attributes as Record<string, string>;
      const attributes = Object.fromEntries(Object.entries(theirs).filter(([name]) => !(name in has)));
      const name = kept.name === null ? merged.name : null;
      const moved: Moved = { ...(await moveAll(tx, key.workspaceId, merged.id, kept.id)), name, attributes };
      await tx.contact.update({
        where: { workspaceId_id: { workspaceId: key.workspaceId, id: kept.id } },
        data: { attributes: { ...has, ...attributes }, ...(name !== null && { name }) },
      });
      const data = { merged: mergedId };
      await appendAudit(tx, workspaceId, { actor, action: 'contact.merge', target: keptId, data });
      const told = { contact_id: keptId, merged_id: mergedId, is_undone: false };
      await tellWebhooks(tx, workspaceId, 'contact.merged', told);
      return tx.contactMerge.create({
        data: {
          ...key,
          keptId: kept.id,
          mergedId: merged.id,
          moved: moved as unknown as Prisma.InputJsonValue,
          undoUntil: new Date(Date.now() + UNDO_MS),
        },
      });
    });
    return mergeOf(row);
  }

  /**
   * Parts two contacts again. What moved goes back as far as it is still there, and so do conversations that began since
   * at an address that goes back; undoing twice changes nothing.
   *
   * @throws Fault `state/not-found`; `state/conflict` after its time, or while the kept one is merged into a third
   */
  async undo(workspaceId: WorkspaceId, mergeId: ContactMergeId, actor: Actor): Promise<ContactMerge> {
    const key = { workspaceId: uuidOf(workspaceId), id: uuidOf(mergeId) };
    const row = await this.database.withWorkspace(workspaceId, async (tx) => {
      const { keptId, mergedId } = await requireMerge(tx, workspaceId, mergeId);
      await lockContacts(tx, workspaceId, [idOf('contact', keptId), idOf('contact', mergedId)]);
      const merge = await requireMerge(tx, workspaceId, mergeId);
      if (merge.undoneAt !== null) return merge;
      if (merge.undoUntil.getTime() < Date.now()) {
        throw fault('state/conflict', { detail: 'The time to undo the merge is over.' });
      }
      const kept = requireUnmerged(await requireContact(tx, workspaceId, idOf('contact', keptId)));
      const moved = merge.moved as unknown as Moved;
      await moveBack(tx, key.workspaceId, { from: keptId, to: mergedId, moved });
      const attributes = Object.fromEntries(
        Object.entries(kept.attributes as Record<string, string>).filter(
          ([name, value]) => moved.attributes[name] !== value,
        ),
      );
      await tx.contact.update({
        where: { workspaceId_id: { workspaceId: key.workspaceId, id: keptId } },
        data: { attributes, ...(moved.name !== null && kept.name === moved.name && { name: null }) },
      });
      const target = idOf('contact', keptId);
      const data = { merged: idOf('contact', mergedId) };
      await appendAudit(tx, workspaceId, { actor, action: 'contact.unmerge', target, data });
      const told = { contact_id: target, merged_id: data.merged, is_undone: true };
      await tellWebhooks(tx, workspaceId, 'contact.merged', told);
      return tx.contactMerge.update({ where: { workspaceId_id: key }, data: { undoneAt: new Date() } });
    });
    return mergeOf(row);
  }

  /** @throws Fault `state/not-found` */
  async get(workspaceId: WorkspaceId, mergeId: ContactMergeId): Promise<ContactMerge> {
    return mergeOf(
      await this.database.withWorkspace(workspaceId, (tx) => requireMerge(tx, workspaceId, mergeId)),
    );
  }

  /**
   * Merges by time, those that were undone included.
   *
   * @param contactId  only those that it had a part in
   * @throws Fault `input/invalid-cursor`
   */
  async list(
    workspaceId: WorkspaceId,
    page: PageRequest,
    contactId?: ContactId,
  ): Promise<PageOf<ContactMerge>> {
    const list = `contact-merges:${contactId ?? ''}`;
    const after = afterId(list, page);
    const one = contactId && uuidOf(contactId);
    const rows = await this.database.withWorkspace(workspaceId, (tx) =>
      tx.contactMerge.findMany({
        where: {
          workspaceId: uuidOf(workspaceId),
          ...after,
          ...(one !== undefined && { OR: [{ keptId: one }, { mergedId: one }] }),
        },
        orderBy: { id: page.order },
        take: page.limit + 1,
      }),
    );
    return pageOf(list, page, rows, (row) => row.id, mergeOf);
  }
}

/** Everything of one contact becomes another's. The order of locks: contacts, then conversations by id. */
async function moveAll(
  tx: WorkspaceTransaction,
  workspace: string,
  from: string,
  to: string,
): Promise<Omit<Moved, 'name' | 'attributes'>> {
  await tx.$executeRaw`
    select 1 from conversation where workspace_id = ${workspace}::uuid and contact_id = ${from}::uuid order by id for update`;
  const conversations = await tx.$queryRaw<{ id: string }[]>`
    update conversation set contact_id = ${to}::uuid
     where workspace_id = ${workspace}::uuid and contact_id = ${from}::uuid returning id`;
  const sessions = await tx.$queryRaw<{ id: string }[]>`
    update session set contact_id = ${to}::uuid
     where workspace_id = ${workspace}::uuid and contact_id = ${from}::uuid returning id`;
  const identities = await tx.$queryRaw<{ id: string }[]>`
    update identity set contact_id = ${to}::uuid
     where workspace_id = ${workspace}::uuid and contact_id = ${from}::uuid returning id`;
  const contacts = await tx.$queryRaw<{ id: string }[]>`
    update contact set merged_into = ${to}::uuid
     where workspace_id = ${workspace}::uuid and merged_into = ${from}::uuid returning id`;
  await tx.$executeRaw`
    update contact set merged_into = ${to}::uuid
     where workspace_id = ${workspace}::uuid and id = ${from}::uuid`;
  const facts = await moveFacts(tx, workspace, from, to);
  const ids = (rows: { id: string }[]): string[] => rows.map(({ id }) => id);
  return {
    facts,
    identities: ids(identities),
    conversations: ids(conversations),
    sessions: ids(sessions),
    contacts: ids(contacts),
  };
}

/** What both know is known once, for as long as either would; else something forgotten could come back. */
async function moveFacts(
  tx: WorkspaceTransaction,
  workspace: string,
  from: string,
  to: string,
): Promise<string[]> {
  await tx.$executeRaw`
    with same as (
      delete from contact_fact f using contact_fact k
       where f.workspace_id = ${workspace}::uuid and f.contact_id = ${from}::uuid
         and k.workspace_id = f.workspace_id and k.contact_id = ${to}::uuid and k.text = f.text
      returning k.id, f.expires_at
    )
    update contact_fact k set expires_at = greatest(k.expires_at, same.expires_at)
      from same where k.workspace_id = ${workspace}::uuid and k.id = same.id`;
  const moved = await tx.$queryRaw<{ id: string }[]>`
    update contact_fact set contact_id = ${to}::uuid
     where workspace_id = ${workspace}::uuid and contact_id = ${from}::uuid returning id`;
  return moved.map(({ id }) => id);
}

async function moveBack(
  tx: WorkspaceTransaction,
  workspace: string,
  { from, to, moved }: { from: string; to: string; moved: Moved },
): Promise<void> {
  await tx.$executeRaw`
    update contact set merged_into = null where workspace_id = ${workspace}::uuid and id = ${to}::uuid`;
  await tx.$executeRaw`
    update contact set merged_into = ${to}::uuid
     where workspace_id = ${workspace}::uuid and merged_into = ${from}::uuid and id = any (${moved.contacts}::uuid[])`;
  await tx.$executeRaw`
    update identity set contact_id = ${to}::uuid
     where workspace_id = ${workspace}::uuid and contact_id = ${from}::uuid and id = any (${moved.identities}::uuid[])`;
  await tx.$executeRaw`
    select 1 from conversation where workspace_id = ${workspace}::uuid and contact_id = ${from}::uuid order by id for update`;
  const conversations = await tx.$queryRaw<{ id: string }[]>`
    update conversation c set contact_id = ${to}::uuid
     where c.workspace_id = ${workspace}::uuid and c.contact_id = ${from}::uuid
       and (c.id = any (${moved.conversations}::uuid[]) or exists (
         select from identity i
          where i.workspace_id = ${workspace}::uuid and i.contact_id = ${to}::uuid
            and i.kind = c.address_kind and i.value = c.address_value))
    returning id`;
  const ids = conversations.map(({ id }) => id);
  await tx.$executeRaw`
    update session set contact_id = ${to}::uuid
     where workspace_id = ${workspace}::uuid and contact_id = ${from}::uuid
       and (id = any (${moved.sessions}::uuid[]) or conversation_id = any (${ids}::uuid[]))`;
  // Also what was learned since, in a conversation that goes back.
  await tx.$executeRaw`
    update contact_fact set contact_id = ${to}::uuid
     where workspace_id = ${workspace}::uuid and contact_id = ${from}::uuid
       and (id = any (${moved.facts ?? []}::uuid[]) or conversation_id = any (${ids}::uuid[]))`;
}

async function requireMerge(
  tx: WorkspaceTransaction,
  workspaceId: WorkspaceId,
  mergeId: ContactMergeId,
): Promise<MergeRow> {
  const key = { workspaceId: uuidOf(workspaceId), id: uuidOf(mergeId) };
  const row = await tx.contactMerge.findUnique({ where: { workspaceId_id: key } });
  if (!row) throw fault('state/not-found', { facts: { mergeId } });
  return row;
}

function mergeOf(row: MergeRow): ContactMerge {
  return {
    id: idOf('contactMerge', row.id),
    kept_id: idOf('contact', row.keptId),
    merged_id: idOf('contact', row.mergedId),
    merged_at: row.mergedAt.toISOString(),
    undo_until: row.undoUntil.toISOString(),
    undone_at: row.undoneAt?.toISOString() ?? null,
  };
}
