import { describe, expect, it } from 'vitest';
import type { InboxConversation, MemberId } from '#libs/model';
import { belongs, patched, queryOf, readSearch, type Pages } from './filter.js';

const me = 'me' as MemberId;
const item = (id: string, at: number, more: Partial<InboxConversation> = {}): InboxConversation =>
  ({
    id,
    active_at: new Date(at * 1_000).toISOString(),
    state: 'open',
    owner: 'bot',
    assignee_id: null,
    label_ids: [],
    channel_id: 'chan_1',
    ...more,
  }) as InboxConversation;
const list = (hasMore: boolean, ...pages: InboxConversation[][]): Pages<InboxConversation> => ({
  pages: pages.map((data) => ({ data, has_more: hasMore, next_cursor: null })),
  pageParams: [],
});
const idsOf = ({ pages }: Pages<InboxConversation>) =>
  pages.map(({ data }) => data.map(({ id }) => id).join(''));

describe('a list of the inbox', () => {
  it('moves a conversation to where its activity puts it, once', () => {
    const before = list(true, [item('a', 9), item('b', 8)], [item('c', 7), item('d', 6)]);
    expect(idsOf(patched(before, item('d', 10), true))).toEqual(['dab', 'c']);
    expect(idsOf(patched(before, item('x', 7.5), true))).toEqual(['ab', 'xcd']);
    expect(idsOf(patched(before, item('a', 9), true))).toEqual(['ab', 'cd']);
  });

  it('drops what does not belong any more, and leaves what is older to its page', () => {
    const before = list(true, [item('a', 9), item('b', 8)]);
    expect(idsOf(patched(before, item('a', 20), false))).toEqual(['b']);
    expect(idsOf(patched(before, item('x', 1), true))).toEqual(['ab']);
    expect(idsOf(patched(list(false, [item('a', 9)]), item('x', 1), true))).toEqual(['ax']);
    expect(idsOf(patched(list(false, []), item('x', 1), true))).toEqual(['x']);
  });

  it('is as the server would list it', () => {
    const filter = readSearch({ view: 'unassigned', state: 'nonsense', q: '' });
    expect(filter).toMatchObject({ view: 'unassigned', state: 'open', q: undefined });
    expect(belongs(item('a', 1, { owner: 'queue' }), filter, 'me')).toBe(true);
    expect(belongs(item('a', 1, { owner: 'queue', assignee_id: me }), filter, 'me')).toBe(false);
    expect(belongs(item('a', 1), filter, 'me')).toBe(false);
    expect(belongs(item('a', 1, { state: 'closed' }), readSearch({}), 'me')).toBe(false);
    expect(belongs(item('a', 1), readSearch({ label: 'lbl_1' }), 'me')).toBe(false);
    expect(belongs(item('a', 1, { assignee_id: me }), readSearch({ view: 'mine' }), 'me')).toBe(true);
    expect(queryOf(readSearch({ view: 'mine' }), 'me')).toMatchObject({ assignee_id: 'me', state: 'open' });
  });
});
