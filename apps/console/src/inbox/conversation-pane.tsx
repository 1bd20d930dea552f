import { Drawer, Loader } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Conversation, InboxConversation } from '#libs/model';
import { call } from '../api/call.js';
import { useMay } from '../api/session.js';
import { ProblemNote } from '../parts/problem-note.js';
import { useShortcuts } from '../shell/shortcuts.js';
import { Approvals } from './approvals.js';
import { Composer } from './composer.js';
import { ContactPanel } from './contact-panel.js';
import { useDraftOf } from './drafts.js';
import { conversationQuery } from './inbox-data.js';
import classes from './inbox.module.css';
import { nameOf } from '../parts/name-of.js';
import { snoozeTimes } from './snooze-times.js';
import { Thread } from './thread.js';
import { ThreadHead } from './thread-head.js';
import { useActions } from './use-actions.js';
import { usePresence } from './use-presence.js';
import { useThreadStream } from './use-thread-stream.js';

/** What goes along with a conversation on the screen. */
export interface PaneProps {
  id: string;
  /** As the list knows it: there before anything was asked for. */
  known: InboxConversation | undefined;
  onBack: () => void;
  onNext: () => void;
  onChoose: (id: string) => void;
}

/** A conversation: what was said, what can be done, and who the person is. */
export function ConversationPane(props: PaneProps) {
  const { data, error, refetch } = useQuery(conversationQuery(props.id));
  const conversation = data ?? props.known;
  if (!conversation) {
    return (
      <section className={classes['middle']}>
        {error ? <ProblemNote error={error} onRetry={() => void refetch()} /> : <Loader m="xl" />}
      </section>
    );
  }
  return <Open {...props} conversation={conversation} />;
}

function Open({ conversation, known, onBack, onNext, onChoose }: PaneProps & { conversation: Conversation }) {
  const { t } = useTranslation('inbox');
  const { id } = conversation;
  const name = nameOf(conversation.contact, t('nobody'));
  const [isReplying, setReplying] = useState(false);
  const [isPanelOpen, panel] = useDisclosure(false);
  const field = useRef<HTMLTextAreaElement>(null);
  const [, changeDraft] = useDraftOf(id);
  const live = useThreadStream(id);
  const actions = useActions(conversation);
  const mayWrite = useMay('messages:write');
  usePresence(id, isReplying);
  useReading(id, known);
  const write = (tab: 'reply' | 'note'): void => {
    changeDraft({ tab });
    // At once: what is typed next must not be taken for another key.
    field.current?.focus();
  };
  const closeAndGo = (): void => void actions.close().then(onNext);
  const snooze = (): void => {
    const tomorrow = snoozeTimes(new Date()).find((one) => one.name === 'tomorrow');
    if (tomorrow) void actions.snooze(tomorrow.until);
  };
  useShortcuts(
    t('title'),
    mayWrite
      ? [
          { keys: 'r', label: t('key.reply'), run: () => write('reply') },
          { keys: 'alt+l', label: t('key.reply'), run: () => write('reply'), isGlobal: true },
          { keys: 'n', label: t('key.note'), run: () => write('note') },
          { keys: 'alt+p', label: t('key.note'), run: () => write('note'), isGlobal: true },
          { keys: 't', label: t('key.take'), run: () => void actions.take() },
          { keys: 'e', label: t('key.close'), run: () => void actions.close() },
          { keys: 'alt+e', label: t('key.close'), run: () => void actions.close(), isGlobal: true },
          { keys: 'mod+alt+e', label: t('key.closeNext'), run: closeAndGo, isGlobal: true },
          { keys: 's', label: t('key.snooze'), run: snooze },
          { keys: 'alt+m', label: t('key.snooze'), run: snooze, isGlobal: true },
          { keys: 'u', label: t('key.unread'), run: () => void actions.markUnread().then(onBack) },
        ]
      : [],
  );
  return (
    <>
      <section className={classes['middle']} aria-label={name}>
        <ThreadHead
          conversation={conversation}
          name={name}
          actions={actions}
          onBack={onBack}
          onDetails={panel.open}
        />
        <Thread key={id} conversation={conversation} name={name} live={live} />
        <Approvals conversationId={id} />
        {mayWrite && <Composer key={id} conversation={conversation} field={field} onReplying={setReplying} />}
      </section>
      <aside className={classes['panel']} aria-label={t('panel.label')}>
        <ContactPanel conversation={conversation} name={name} onChoose={onChoose} />
      </aside>
      <Drawer opened={isPanelOpen} onClose={panel.close} position="right" size="sm" title={t('panel.label')}>
        <ContactPanel conversation={conversation} name={name} onChoose={onChoose} />
      </Drawer>
    </>
  );
}

/** What is on the screen is read; what comes while nobody looks is not. */
function useReading(id: string, known: InboxConversation | undefined): void {
  const client = useQueryClient();
  const told = useRef(0);
  const seq = known?.last_message_seq ?? 0;
  const isUnread = (known?.unread_count ?? 0) > 0;
  useEffect(() => {
    told.current = 0;
  }, [id]);
  useEffect(() => {
    const read = (): void => {
      if (document.visibilityState === 'hidden' || !isUnread || seq === 0 || told.current >= seq) return;
      told.current = seq;
      void call('POST', `/v1/conversations/${id}/read`, { body: { seq } }).catch(() => (told.current = 0));
    };
    read();
    document.addEventListener('visibilitychange', read);
    return () => document.removeEventListener('visibilitychange', read);
  }, [client, id, seq, isUnread]);
}
