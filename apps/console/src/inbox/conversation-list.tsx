import { Button, Skeleton, Stack } from '@mantine/core';
import { IconInbox } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session.js';
import { Empty } from '../parts/empty.js';
import { ProblemNote } from '../parts/problem-note.js';
import { ConversationRow } from './conversation-row.js';
import type { InboxFilter } from './filter.js';
import { inboxQuery } from './inbox-data.js';
import classes from './inbox.module.css';

const ROW_PX = 78;

/** What the list shows, and how one goes through it with keys. */
export function useInboxItems(filter: InboxFilter) {
  const { member } = useSession();
  const query = useInfiniteQuery(inboxQuery(filter, member.id));
  const items = useMemo(() => query.data?.pages.flatMap(({ data }) => data) ?? [], [query.data]);
  return { ...query, items };
}

/** The conversations of a filter: as many as there are, drawn as few as are seen. */
export function ConversationList(props: {
  list: ReturnType<typeof useInboxItems>;
  chosen: string | undefined;
  onChoose: (id: string) => void;
}) {
  const { list, chosen, onChoose } = props;
  const { t } = useTranslation('inbox');
  const scroller = useRef<HTMLDivElement>(null);
  const { items, hasNextPage, isFetchingNextPage, fetchNextPage } = list;
  const rows = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 8,
    getItemKey: (at) => items[at]?.id ?? at,
  });
  const seen = rows.getVirtualItems();
  const last = seen.at(-1)?.index ?? 0;
  useEffect(() => {
    if (last >= items.length - 10 && hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [last, items.length, hasNextPage, isFetchingNextPage, fetchNextPage]);
  const at = items.findIndex(({ id }) => id === chosen);
  useEffect(() => {
    if (at >= 0) rows.scrollToIndex(at, { align: 'auto' });
    // Only when another one is chosen: new messages must not move what somebody reads.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [chosen]);
  if (list.isPending) return <Waiting />;
  if (list.isError && items.length === 0) {
    return <ProblemNote error={list.error} onRetry={() => void list.refetch()} />;
  }
  if (items.length === 0) return <Empty icon={IconInbox} title={t('empty.title')} text={t('empty.text')} />;
  return (
    <div className={classes['scroller']} ref={scroller}>
      <ul className={classes['rows']} style={{ height: rows.getTotalSize() }} aria-label={t('list')}>
        {seen.map(({ index, start, key }) => (
          <li
            key={key}
            className={classes['slot']}
            style={{ transform: `translateY(${start}px)`, height: ROW_PX }}
          >
            <ConversationRow
              item={items[index]!}
              isChosen={items[index]!.id === chosen}
              onChoose={onChoose}
            />
          </li>
        ))}
      </ul>
      {isFetchingNextPage && <Waiting />}
      {list.isFetchNextPageError && (
        <Button variant="subtle" onClick={() => void fetchNextPage()}>
          {t('problem.again', { ns: 'shell' })}
        </Button>
      )}
    </div>
  );
}

function Waiting() {
  return (
    <Stack gap="sm" p="md" aria-hidden>
      {[1, 2, 3, 4].map((n) => (
        <Skeleton key={n} height={54} radius="md" />
      ))}
    </Stack>
  );
}
