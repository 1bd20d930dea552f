import { isId, uuidOf, type WorkspaceId } from '#libs/model';
import type { WorkspaceTransaction } from '../database.js';

/** A file that is a person's: it came from them, or went to nobody else. */
export interface FileOfPerson {
  id: string;
  sha256: string | null;
}

/** Where what is theirs stands: UUIDs. */
export interface PersonPlaces {
  /** They, and who was merged into them. */
  contacts: string[];
  conversations: string[];
}

/**
 * The files of a person: those that came in with their conversations, that they said, and that were sent to them and are
 * named nowhere else: in no conversation or send of somebody else, no canned reply, bot or trigger.
 */
export async function filesOfPerson(
  tx: WorkspaceTransaction,
  workspaceId: WorkspaceId,
  { contacts, conversations }: PersonPlaces,
): Promise<FileOfPerson[]> {
  const w = uuidOf(workspaceId);
  const named = await tx.$queryRaw<{ id: string; said: boolean }[]>`
    select m.id[1] as id, bool_or(x.direction = 'in') as said
      from message x, regexp_matches(x.content::text, 'med_[0-9a-z]{26}', 'g') as m(id)
     where x.workspace_id = ${w}::uuid and x.conversation_id = any (${conversations}::uuid[])
     group by 1`;
  const known = named.filter(({ id }) => isId('media', id));
  const said = known.filter((one) => one.said).map(({ id }) => id);
  const sent = known.filter((one) => !one.said).map(({ id }) => id);
  const own = sent.length === 0 ? [] : await namedNowhereElse(tx, w, { contacts, conversations }, sent);
  const ids = [...said, ...own].flatMap((id) => (isId('media', id) ? [uuidOf(id)] : []));
  return tx.$queryRaw<FileOfPerson[]>`
    select id, sha256 from media
     where workspace_id = ${w}::uuid and (conversation_id = any (${conversations}::uuid[]) or id = any (${ids}::uuid[]))`;
}

/** Hashes of files whose bytes no other row of the workspace speaks of. */
export async function lonelyFiles(
  tx: WorkspaceTransaction,
  workspaceId: WorkspaceId,
  media: readonly FileOfPerson[],
): Promise<string[]> {
  const hashes = [...new Set(media.flatMap(({ sha256 }) => sha256 ?? []))];
  const kept = new Set(await spokenOf(tx, workspaceId, hashes, media));
  return hashes.filter((hash) => !kept.has(hash));
}

/** Hashes of files that are sealed with keys of these contacts, and that others have too. */
export async function alsoElsewhere(
  tx: WorkspaceTransaction,
  workspaceId: WorkspaceId,
  contacts: string[],
  media: readonly FileOfPerson[],
): Promise<string[]> {
  const sealed = await tx.fileKey.findMany({
    where: { workspaceId: uuidOf(workspaceId), contactId: { in: contacts } },
    select: { sha256: true },
  });
  const hashes = sealed.map(({ sha256 }) => sha256);
  return spokenOf(tx, workspaceId, hashes, media);
}

/** Which of these bytes other files than these, or knowledge, have. */
async function spokenOf(
  tx: WorkspaceTransaction,
  workspaceId: WorkspaceId,
  hashes: readonly string[],
  except: readonly FileOfPerson[],
): Promise<string[]> {
  const ids = except.map(({ id }) => id);
  const rows = await tx.$queryRaw<{ sha256: string }[]>`
    select h as sha256 from unnest(${hashes}::text[]) h
     where exists (
       select from media m where m.workspace_id = ${uuidOf(workspaceId)}::uuid and m.sha256 = h
          and m.id <> all (${ids}::uuid[]))
        or exists (
       select from knowledge_source s where s.workspace_id = ${uuidOf(workspaceId)}::uuid and s.file_sha256 = h)`;
  return rows.map(({ sha256 }) => sha256);
}

/** Reads everything in which a file can be named: an erasure may take that long, and most have no such files. */
async function namedNowhereElse(
  tx: WorkspaceTransaction,
  workspace: string,
  { contacts, conversations }: PersonPlaces,
  ids: readonly string[],
): Promise<string[]> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    select f as id from unnest(${ids}::text[]) f
     where not exists (
       select from message x where x.workspace_id = ${workspace}::uuid
          and x.conversation_id <> all (${conversations}::uuid[]) and position(f in x.content::text) > 0)
       and not exists (
       select from send s where s.workspace_id = ${workspace}::uuid
          and s.contact_id <> all (${contacts}::uuid[]) and position(f in to_jsonb(s)::text) > 0)
       and not exists (
       select from canned_reply c where c.workspace_id = ${workspace}::uuid and position(f in to_jsonb(c)::text) > 0)
       and not exists (
       select from bot_version v where v.workspace_id = ${workspace}::uuid and position(f in to_jsonb(v)::text) > 0)
       and not exists (
       select from bot_draft d where d.workspace_id = ${workspace}::uuid and position(f in to_jsonb(d)::text) > 0)
       and not exists (
       select from inbound_trigger i where i.workspace_id = ${workspace}::uuid and position(f in i.action::text) > 0)`;
  return rows.map(({ id }) => id);
}
