import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { ConversationEvent, Message } from '#libs/model';
import { follow } from '../api/stream.js';
import { previewAfter } from './preview-after.js';
import { approvalsQuery, contextQuery, keepMessage, messagesQuery } from './inbox-data.js';

/** What is heard of a conversation and stands in no list: an answer that is being written. */
export interface LiveThread {
  /** The bot thinks. */
  isThinking: boolean;
  /** What it has said so far. */
  preview: string;
}

const quiet: LiveThread = { isThinking: false, preview: '' };

/** Follows one conversation: puts what is said, delivered and edited where it is shown. */
export function useThreadStream(conversationId: string): LiveThread {
  const client = useQueryClient();
  const [live, setLive] = useState(quiet);
  useEffect(() => {
    const gone = new AbortController();
    setLive(quiet);
    const hear = (
      event: Pick<ConversationEvent, 'type' | 'data'> | { type: string; data: Record<string, unknown> },
    ) => {
      const message = event.data['message'] as Message | undefined;
      if (message) keepMessage(client, message);
      switch (event.type) {
        case 'turn.started':
          return setLive({ isThinking: true, preview: '' });
        case 'message.delta':
          return setLive(({ preview }) => ({ isThinking: true, preview: previewAfter(preview, event.data) }));
        case 'turn.completed':
        case 'turn.failed':
          return setLive(quiet);
        case 'approval.requested':
        case 'approval.decided':
          return void client.invalidateQueries({ queryKey: approvalsQuery.queryKey });
        case 'handoff.requested':
        case 'goal.reached':
          return void client.invalidateQueries({ queryKey: contextQuery(conversationId).queryKey });
        case 'stream.reset':
          return void client.invalidateQueries({ queryKey: messagesQuery(conversationId).queryKey });
        default:
      }
    };
    let isFirst = true;
    void follow(`/v1/conversations/${conversationId}/stream`, {
      signal: gone.signal,
      onEvent: ({ data }) => hear(data as ConversationEvent),
      onOpen: () => {
        if (isFirst) void client.invalidateQueries({ queryKey: messagesQuery(conversationId).queryKey });
        isFirst = false;
      },
    });
    return () => gone.abort();
  }, [client, conversationId]);
  return live;
}
