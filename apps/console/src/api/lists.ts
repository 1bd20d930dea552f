import { queryOptions } from '@tanstack/react-query';
import { call } from './call.js';

/** A page of anything, as every list of the API answers. */
export interface PageOf<Item> {
  data: Item[];
  has_more: boolean;
  next_cursor: string | null;
}

type Filter = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** One page of a list; its key begins with the path, so that a change can refresh it. */
export function pageQuery<Item>(path: string, filter: Filter = {}) {
  return queryOptions({
    queryKey: [path, 'page', filter],
    queryFn: ({ signal }) => call<PageOf<Item>>('GET', path, { query: filter, signal }),
  });
}

/** Everything of a list that is short by nature (channels, bots, endpoints, keys), at most a thousand. */
export function allQuery<Item>(path: string, filter: Filter = {}) {
  return queryOptions({
    queryKey: [path, 'all', filter],
    queryFn: async ({ signal }) => {
      const found: Item[] = [];
      let cursor: string | null = null;
      for (let pages = 0; pages < 10; pages++) {
        const page: PageOf<Item> = await call<PageOf<Item>>('GET', path, {
          query: { limit: 100, order: 'asc', ...filter, cursor },
          signal,
        });
        found.push(...page.data);
        cursor = page.next_cursor;
        if (cursor === null) break;
      }
      return found;
    },
  });
}

/** One thing by its address. */
export function oneQuery<Item>(path: string) {
  return queryOptions({
    queryKey: [path],
    queryFn: ({ signal }) => call<Item>('GET', path, { signal }),
  });
}
