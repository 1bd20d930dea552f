import { Injectable } from '@nestjs/common';
import { fault } from '#libs/faults';
import {
  type Address,
  type Contact,
  type ContactErasure,
  type ContactId,
  idOf,
  type JsonObject,
  uuidOf,
  type WorkspaceId,
} from '#libs/model';
import { Database, type WorkspaceTransaction } from '../database.js';
import { type Actor, appendAudit } from './audit-log.js';
import { FileKeys } from './file-keys.js';
import { alsoElsewhere, filesOfPerson, type FileOfPerson, lonelyFiles } from './files-of-people.js';
import { tellWebhooks } from './tell-webhooks.js';
import { consentRows, contactOf, lockContacts, requireContact, requireUnmerged } from './contacts.js';

/** Everything by which what is stored of a person is found. */
interface Traces {
  contacts: string[];
  addresses: Address[];
  conversations: string[];
  threads: { channel_id: string; thread: string }[];
  /** What their messages are called at the provider. */
  refs: string[];
  media: FileOfPerson[];
}

/** What an erasure needs done where rows are not: bytes that nobody else's file has. */
export interface ErasedFiles {
  sha256: string[];
}

/** A file may be taken over by somebody else between two looks. */
const TRIES = 5;

/** Texts that are shorter stand in other people's data by chance. */
const NEEDLE_MIN = 5;

/** Everything of one person: what an export shows, and what an erasure takes away. */
@Injectable()
export class PersonalData {
  constructor(
    private readonly database: Database,
    private readonly keys: FileKeys,
  ) {}

  /** Contacts that were merged into one, with what they were called; empty for most. */
  async mergedInto(workspaceId: WorkspaceId, contactId: ContactId): Promise<Contact[]> {
    const rows = await this.database.withWorkspace(workspaceId, (tx) =>
      tx.contact.findMany({
        where: { workspaceId: uuidOf(workspaceId), mergedInto: uuidOf(contactId) },
        include: { identities: true },
      }),
    );
    return rows.map(contactOf);
  }

  /** The stays of a contact on channels, as an export shows them. */
  async sessionsOf(workspaceId: WorkspaceId, contactId: ContactId): Promise<JsonObject[]> {
    const rows = await this.database.withWorkspace(workspaceId, (tx) =>
      tx.session.findMany({
        where: { workspaceId: uuidOf(workspaceId), contactId: uuidOf(contactId) },
        orderBy: { id: 'asc' },
      }),
    );
    return rows.map((row) => ({
      id: idOf('session', row.id),
      conversation_id: idOf('conversation', row.conversationId),
      metadata: row.metadata as JsonObject,
      created_at: row.createdAt.toISOString(),
      ended_at: row.endedAt?.toISOString() ?? null,
    }));
  }

  /** Notes in the audit log that everything of a person was read. */
  async noteExport(workspaceId: WorkspaceId, contactId: ContactId, actor: Actor): Promise<void> {
    await this.database.withWorkspace(workspaceId, (tx) =>
      appendAudit(tx, workspaceId, { actor, action: 'contact.export', target: contactId }),
    );
  }

  /**
   * What an erasure would take away.
   *
   * @returns counts, and the files of which no other row speaks
   * @throws Fault `state/not-found`; `state/conflict` for a contact that was merged into another
   */
  async survey(
    workspaceId: WorkspaceId,
    contactId: ContactId,
  ): Promise<{ erasure: ContactErasure; files: ErasedFiles }> {
    return this.database.withWorkspace(workspaceId, async (tx) => {
      const traces = await tracesOf(tx, workspaceId, contactId);
      return {
        erasure: await countsOf(tx, workspaceId, contactId, traces),
        files: { sha256: await lonelyFiles(tx, workspaceId, traces.media) },
      };
    });
  }

  /**
   * Begins an erasure: destroys the keys of the person, of those that were merged into them, and of every file that nobody
   * else has. From here on no copy of their files can be read. Doing it again changes nothing.
   *
   * Files that others have too, for example since a merge was undone, are sealed for those first.
   *
   * @returns the contact, and those that were merged into it
   * @throws Fault as `survey`; `store/unavailable` when others take over files of theirs all the time
   */
  async destroyKeys(workspaceId: WorkspaceId, contactId: ContactId, actor: Actor): Promise<ContactId[]> {
    for (let tries = 0; tries < TRIES; tries++) {
      const { contacts, shared } = await this.database.withWorkspace(workspaceId, async (tx) => {
        await lockAll(tx, workspaceId, contactId);
        const { contacts, media } = await tracesOf(tx, workspaceId, contactId);
        const others = await alsoElsewhere(tx, workspaceId, contacts, media);
        if (others.length > 0) return { contacts, shared: others };
        const lonely = await lonelyFiles(tx, workspaceId, media);
        const workspace = uuidOf(workspaceId);
        const files = await tx.fileKey.deleteMany({
          where: {
            workspaceId: workspace,
            OR: [{ sha256: { in: lonely } }, { contactId: { in: contacts } }],
          },
        });
        const { count } = await tx.contactKey.deleteMany({
          where: { workspaceId: workspace, contactId: { in: contacts } },
        });
        if (count + files.count > 0) {
          const data = { contact_keys: count, file_keys: files.count };
          await appendAudit(tx, workspaceId, {
            actor,
            action: 'contact.destroy-keys',
            target: contactId,
            data,
          });
        }
        return { contacts, shared: [] };
      });
      if (shared.length === 0) return contacts.map((id) => idOf('contact', id));
      await this.keys.share(workspaceId, shared);
    }
    throw fault('store/unavailable', { detail: 'Others take over files of this contact all the time.' });
  }

  /**
   * Takes away everything of a person, for good: contacts, addresses, conversations, messages, files' rows, what came in
   * as it came in, what was told to webhooks, and kept answers. The audit log keeps ids and counts.
   *
   * The caller calls `destroyKeys` and removes the bytes of `survey` first: when it is cut off, the erasure can be asked
   * for again.
   *
   * @throws Fault as `survey`
   */
  async erase(workspaceId: WorkspaceId, contactId: ContactId, actor: Actor): Promise<ContactErasure> {
    await this.database.withWorkspace(workspaceId, async (tx) =>
      sweepInbox(tx, workspaceId, await tracesOf(tx, workspaceId, contactId)),
    );
    return this.database.withWorkspace(workspaceId, async (tx) => {
      await lockAll(tx, workspaceId, contactId);
      const traces = await tracesOf(tx, workspaceId, contactId);
      const erasure = await countsOf(tx, workspaceId, contactId, traces);
      await eraseAround(tx, workspaceId, traces);
      await eraseRows(tx, workspaceId, traces);
      const { contact_id: _, ...counts } = erasure;
      await appendAudit(tx, workspaceId, { actor, action: 'contact.erase', target: contactId, data: counts });
      await tellWebhooks(tx, workspaceId, 'contact.erased', { contact_id: contactId });
      return erasure;
    });
  }
}

async function tracesOf(
  tx: WorkspaceTransaction,
  workspaceId: WorkspaceId,
  contactId: ContactId,
): Promise<Traces> {
  const w = uuidOf(workspaceId);
  const { id, identities } = requireUnmerged(await requireContact(tx, workspaceId, contactId));
  const merged = await tx.contact.findMany({
    where: { workspaceId: w, mergedInto: id },
    select: { id: true },
  });
  const talks = await tx.conversation.findMany({ where: { workspaceId: w, contactId: id } });
  const conversations = talks.map((talk) => talk.id);
  const refs = await tx.$queryRaw<{ ref: string }[]>`
    select distinct provider_ref as ref from delivery
     where workspace_id = ${w}::uuid and conversation_id = any (${conversations}::uuid[]) and provider_ref is not null`;
  const contacts = [id, ...merged.map((one) => one.id)];
  const media = await filesOfPerson(tx, workspaceId, { contacts, conversations });
  const written = talks.flatMap(({ addressKind: kind, addressValue: value }) =>
    kind === null || value === null ? [] : [{ kind, value }],
  );
  return {
    contacts,
    addresses: [...identities.map(({ kind, value }) => ({ kind, value })), ...written],
    conversations,
    threads: talks.map(({ channelId, thread }) => ({ channel_id: channelId, thread })),
    refs: refs.map(({ ref }) => ref),
    media,
  };
}

async function countsOf(
  tx: WorkspaceTransaction,
  workspaceId: WorkspaceId,
  contactId: ContactId,
  traces: Traces,
): Promise<ContactErasure> {
  const w = uuidOf(workspaceId);
  const ofTalks = { workspaceId: w, conversationId: { in: traces.conversations } };
  const threads = JSON.stringify(traces.threads);
  const [events] = await tx.$queryRaw<{ n: number }[]>`
    select count(*)::int as n from json_to_recordset(${threads}::json) as t(channel_id uuid, thread text)
      join mailbox b on b.channel_id = t.channel_id and b.key = 't:' || t.thread
      join inbox_event e on e.mailbox_id = b.id`;
  return {
    contact_id: contactId,
    contacts: traces.contacts.length,
    identities: await tx.identity.count({ where: { workspaceId: w, contactId: { in: traces.contacts } } }),
    conversations: traces.conversations.length,
    messages: await tx.message.count({ where: ofTalks }),
    inbox_events: events?.n ?? 0,
    files: traces.media.length,
  };
}

/**
 * What came in and stands in no mailbox of theirs, but speaks of them: receipts, what was ignored, and requests in which
 * a provider told of several people at once. Of other people's events only the bytes go, not what was made of them.
 */
async function sweepInbox(
  tx: WorkspaceTransaction,
  workspaceId: WorkspaceId,
  { addresses, refs, threads }: Traces,
): Promise<void> {
  const w = uuidOf(workspaceId);
  const written = addresses.flatMap(({ value }) => [
    value,
    encodeURIComponent(value),
    value.replace(/^\+/, ''),
    JSON.stringify(value).slice(1, -1),
  ]);
  const needles = [...new Set([...written, ...refs])].filter((text) => text.length >= NEEDLE_MIN);
  const own = JSON.stringify(threads);
  await tx.$executeRaw`
    with found as (
      select e.id, coalesce(b.key like 't:%', false) as is_said from inbox_event e
      left join mailbox b on b.workspace_id = e.workspace_id and b.id = e.mailbox_id
      where e.workspace_id = ${w}::uuid
        and exists (select from unnest(${needles}::text[]) n where position(convert_to(n, 'UTF8') in e.raw) > 0)
        and not exists (
          select from json_to_recordset(${own}::json) as t(channel_id uuid, thread text)
          where t.channel_id = b.channel_id and 't:' || t.thread = b.key)
    ), gone as (
      delete from inbox_event e using found f
       where e.workspace_id = ${w}::uuid and e.id = f.id and not f.is_said
    )
    update inbox_event e set raw = ''::bytea from found f
     where e.workspace_id = ${w}::uuid and e.id = f.id and f.is_said`;
  await tx.$executeRaw`
    delete from early_receipt where workspace_id = ${w}::uuid and provider_ref = any (${refs}::text[])`;
}

/** The order of locks of the pipeline: mailboxes, then conversations by id; contacts between them, as a merge takes them. */
async function lockAll(
  tx: WorkspaceTransaction,
  workspaceId: WorkspaceId,
  contactId: ContactId,
): Promise<void> {
  const [w, c] = [uuidOf(workspaceId), uuidOf(contactId)];
  await tx.$executeRaw`
    select 1 from mailbox b
     where b.workspace_id = ${w}::uuid and (b.channel_id, b.key) in (
       select x.channel_id, 't:' || x.thread from conversation x
        where x.workspace_id = ${w}::uuid and x.contact_id = ${c}::uuid)
     order by b.channel_id, b.key for update`;
  await lockContacts(tx, workspaceId, [contactId]);
  await tx.$executeRaw`
    select 1 from conversation where workspace_id = ${w}::uuid and contact_id = ${c}::uuid order by id for update`;
}

/** What speaks of a person without belonging to their conversations. */
async function eraseAround(
  tx: WorkspaceTransaction,
  workspaceId: WorkspaceId,
  { addresses, contacts, conversations, threads }: Traces,
): Promise<void> {
  const w = uuidOf(workspaceId);
  const own = JSON.stringify(threads);
  await tx.$executeRaw`
    delete from mailbox b using json_to_recordset(${own}::json) as t(channel_id uuid, thread text)
     where b.workspace_id = ${w}::uuid and b.channel_id = t.channel_id and b.key = 't:' || t.thread`;
  await tx.$executeRaw`
    delete from pace p
     where p.workspace_id = ${w}::uuid and p.key in (
       select 'destination:' || d.account || ':' || d.destination from delivery d
        where d.workspace_id = ${w}::uuid and d.conversation_id = any (${conversations}::uuid[]))`;
  for (const { addressKind, addressValue } of await consentRows(tx, workspaceId, addresses)) {
    await tx.consent.deleteMany({ where: { workspaceId: w, addressKind, addressValue } });
  }
  // Kept answers of writes name whom they were about; the key stays used, and a repetition learns that it is gone.
  const ids = [
    ...contacts.map((id) => idOf('contact', id)),
    ...conversations.map((id) => idOf('conversation', id)),
  ];
  await tx.$executeRaw`
    update idempotency i set status = 410, response = to_jsonb('{"body":null}'::text)
     where i.workspace_id = ${w}::uuid and i.status is not null
       and exists (select from unnest(${ids}::text[]) n where position(n in i.response::text) > 0)`;
}

async function eraseRows(tx: WorkspaceTransaction, workspaceId: WorkspaceId, traces: Traces): Promise<void> {
  const workspace = { workspaceId: uuidOf(workspaceId) };
  // Messages, turns, events, deliveries, sessions and what was told to webhooks go with their conversation.
  await tx.conversation.deleteMany({ where: { ...workspace, id: { in: traces.conversations } } });
  await tx.media.deleteMany({ where: { ...workspace, id: { in: traces.media.map(({ id }) => id) } } });
  const { count } = await tx.contact.deleteMany({ where: { ...workspace, id: { in: traces.contacts } } });
  if (count === 0) throw fault('state/not-found');
}
