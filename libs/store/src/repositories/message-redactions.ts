import { Injectable } from '@nestjs/common';
import { fault } from '#libs/faults';
import {
  type ChannelId,
  idOf,
  isId,
  type MediaId,
  type Message,
  type MessageId,
  uuidOf,
  type WorkspaceId,
} from '#libs/model';
import { Database, type WorkspaceTransaction } from '../database.js';
import { type Actor, appendAudit } from './audit-log.js';
import { findMessageRow, messageOfRow } from './message-of-row.js';

/** What stands where a message was. */
const MARK: Message['parts'] = [{ type: 'text', text: '[redacted]' }];

/** A message without what it said, and where it was. */
export interface RedactedMessage {
  message: Message;
  channelId: ChannelId;
  /** Whether it was redacted now, and not before. */
  isNew: boolean;
}

/** A file of a message; the hash is set where no other row speaks of its bytes. */
export interface MessageFile {
  mediaId: MediaId;
  lonelySha256: string | null;
}

/** Takes away what single messages said. */
@Injectable()
export class MessageRedactions {
  constructor(private readonly database: Database) {}

  /** Files of a message: those that came with it, and once it is redacted those that only it named. */
  async filesOf(workspaceId: WorkspaceId, messageId: MessageId): Promise<MessageFile[]> {
    const [w, m] = [uuidOf(workspaceId), uuidOf(messageId)];
    const rows = await this.database.withWorkspace(
      workspaceId,
      (tx) => tx.$queryRaw<{ id: string; sha256: string | null }[]>`
        select f.id, case when not exists (
            select from media o where o.workspace_id = f.workspace_id and o.sha256 = f.sha256 and o.id <> f.id)
          and not exists (
            select from knowledge_source s where s.workspace_id = f.workspace_id and s.file_sha256 = f.sha256)
          then f.sha256 end as sha256
          from media f
         where f.workspace_id = ${w}::uuid and f.message_id = ${m}::uuid`,
    );
    return rows.map(({ id, sha256 }) => ({ mediaId: idOf('media', id), lonelySha256: sha256 }));
  }

  /**
   * Takes away what a message said, and what was made of it. Done once; asked for again, nothing happens.
   *
   * @throws Fault `state/not-found`; `state/conflict` while it is being sent, or nobody knows whether it was
   */
  async redact(workspaceId: WorkspaceId, messageId: MessageId, actor: Actor): Promise<RedactedMessage> {
    const [w, m] = [uuidOf(workspaceId), uuidOf(messageId)];
    return this.database.withWorkspace(workspaceId, async (tx) => {
      await bindFiles(tx, workspaceId, messageId);
      const [row] = await tx.$queryRaw<{ outcome: 'done' | 'already' | 'open' | null }[]>`
        select message_redact(${w}::uuid, ${m}::uuid, ${actor}, ${JSON.stringify(MARK)}::jsonb) as outcome`;
      const outcome = row?.outcome ?? null;
      if (outcome === null) throw fault('state/not-found', { facts: { messageId } });
      if (outcome === 'open') {
        const detail =
          'It is still being sent, or nobody knows whether it was. Try again once that is known.';
        throw fault('state/conflict', { detail, facts: { messageId } });
      }
      // Kept answers of writes hold it; the key stays used, and a repetition learns that it is gone.
      await tx.$executeRaw`
        update idempotency i set status = 410, response = to_jsonb('{"body":null}'::text)
         where i.workspace_id = ${w}::uuid and i.status is not null
           and position(${messageId} in i.response::text) > 0`;
      if (outcome === 'done')
        await appendAudit(tx, workspaceId, { actor, action: 'message.redact', target: messageId });
      const message = messageOfRow((await findMessageRow(tx, workspaceId, m))!);
      const { channelId } = await tx.conversation.findUniqueOrThrow({
        where: { workspaceId_id: { workspaceId: w, id: uuidOf(message.conversation_id) } },
        select: { channelId: true },
      });
      return { message, channelId: idOf('channel', channelId), isNew: outcome === 'done' };
    });
  }
}

/** Binds the files that a message names, and nothing else does, to it: they are found when its words are gone. */
async function bindFiles(
  tx: WorkspaceTransaction,
  workspaceId: WorkspaceId,
  messageId: MessageId,
): Promise<void> {
  const [w, m] = [uuidOf(workspaceId), uuidOf(messageId)];
  const row = await findMessageRow(tx, workspaceId, m);
  const named = new Set(JSON.stringify(row?.content ?? []).match(/med_[0-9a-z]{26}/g));
  for (const id of named) {
    if (!isId('media', id)) continue;
    const like = `%${id}%`;
    await tx.$executeRaw`
      update media f set message_id = ${m}::uuid
       where f.workspace_id = ${w}::uuid and f.id = ${uuidOf(id)}::uuid and f.message_id is distinct from ${m}::uuid
         and not exists (
           select from message o where o.workspace_id = ${w}::uuid and o.id <> ${m}::uuid and o.content::text like ${like})
         and not exists (
           select from canned_reply c where c.workspace_id = ${w}::uuid and to_jsonb(c)::text like ${like})
         and not exists (
           select from bot_version b where b.workspace_id = ${w}::uuid and b.definition::text like ${like})
         and not exists (
           select from bot_draft b where b.workspace_id = ${w}::uuid and b.definition::text like ${like})`;
  }
}
