import {
  idOf,
  type JsonObject,
  type Message,
  type MessageStatus,
  type ProviderError,
  type WorkspaceId,
  uuidOf,
} from '#libs/model';
import type { WorkspaceTransaction } from '../database.js';

/** A row of table `message`, read by SQL (instants are dates) or as JSON (instants are texts). */
export interface MessageRow {
  id: string;
  conversation_id: string;
  seq: number;
  direction: 'in' | 'out';
  author: Message['author'];
  content: Message['parts'];
  status: MessageStatus;
  error: JsonObject | null;
  provider_id: string | null;
  reply_to: string | null;
  reactions: Message['reactions'];
  metadata: Record<string, string>;
  turn_id: string | null;
  sent_at: Date | string | null;
  recorded_at: Date | string;
  edited_at: Date | string | null;
  deleted_at: Date | string | null;
  redacted_at: Date | string | null;
  redacted_by: string | null;
}

/** A message as the API shows it. */
export function messageOfRow(row: MessageRow): Message {
  return {
    id: idOf('message', row.id),
    conversation_id: idOf('conversation', row.conversation_id),
    seq: row.seq,
    direction: row.direction,
    author: row.author,
    parts: row.content,
    status: row.status,
    error: row.error as ProviderError | null,
    provider_id: row.provider_id,
    reply_to: row.reply_to,
    reactions: row.reactions,
    sent_at: instant(row.sent_at),
    recorded_at: new Date(row.recorded_at).toISOString(),
    edited_at: instant(row.edited_at),
    deleted_at: instant(row.deleted_at),
    ...(row.redacted_at !== null && {
      redacted: { at: new Date(row.redacted_at).toISOString(), by: row.redacted_by ?? 'system' },
    }),
    metadata: row.metadata,
  };
}

/** One message of a workspace; null when there is none. */
export async function findMessageRow(
  tx: WorkspaceTransaction,
  workspaceId: WorkspaceId,
  uuid: string,
): Promise<MessageRow | null> {
  const [row] = await tx.$queryRaw<MessageRow[]>`
    select * from message where workspace_id = ${uuidOf(workspaceId)}::uuid and id = ${uuid}::uuid`;
  return row ?? null;
}

/** The messages that a turn made, in order. */
export function replyRowsOf(
  tx: WorkspaceTransaction,
  workspaceId: WorkspaceId,
  turn: string,
): Promise<MessageRow[]> {
  // Found by its conversation: messages have no index by turn.
  return tx.$queryRaw<MessageRow[]>`
    select m.* from turn t
      join message m on m.conversation_id = t.conversation_id and m.turn_id = t.id and m.direction = 'out'
                    and m.seq > t.through_seq and m.workspace_id = t.workspace_id
     where t.workspace_id = ${uuidOf(workspaceId)}::uuid and t.id = ${turn}::uuid
     order by m.seq`;
}

function instant(at: Date | string | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
