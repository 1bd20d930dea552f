import { ActionIcon, Button, Loader, Tooltip } from '@mantine/core';
import { IconArrowDown, IconNote, IconTrash } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { useLayoutEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Conversation, Message, Note } from '#libs/model';
import { call } from '../api/call.js';
import { useFormats } from '../i18n/format.js';
import { Markdown } from '../parts/markdown.js';
import { ProblemNote } from '../parts/problem-note.js';
import { toldProblem } from '../parts/told.js';
import { messagesQuery, notesQuery, typing } from './inbox-data.js';
import classes from './inbox.module.css';
import { MessageView, timeOf } from './message-view.js';
import { isHeard, outbox } from './outbox.js';
import { OutgoingView } from './outgoing-view.js';
import type { LiveThread } from './use-thread-stream.js';

const NEAR_PX = 120;

const noMessages: readonly Message[] = [];
/** Everything that was said in a conversation, with the notes between. */
export function Thread({
  conversation,
  name,
  live,
}: {
  conversation: Conversation;
  name: string;
  live: LiveThread;
}) {
  const { t } = useTranslation('inbox');
  const { id } = conversation;
  const query = useInfiniteQuery(messagesQuery(id));
  const { data: notes } = useQuery(notesQuery(id));
  const said = query.data?.pages.flatMap(({ data }) => data) ?? noMessages;
  const waiting = outbox.use().filter((one) => one.conversationId === id && !isHeard(one, said));
  const isTyping = typing.use().has(id);
  const lines = useMemo(
    () => linesOf(query.data?.pages.flatMap(({ data }) => data) ?? [], notes ?? []),
    [query.data, notes],
  );
  const newest = lines.at(-1)?.at;
  const { scroller, isAway, toEnd, keepPlace } = useEnd([
    newest,
    waiting.length,
    isTyping,
    live.preview,
    live.isThinking,
  ]);
  const earlier = async () => {
    const restore = keepPlace();
    await query.fetchNextPage();
    restore();
  };
  return (
    <div className={classes['threadFrame']}>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keys */}
      <div
        className={classes['thread']}
        ref={scroller}
        tabIndex={0}
        role="log"
        aria-label={t('thread.label')}
      >
        {query.hasNextPage && (
          <Button
            variant="subtle"
            size="compact-sm"
            onClick={() => void earlier()}
            loading={query.isFetchingNextPage}
          >
            {t('thread.earlier')}
          </Button>
        )}
        {query.isPending && <Loader />}
        <ProblemNote
          error={query.isError && lines.length === 0 ? query.error : null}
          onRetry={() => void query.refetch()}
        />
        <ol className={classes['messages']}>
          <Lines lines={lines} name={name} />
          {waiting.map((one) => (
            <OutgoingView key={one.key} one={one} />
          ))}
          {live.preview !== '' && (
            <li className={classes['message']} data-out data-author="bot" data-live>
              <div className={classes['bubble']} dir="auto">
                <Markdown text={live.preview} />
              </div>
            </li>
          )}
        </ol>
        <p className={classes['live']} role="status">
          {isTyping ? t('thread.typing', { name }) : live.isThinking ? t('thread.thinking') : ''}
        </p>
      </div>
      {isAway && (
        <ActionIcon
          className={classes['toEnd']}
          variant="default"
          radius="xl"
          size="lg"
          onClick={toEnd}
          aria-label={t('thread.latest')}
        >
          <IconArrowDown size={18} aria-hidden />
        </ActionIcon>
      )}
    </div>
  );
}

type Line = { at: string } & ({ message: Message } | { note: Note });

/** Messages by their place, notes by their time between them. */
function linesOf(messages: readonly Message[], notes: readonly Note[]): Line[] {
  const said: Line[] = messages
    .toSorted((a, b) => a.seq - b.seq)
    .map((message) => ({ at: message.recorded_at, message }));
  const first = said[0]?.at ?? '';
  const noted: Line[] = notes
    .filter(({ created_at }) => created_at >= first)
    .map((note) => ({ at: note.created_at, note }));
  return [...said, ...noted].toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}

function Lines({ lines, name }: { lines: readonly Line[]; name: string }) {
  const { day } = useFormats();
  let before = '';
  const shown: ReactNode[] = [];
  for (const line of lines) {
    const date = day(line.at);
    if (date !== before) {
      shown.push(
        <li key={date} className={classes['day']}>
          {date}
        </li>,
      );
    }
    before = date;
    shown.push(
      'note' in line ? (
        <NoteView key={line.note.id} note={line.note} />
      ) : (
        <MessageView key={line.message.id} message={line.message} name={name} />
      ),
    );
  }
  return shown;
}

function NoteView({ note }: { note: Note }) {
  const { t } = useTranslation('inbox');
  const client = useQueryClient();
  const remove = () => {
    call('DELETE', `/v1/notes/${note.id}`)
      .then(() => client.invalidateQueries({ queryKey: notesQuery(note.conversation_id).queryKey }))
      .catch(toldProblem);
  };
  return (
    <li className={classes['noteLine']}>
      <article className={classes['note']} aria-label={t('thread.note')} dir="auto">
        <Markdown text={note.text} />
        <footer className={classes['meta']}>
          <Tooltip label={t('thread.noteHint')}>
            <span className={classes['line']}>
              <IconNote size={14} aria-hidden />
              {t('thread.note')}
            </span>
          </Tooltip>
          {' · '}
          <bdi>{note.author_name ?? t('author.operator')}</bdi> ·{' '}
          <time dateTime={note.created_at}>{timeOf(note.created_at)}</time>
          <ActionIcon
            variant="subtle"
            color="gray"
            size="xs"
            onClick={remove}
            aria-label={t('thread.removeNote')}
          >
            <IconTrash size={13} aria-hidden />
          </ActionIcon>
        </footer>
      </article>
    </li>
  );
}

/** Stays at the end while one is there, and leaves in peace who reads what was said before. */
function useEnd(news: readonly unknown[]) {
  const scroller = useRef<HTMLDivElement>(null);
  const [isAway, setAway] = useState(false);
  const wasAway = useRef(false);
  useLayoutEffect(() => {
    const at = scroller.current;
    if (!at) return;
    const look = () => {
      wasAway.current = at.scrollHeight - at.scrollTop - at.clientHeight > NEAR_PX;
      setAway(wasAway.current);
    };
    at.addEventListener('scroll', look, { passive: true });
    // Pictures that come later make the thread longer.
    const grown = new ResizeObserver(() => {
      if (!wasAway.current) at.scrollTop = at.scrollHeight;
    });
    for (const child of at.children) grown.observe(child);
    return () => {
      at.removeEventListener('scroll', look);
      grown.disconnect();
    };
  }, []);
  useLayoutEffect(() => {
    const at = scroller.current;
    if (at && !wasAway.current) at.scrollTop = at.scrollHeight;
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- whatever the news are
  }, news);
  return {
    scroller,
    isAway,
    toEnd: () => scroller.current?.scrollTo({ top: scroller.current.scrollHeight }),
    /** What is read stays where it is when something comes above it. */
    keepPlace: () => {
      const at = scroller.current;
      const fromEnd = at ? at.scrollHeight - at.scrollTop : 0;
      return () => requestAnimationFrame(() => at && (at.scrollTop = at.scrollHeight - fromEnd));
    },
  };
}
