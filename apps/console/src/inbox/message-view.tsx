import { Tooltip } from '@mantine/core';
import {
  IconAlertTriangle,
  IconCheck,
  IconChecks,
  IconClock,
  IconQuestionMark,
  type Icon,
} from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Message } from '#libs/model';
import { useFormats } from '../i18n/format.js';
import { Contents } from './contents.js';
import classes from './inbox.module.css';

const icons: Record<Message['status'], Icon> = {
  received: IconCheck,
  queued: IconClock,
  sending: IconClock,
  sent: IconCheck,
  delivered: IconChecks,
  read: IconChecks,
  failed: IconAlertTriangle,
  expired: IconAlertTriangle,
  unknown: IconQuestionMark,
};

/** One thing said, by whom, when, and how far it came. */
export function MessageView({ message, name }: { message: Message; name: string }) {
  const { t } = useTranslation('inbox');
  const { moment } = useFormats();
  const who = authorOf(message, name, t);
  const at = message.sent_at ?? message.recorded_at;
  return (
    <li
      className={classes['message']}
      data-out={message.direction === 'out' || undefined}
      data-author={message.author}
    >
      <article aria-label={`${who}, ${moment(at)}`}>
        <div className={classes['bubble']} dir="auto">
          {message.deleted_at === null ? <Contents parts={message.parts} /> : <em>{t('thread.deleted')}</em>}
        </div>
        <footer className={classes['meta']}>
          <bdi>{who}</bdi> · <time dateTime={at}>{timeOf(at)}</time>
          {message.edited_at !== null && ` · ${t('thread.edited')}`}
          {message.direction === 'out' && <Fate message={message} />}
          {message.reactions.map(({ emoji, from }) => (
            <span key={emoji + from} className={classes['reaction']}>
              {emoji}
            </span>
          ))}
        </footer>
      </article>
    </li>
  );
}

/** How far a message of ours came; why it did not, when it did not. */
function Fate({ message }: { message: Message }) {
  const { t } = useTranslation('inbox');
  const Sign = icons[message.status];
  const isBad = ['failed', 'expired', 'unknown'].includes(message.status);
  const why = message.error?.message;
  return (
    <span className={classes['fate']} data-status={message.status}>
      <Tooltip label={why ?? t(`status.${message.status}`)} multiline maw={320}>
        <span>
          <Sign size={14} aria-hidden /> {isBad ? t(`status.${message.status}`) : ''}
          {!isBad && <span className="visually-hidden">{t(`status.${message.status}`)}</span>}
        </span>
      </Tooltip>
      {isBad && why !== undefined && <span> · {why}</span>}
    </span>
  );
}

function authorOf(
  { author, metadata }: Message,
  name: string,
  t: ReturnType<typeof useTranslation<'inbox'>>['t'],
): string {
  if (author === 'contact') return name;
  return metadata['member_name'] ?? t(`author.${author}`);
}

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });

/** The time of day. */
export function timeOf(instant: string): string {
  return clock.format(new Date(instant));
}
