import { IconMessages } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Empty } from '../parts/empty.js';
import { useShortcuts } from '../shell/shortcuts.js';
import { ConversationList, useInboxItems } from './conversation-list.js';
import { ConversationPane } from './conversation-pane.js';
import type { InboxSearch } from './filter.js';
import { Found } from './found.js';
import classes from './inbox.module.css';
import { ListHead } from './list-head.js';
import { carryWhenHealed } from './outbox.js';
import { useInboxStream } from './use-inbox-stream.js';
import { useLeaving, usePresence } from './use-presence.js';

/** The inbox: conversations, what was said in one of them, and who the person is. */
export function InboxScreen() {
  const { t } = useTranslation('inbox');
  const client = useQueryClient();
  const search = useSearch({ from: '/frame/inbox' });
  const navigate = useNavigate({ from: '/inbox' });
  const field = useRef<HTMLInputElement>(null);
  const change = useCallback(
    (changes: Partial<InboxSearch>) =>
      void navigate({
        search: (before: InboxSearch) => ({ ...before, ...changes }),
        replace: !('c' in changes),
      }),
    [navigate],
  );
  const choose = useCallback((c: string | undefined) => change({ c }), [change]);
  const { view, state, channel, label, q, c } = search;
  const list = useInboxItems({ view, state, channel, label });
  useInboxStream();
  useLeaving();
  useEffect(() => carryWhenHealed(client), [client]);
  useEffect(() => {
    document.title = `${t('title')} · Parley`;
  }, [t]);
  const step = (by: 1 | -1): void => {
    const at = list.items.findIndex(({ id }) => id === c);
    const next = list.items[at < 0 ? 0 : at + by];
    if (next) choose(next.id);
  };
  useShortcuts(t('list'), [
    { keys: 'j', label: t('key.next'), run: () => step(1) },
    { keys: 'alt+j', label: t('key.next'), run: () => step(1), isGlobal: true },
    { keys: 'k', label: t('key.previous'), run: () => step(-1) },
    { keys: 'alt+k', label: t('key.previous'), run: () => step(-1), isGlobal: true },
    { keys: '/', label: t('key.search'), run: () => field.current?.focus() },
    { keys: 'escape', label: t('key.leave'), run: () => choose(undefined) },
  ]);
  return (
    <div className={classes['inbox']} data-open={c !== undefined || undefined}>
      <section className={classes['left']} aria-label={t('list')}>
        <ListHead search={search} onChange={change} field={field} />
        {q === undefined ? (
          <ConversationList list={list} chosen={c} onChoose={choose} />
        ) : (
          <Found q={q} chosen={c} onChoose={choose} />
        )}
      </section>
      {c === undefined ? (
        <Nobody />
      ) : (
        <ConversationPane
          key={c}
          id={c}
          known={list.items.find(({ id }) => id === c)}
          onBack={() => choose(undefined)}
          onNext={() => step(1)}
          onChoose={choose}
        />
      )}
    </div>
  );
}

function Nobody() {
  const { t } = useTranslation('inbox');
  usePresence(undefined, false);
  return (
    <section className={classes['middle']} data-empty>
      <Empty icon={IconMessages} title={t('empty.choose')} text={t('empty.chooseText')} />
    </section>
  );
}
