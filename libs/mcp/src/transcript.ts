import type { Parley } from '#libs/sdk';

/** What was said in a conversation, for a model. */
export interface Said {
  id: string;
  author: string;
  status: string;
  recorded_at: string;
  parts: readonly object[];
}

/** The newest messages of a conversation, oldest first. @param count  how many at most */
export async function transcriptOf(parley: Parley, conversationId: string, count: number): Promise<Said[]> {
  const messages = await parley.conversations
    .messages(conversationId, { limit: Math.min(count, 100) })
    .take(count);
  return messages
    .toReversed()
    .map(({ id, author, status, recorded_at, parts }) => ({ id, author, status, recorded_at, parts }));
}
