import { UnstyledButton } from '@mantine/core';
import { useInterval } from '@mantine/hooks';
import { IconMoonStars, IconPencil, IconRobot, IconUser, IconUsers } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { memo, useEffect, useReducer } from 'react';
import { useTranslation } from 'react-i18next';
import type { InboxConversation, Label, Operator } from '#libs/model';
import { allQuery } from '../api/lists.js';
import { useFormats } from '../i18n/format.js';
import { operatorsQuery, typing } from './inbox-data.js';
import classes from './inbox.module.css';
import { nameOf } from '../parts/name-of.js';
import { useOthers } from './use-presence.js';
import { Portrait } from './portrait.js';

/** One conversation in the list: who, what was said last, whose it is, and what is unread. */
export const ConversationRow = memo(function ConversationRow(props: {
  item: InboxConversation;
  isChosen: boolean;
  onChoose: (id: string) => void;
}) {
  const { item, isChosen, onChoose } = props;
  const { t } = useTranslation('inbox');
  const name = nameOf(item.contact, t('nobody'));
  const isUnread = item.unread_count > 0 && !isChosen;
  return (
    <UnstyledButton
      className={classes['row']}
      data-chosen={isChosen || undefined}
      data-unread={isUnread || undefined}
      aria-current={isChosen || undefined}
      onClick={() => onChoose(item.id)}
    >
      <Portrait name={name} of={item.contact.id} />
      <span className={classes['rowText']}>
        <span className={classes['rowHead']}>
          <bdi className={classes['rowName']}>{name}</bdi>
          <Ago at={item.active_at} />
        </span>
        <span className={classes['rowLast']} dir="auto">
          <LastWords item={item} />
        </span>
        <span className={classes['rowFoot']}>
          <OwnerMark item={item} />
          <Labels ids={item.label_ids} />
          <Watched id={item.id} />
          {isUnread && (
            <span className={classes['count']}>
              <span aria-hidden>{item.unread_count > 98 ? '99+' : item.unread_count}</span>
              <span className="visually-hidden">{t('unread', { count: item.unread_count })}</span>
            </span>
          )}
        </span>
      </span>
    </UnstyledButton>
  );
});

function LastWords({ item: { id, last_message: last } }: { item: InboxConversation }) {
  const { t } = useTranslation('inbox');
  if (typing.use().has(id)) return <em>{t('thread.typing', { name: t('author.contact') })}</em>;
  if (!last) return null;
  const kind = t(`kind.${last.kind as 'text'}`, { defaultValue: last.kind });
  const words = last.text === '' ? `[${kind}]` : last.text;
  return (
    <>
      {last.direction === 'out' && <span className={classes['by']}>{t(`author.${last.author}`)}: </span>}
      {words}
    </>
  );
}

/** Who answers, or whose it is. */
export function OwnerMark({ item }: { item: Pick<InboxConversation, 'owner' | 'assignee_id' | 'state'> }) {
  const { t } = useTranslation('inbox');
  const { data: operators } = useQuery(operatorsQuery);
  const assignee = operators?.find(({ id }: Operator) => id === item.assignee_id);
  const Icon =
    item.state === 'snoozed'
      ? IconMoonStars
      : item.owner === 'bot'
        ? IconRobot
        : item.owner === 'queue'
          ? IconUsers
          : IconUser;
  return (
    <span className={classes['owner']} data-owner={item.owner}>
      <Icon size={14} stroke={1.8} aria-hidden />
      {assignee?.name ?? t(`owner.${item.owner}`)}
    </span>
  );
}

function Labels({ ids }: { ids: readonly string[] }) {
  const { data: labels } = useQuery(allQuery<Label>('/v1/labels'));
  return labels
    ?.filter(({ id }) => ids.includes(id))
    .slice(0, 3)
    .map(({ id, name, colour }) => (
      <span key={id} className={classes['label']} data-colour={colour}>
        {name}
      </span>
    ));
}

function Watched({ id }: { id: string }) {
  const { t } = useTranslation('inbox');
  const others = useOthers(id);
  if (others.length === 0) return null;
  const names = others.map(({ name }) => name ?? t('others.someone')).join(', ');
  const isReplying = others.some(({ is_replying }) => is_replying);
  return (
    <span className={classes['watched']} title={t(isReplying ? 'others.replies' : 'others.looks', { names })}>
      <IconPencil size={13} aria-hidden />
      <span className="visually-hidden">{t(isReplying ? 'others.replies' : 'others.looks', { names })}</span>
    </span>
  );
}

function Ago({ at }: { at: string }) {
  const { ago } = useFormats();
  const [, again] = useReducer((n: number) => n + 1, 0);
  const timer = useInterval(again, 30_000);
  useEffect(() => {
    timer.start();
    return timer.stop;
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- once
  }, []);
  return (
    <time dateTime={at} className={classes['ago']}>
      {ago(at)}
    </time>
  );
}
