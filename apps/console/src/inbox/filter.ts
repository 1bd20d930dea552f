import type { InboxConversation } from '#libs/model';

/** What the inbox shows, as it stands in the address of the screen. */
export interface InboxSearch {
  view: 'mine' | 'unassigned' | 'all' | 'bot';
  state: 'open' | 'snoozed' | 'closed';
  channel?: string | undefined;
  label?: string | undefined;
  /** What is searched for. */
  q?: string | undefined;
  /** The conversation that is open. */
  c?: string | undefined;
}

/** What of an address decides which conversations are listed. */
export type InboxFilter = Pick<InboxSearch, 'view' | 'state' | 'channel' | 'label'>;

const views = ['mine', 'unassigned', 'all', 'bot'] as const;
const states = ['open', 'snoozed', 'closed'] as const;

/** Reads the address; what it does not say, or says wrongly, is the usual. */
export function readSearch(search: Record<string, unknown>): InboxSearch {
  const text = (name: string): string | undefined => {
    const value = search[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  return {
    view: views.find((one) => one === search['view']) ?? 'all',
    state: states.find((one) => one === search['state']) ?? 'open',
    channel: text('channel'),
    label: text('label'),
    q: text('q'),
    c: text('c'),
  };
}

/** A filter as the API asks for it. */
export function queryOf(filter: InboxFilter, memberId: string): Record<string, string | undefined> {
  const { view, state, channel, label } = filter;
  const mine = view === 'mine' ? { assignee_id: memberId } : { view };
  return { ...mine, state, channel_id: channel, label_id: label };
}

/** Whether a conversation, as it is now, belongs into a list. */
export function belongs(item: InboxConversation, filter: InboxFilter, memberId: string): boolean {
  const { view, state, channel, label } = filter;
  if (item.state !== state) return false;
  if (channel !== undefined && item.channel_id !== channel) return false;
  if (label !== undefined && !item.label_ids.some((id) => id === label)) return false;
  switch (view) {
    case 'mine':
      return item.assignee_id === memberId;
    case 'unassigned':
      return item.assignee_id === null && item.owner !== 'bot';
    case 'bot':
      return item.owner === 'bot';
    case 'all':
      return true;
  }
}

/** Pages of a list, as the cache holds them. */
export interface Pages<Item> {
  pages: { data: Item[]; has_more: boolean; next_cursor: string | null }[];
  pageParams: unknown[];
}

/**
 * A list with one conversation as it is now: where its activity puts it, or out of it. What is older than everything that was
 * loaded stays out: it comes with its page.
 */
export function patched(
  list: Pages<InboxConversation>,
  item: InboxConversation,
  isIn: boolean,
): Pages<InboxConversation> {
  const pages = list.pages.map((page) => ({ ...page, data: page.data.filter(({ id }) => id !== item.id) }));
  if (!isIn) return { ...list, pages };
  const isBefore = (other: InboxConversation): boolean =>
    item.active_at > other.active_at || (item.active_at === other.active_at && item.id > other.id);
  for (const page of pages) {
    const at = page.data.findIndex(isBefore);
    if (at >= 0) {
      page.data.splice(at, 0, item);
      return { ...list, pages };
    }
  }
  const last = pages.at(-1);
  if (last && !last.has_more) last.data.push(item);
  return { ...list, pages };
}
