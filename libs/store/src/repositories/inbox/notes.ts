import { Injectable } from '@nestjs/common';
import { fault } from '#libs/faults';
import {
  type ConversationId,
  idOf,
  newId,
  type Note,
  type NoteId,
  uuidOf,
  type WorkspaceId,
} from '#libs/model';
import type { Note as NoteRow } from '#prisma/client';
import { Database } from '../../database.js';
import type { Actor } from '../audit-log.js';
import { afterId, type PageOf, pageOf, type PageRequest } from '../cursor.js';

/**
 * What operators tell each other about a conversation. Notes stand in no message, no event, no webhook and no prompt: only
 * this class reads them, and only the inbox asks it.
 */
@Injectable()
export class Notes {
  constructor(private readonly database: Database) {}

  /**
   * Writes a note.
   *
   * @param noteId  for a write that may be repeated: the note that it made already is the answer
   * @throws Fault `state/not-found` for a conversation that the workspace does not have
   */
  async create(
    workspaceId: WorkspaceId,
    conversationId: ConversationId,
    { text, author, authorName }: { text: string; author: Actor; authorName: string | null },
    noteId: NoteId = newId('note'),
  ): Promise<Note> {
    const key = { workspaceId: uuidOf(workspaceId), id: uuidOf(noteId) };
    const row = await this.database.withWorkspace(workspaceId, async (tx) => {
      const where = { workspaceId: key.workspaceId, id: uuidOf(conversationId) };
      if ((await tx.conversation.count({ where })) === 0)
        throw fault('state/not-found', { facts: { conversationId } });
      const earlier = await tx.note.findUnique({ where: { workspaceId_id: key } });
      return (
        earlier ?? tx.note.create({ data: { ...key, conversationId: where.id, text, author, authorName } })
      );
    });
    return noteOf(row);
  }

  /** By creation. @throws Fault `state/not-found`, `input/invalid-cursor` */
  async list(
    workspaceId: WorkspaceId,
    conversationId: ConversationId,
    page: PageRequest,
  ): Promise<PageOf<Note>> {
    const list = `notes:${conversationId}`;
    const after = afterId(list, page);
    const [workspace, conversation] = [uuidOf(workspaceId), uuidOf(conversationId)];
    const rows = await this.database.withWorkspace(workspaceId, async (tx) => {
      const exists = await tx.conversation.count({ where: { workspaceId: workspace, id: conversation } });
      if (exists === 0) throw fault('state/not-found', { facts: { conversationId } });
      return tx.note.findMany({
        where: { workspaceId: workspace, conversationId: conversation, ...after },
        orderBy: { id: page.order },
        take: page.limit + 1,
      });
    });
    return pageOf(list, page, rows, ({ id }) => id, noteOf);
  }

  /**
   * Takes a note away.
   *
   * @returns where it stood
   * @throws Fault `state/not-found`
   */
  async delete(workspaceId: WorkspaceId, noteId: NoteId): Promise<ConversationId> {
    const where = { workspaceId: uuidOf(workspaceId), id: uuidOf(noteId) };
    const row = await this.database.withWorkspace(workspaceId, async (tx) => {
      const found = await tx.note.findUnique({ where: { workspaceId_id: where } });
      if (!found) throw fault('state/not-found', { facts: { noteId } });
      await tx.note.deleteMany({ where });
      return found;
    });
    return idOf('conversation', row.conversationId);
  }
}

function noteOf({ id, conversationId, author, authorName, text, createdAt }: NoteRow): Note {
  return {
    id: idOf('note', id),
    conversation_id: idOf('conversation', conversationId),
    author,
    author_name: authorName,
    text,
    created_at: createdAt.toISOString(),
  };
}
