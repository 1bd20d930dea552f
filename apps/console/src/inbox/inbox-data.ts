import {
  infiniteQueryOptions,
  type InfiniteData,
  queryOptions,
  type QueryClient,
} from '@tanstack/react-query';
import type {
  Conversation,
  ConversationContext,
  InboxConversation,
  InboxCounts,
  Message,
  Note,
  Operator,
  Presence,
  SearchResult,
  ToolApproval,
} from '#libs/model';
import { call } from '../api/call.js';
import type { PageOf } from '../api/lists.js';
import { makeStore } from '../parts/store.js';
import { belongs, type InboxFilter, patched, queryOf } from './filter.js';

const PAGE = 50;

/** Conversations by last activity, page by page. */
export function inboxQuery(filter: InboxFilter, memberId: string) {
  return infiniteQueryOptions({
    queryKey: ['inbox', 'list', filter, memberId],
    queryFn: ({ pageParam, signal }) =>
      call<PageOf<InboxConversation>>('GET', '/v1/inbox', {
        query: { ...queryOf(filter, memberId), limit: PAGE, cursor: pageParam },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next_cursor }) => next_cursor,
    // The stream keeps it as it is.
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** How many open conversations each view has. */
export const countsQuery = queryOptions({
  queryKey: ['inbox', 'counts'],
  queryFn: ({ signal }) => call<InboxCounts>('GET', '/v1/inbox/counts', { signal }),
});

/** One conversation. */
export function conversationQuery(id: string) {
  return queryOptions({
    queryKey: ['inbox', 'one', id],
    queryFn: ({ signal }) => call<Conversation>('GET', `/v1/conversations/${id}`, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** What was said, the newest first, page by page. */
export function messagesQuery(id: string) {
  return infiniteQueryOptions({
    queryKey: ['inbox', 'messages', id],
    queryFn: ({ pageParam, signal }) =>
      call<PageOf<Message>>('GET', `/v1/conversations/${id}/messages`, {
        query: { limit: PAGE, cursor: pageParam },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next_cursor }) => next_cursor,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** What operators wrote to each other, the oldest first. */
export function notesQuery(id: string) {
  return queryOptions({
    queryKey: ['inbox', 'notes', id],
    queryFn: async ({ signal }) =>
      (
        await call<PageOf<Note>>('GET', `/v1/conversations/${id}/notes`, {
          query: { limit: 100, order: 'asc' },
          signal,
        })
      ).data,
  });
}

/** What is known besides what was said. */
export function contextQuery(id: string) {
  return queryOptions({
    queryKey: ['inbox', 'context', id],
    queryFn: ({ signal }) => call<ConversationContext>('GET', `/v1/conversations/${id}/context`, { signal }),
  });
}

/** Who can be given a conversation. */
export const operatorsQuery = queryOptions({
  queryKey: ['inbox', 'operators'],
  queryFn: async ({ signal }) => (await call<{ data: Operator[] }>('GET', '/v1/operators', { signal })).data,
  staleTime: 60_000,
});

/** Tools that wait for a yes. */
export const approvalsQuery = queryOptions({
  queryKey: ['inbox', 'approvals'],
  queryFn: async ({ signal }) =>
    (await call<PageOf<ToolApproval>>('GET', '/v1/approvals', { query: { limit: 100 }, signal })).data,
});

/** What was found. */
export function searchQuery(q: string) {
  return queryOptions({
    queryKey: ['inbox', 'search', q],
    queryFn: ({ signal }) => call<SearchResult>('GET', '/v1/search', { query: { q }, signal }),
    staleTime: 5_000,
  });
}

/** Who is there and what they look at; oneself included. */
export const present = makeStore<readonly Presence[]>([]);
/** Who one is among them. */
export const oneself = makeStore<string | null>(null);
/** Conversations in which the person is writing now. */
export const typing = makeStore<ReadonlySet<string>>(new Set());

/** Puts a conversation, as it is now, into everything that shows it. */
export function keepConversation(client: QueryClient, item: InboxConversation, memberId: string): void {
  const lists = client.getQueriesData<InfiniteData<PageOf<InboxConversation>>>({
    queryKey: ['inbox', 'list'],
  });
  for (const [key, list] of lists) {
    if (!list) continue;
    const filter = key[2] as InboxFilter;
    client.setQueryData(key, patched(list, item, belongs(item, filter, memberId)));
  }
  client.setQueryData<Conversation>(['inbox', 'one', item.id], (known) =>
    known ? { ...known, ...item } : known,
  );
}

/** Puts a message, as it is now, into its conversation. */
export function keepMessage(client: QueryClient, message: Message): void {
  client.setQueryData<InfiniteData<PageOf<Message>>>(
    ['inbox', 'messages', message.conversation_id],
    (list) => list && withMessage(list, message),
  );
}

function withMessage(list: InfiniteData<PageOf<Message>>, message: Message): InfiniteData<PageOf<Message>> {
  let isKnown = false;
  const pages = list.pages.map((page) => ({
    ...page,
    data: page.data.map((known) => {
      if (known.id !== message.id) return known;
      isKnown = true;
      return message;
    }),
  }));
  const [first] = pages;
  if (!isKnown && first) {
    const at = first.data.findIndex(({ seq }) => seq < message.seq);
    first.data.splice(at < 0 ? first.data.length : at, 0, message);
  }
  return { ...list, pages };
}
