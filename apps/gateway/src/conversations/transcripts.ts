import { Readable } from 'node:stream';
import { Injectable, StreamableFile } from '@nestjs/common';
import type { Conversation, ConversationId, TranscriptQuery, WorkspaceId } from '#libs/model';
import { Conversations } from '#libs/store';
import { type TranscriptForm, transcriptForms } from './transcript-forms.js';

const PAGE = 100;

/** Writes down what was said in a conversation. */
@Injectable()
export class Transcripts {
  constructor(private readonly conversations: Conversations) {}

  /**
   * Everything that was said, the oldest first, written as it is read: memory does not grow with how much that is.
   *
   * @throws Fault `state/not-found`, before the first byte
   */
  async write(
    workspaceId: WorkspaceId,
    conversationId: ConversationId,
    format: TranscriptQuery['format'],
  ): Promise<StreamableFile> {
    const conversation = await this.conversations.get(workspaceId, conversationId);
    const form = transcriptForms[format];
    return new StreamableFile(
      Readable.from(this.#pieces(workspaceId, conversation, form), { objectMode: false }),
      {
        type: form.type,
        disposition: `attachment; filename="${conversationId}.${format}"`,
      },
    );
  }

  async *#pieces(
    workspaceId: WorkspaceId,
    conversation: Conversation,
    form: TranscriptForm,
  ): AsyncGenerator<string> {
    yield form.begin(conversation);
    let cursor: string | undefined;
    for (let isFirst = true; isFirst || cursor !== undefined; isFirst = false) {
      const page = { limit: PAGE, order: 'asc' as const, ...(cursor !== undefined && { cursor }) };
      const { data, next_cursor: next } = await this.conversations.messages(
        workspaceId,
        conversation.id,
        page,
      );
      if (data.length > 0) yield form.messages(data, isFirst);
      cursor = next ?? undefined;
    }
    if (form.end !== '') yield form.end;
  }
}
