import { Loader, Text, Title, UnstyledButton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useFormats } from '../i18n/format.js';
import { ProblemNote } from '../parts/problem-note.js';
import { searchQuery } from './inbox-data.js';
import classes from './inbox.module.css';
import { Portrait } from './portrait.js';

/** What a search has found, in place of the list. */
export function Found({
  q,
  chosen,
  onChoose,
}: {
  q: string;
  chosen: string | undefined;
  onChoose: (id: string) => void;
}) {
  const { t } = useTranslation('inbox');
  const { ago } = useFormats();
  const { data, error, isPending, refetch } = useQuery(searchQuery(q));
  if (isPending) return <Loader m="md" />;
  if (error) return <ProblemNote error={error} onRetry={() => void refetch()} />;
  if (data.messages.length + data.contacts.length === 0) {
    return (
      <Text c="dimmed" p="md" role="status">
        {t('found.none', { q })}
      </Text>
    );
  }
  return (
    <div className={classes['scroller']}>
      {data.contacts.length > 0 && (
        <Title order={2} className={classes['foundHead']}>
          {t('found.contacts')}
        </Title>
      )}
      {data.contacts.slice(0, 8).map(({ id, name, addresses }) => (
        <Link key={id} to="/contacts/$id" params={{ id }} className={classes['row']}>
          <Portrait name={name ?? addresses[0] ?? '?'} of={id} isSmall />
          <span className={classes['rowText']}>
            <bdi className={classes['rowName']}>{name ?? addresses[0] ?? t('nobody')}</bdi>
            <bdi className={classes['rowLast']}>{addresses.join(' · ')}</bdi>
          </span>
        </Link>
      ))}
      {data.messages.length > 0 && (
        <Title order={2} className={classes['foundHead']}>
          {t('found.messages')}
        </Title>
      )}
      {data.messages.map(({ message_id, conversation_id, contact, excerpt, author, at }) => (
        <UnstyledButton
          key={message_id}
          className={classes['row']}
          data-chosen={conversation_id === chosen || undefined}
          onClick={() => onChoose(conversation_id)}
        >
          <span className={classes['rowText']}>
            <span className={classes['rowHead']}>
              <bdi className={classes['rowName']}>{contact.name ?? t('nobody')}</bdi>
              <time dateTime={at} className={classes['ago']}>
                {ago(at)}
              </time>
            </span>
            <span className={classes['excerpt']} dir="auto">
              <span className={classes['by']}>{t(`author.${author}`)}: </span>
              <Marked text={excerpt} words={q} />
            </span>
          </span>
        </UnstyledButton>
      ))}
    </div>
  );
}

/** A text in which the words that were asked for are marked. */
function Marked({ text, words }: { text: string; words: string }) {
  const asked = words.split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  if (asked.length === 0) return text;
  const pieces = text.split(new RegExp(`(${asked.join('|')})`, 'giu'));
  return pieces.map((piece, at) => (at % 2 === 1 ? <mark key={at}>{piece}</mark> : piece));
}
