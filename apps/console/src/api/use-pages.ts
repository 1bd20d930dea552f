import { useInfiniteQuery } from '@tanstack/react-query';
import { call } from './call.js';
import type { PageOf } from './lists.js';

type Filter = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** A long list, page after page. */
export interface Pages<Item> {
  items: readonly Item[];
  isLoading: boolean;
  error: unknown;
  hasMore: boolean;
  isLoadingMore: boolean;
  more: () => void;
  again: () => void;
}

/** Reads a long list from its newest end; `more` reads on. */
export function usePages<Item>(path: string, filter: Filter = {}, everyMs?: number): Pages<Item> {
  const found = useInfiniteQuery({
    queryKey: [path, 'pages', filter],
    queryFn: ({ pageParam, signal }) =>
      call<PageOf<Item>>('GET', path, { query: { limit: 50, ...filter, cursor: pageParam }, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next_cursor,
    ...(everyMs !== undefined && { refetchInterval: everyMs }),
  });
  return {
    items: found.data?.pages.flatMap(({ data }) => data) ?? [],
    isLoading: found.isLoading,
    error: found.error,
    hasMore: found.hasNextPage,
    isLoadingMore: found.isFetchingNextPage,
    more: () => void found.fetchNextPage(),
    again: () => void found.refetch(),
  };
}
