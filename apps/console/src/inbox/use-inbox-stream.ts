import { type Query, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { InboxEvent } from '#libs/model';
import { follow } from '../api/stream.js';
import { useSession, useWorkspace } from '../api/session.js';
import { approvalsQuery, countsQuery, keepConversation, notesQuery, present, typing } from './inbox-data.js';

/** Changes of the numbers are looked up together, after a pause in milliseconds. */
const COUNT_AFTER_MS = 1_500;
/** The stream tells what changed in the 20 s before it stood; half of it is left to slow networks. */
const FRESH_MS = 10_000;
/** A person who has not been heard typing for so long has stopped. */
const TYPING_MS = 8_000;

/** Keeps everything that shows the inbox as it is now: by what the server tells, not by asking again. */
export function useInboxStream(): void {
  const client = useQueryClient();
  const { member } = useSession();
  const { id: workspace } = useWorkspace();
  useEffect(() => {
    const gone = new AbortController();
    let counting: ReturnType<typeof setTimeout> | undefined;
    let isFirst = true;
    const countSoon = () => {
      counting ??= setTimeout(() => {
        counting = undefined;
        void client.invalidateQueries({ queryKey: countsQuery.queryKey });
        void client.invalidateQueries({ queryKey: approvalsQuery.queryKey });
      }, COUNT_AFTER_MS);
    };
    const hear = ({ type, data }: InboxEvent): void => {
      switch (type) {
        case 'inbox.conversation':
          keepConversation(client, data.conversation, member.id);
          if (data.conversation.last_message?.direction === 'in') hearTyping(data.conversation.id, false);
          return countSoon();
        case 'inbox.notes':
          return void client.invalidateQueries({ queryKey: notesQuery(data.conversation_id).queryKey });
        case 'inbox.presence':
          return present.set(data.data);
        case 'inbox.typing':
          return hearTyping(data.conversation_id, data.is_typing);
        case 'stream.reset':
          return void client.invalidateQueries({ queryKey: ['inbox'] });
      }
    };
    void follow('/v1/inbox/stream', {
      signal: gone.signal,
      onEvent: ({ data }) => hear(data as InboxEvent),
      // The first stream begins a little before it stands; a list that is older than that is read again.
      onOpen: () => {
        if (isFirst) {
          const isOld = ({ state }: Query) =>
            state.dataUpdatedAt > 0 && Date.now() - state.dataUpdatedAt > FRESH_MS;
          void client.invalidateQueries({ queryKey: ['inbox', 'list'], predicate: isOld });
        }
        isFirst = false;
      },
    });
    return () => {
      gone.abort();
      clearTimeout(counting);
    };
  }, [client, member.id, workspace]);
}

const stops = new Map<string, ReturnType<typeof setTimeout>>();

function hearTyping(conversationId: string, isTyping: boolean): void {
  if (!isTyping && !typing.get().has(conversationId)) return;
  clearTimeout(stops.get(conversationId));
  const next = new Set(typing.get());
  if (isTyping) {
    next.add(conversationId);
    stops.set(
      conversationId,
      setTimeout(() => hearTyping(conversationId, false), TYPING_MS),
    );
  } else next.delete(conversationId);
  typing.set(next);
}
