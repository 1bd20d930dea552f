import { Alert, Anchor, Badge, Button, Group, Loader, Text } from '@mantine/core';
import { IconArrowLeft, IconDownload } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Channel, Consent, Contact, Conversation } from '#libs/model';
import { send } from '../api/call.js';
import { allQuery, oneQuery, pageQuery } from '../api/lists.js';
import { Problem } from '../api/problem.js';
import { useMay } from '../api/session.js';
import { apiWord } from '../i18n/api-word.js';
import { useFormats } from '../i18n/format.js';
import { nameOf } from '../parts/name-of.js';
import { Page } from '../parts/page.js';
import { ProblemNote } from '../parts/problem-note.js';
import { toldProblem } from '../parts/told.js';
import classes from './contacts.module.css';
import { Erasing } from './erasing.js';
import { Fields } from './fields.js';
import { Matter } from './matter.js';
import { MergeButton, Merges } from './merging.js';

/** One person: addresses, fields, conversations, what they agreed to, and what can be done with all of it. */
export function ContactScreen() {
  const { id } = useParams({ from: '/frame/contacts/$id' });
  const { t } = useTranslation('contacts');
  const { data: contact, error, refetch } = useQuery(oneQuery<Contact>(`/v1/contacts/${id}`));
  const mayWrite = useMay('contacts:write');
  if (!contact) {
    return (
      <Page title={t('title')}>
        {error ? <ProblemNote error={error} onRetry={() => void refetch()} /> : <Loader />}
      </Page>
    );
  }
  const name = nameOf({ name: contact.name, addresses: contact.identities }, t('nobody'));
  return (
    <Page
      title={name}
      before={
        <Anchor component={Link} to="/contacts" size="sm">
          <IconArrowLeft size={14} aria-hidden className="flip" /> {t('title')}
        </Anchor>
      }
      actions={
        <>
          {mayWrite && contact.merged_into === null && <MergeButton contact={contact} />}
          <ExportButton id={id} />
        </>
      }
    >
      {contact.merged_into !== null && (
        <Alert mb="md">
          {t('mergedInto')}{' '}
          <Anchor component={Link} to={`/contacts/${contact.merged_into}`} inherit>
            {t('mergedOpen')}
          </Anchor>
        </Alert>
      )}
      <div className={classes['grid']}>
        <Addresses contact={contact} />
        <Fields key={contact.updated_at} contact={contact} />
        <Conversations id={id} />
        <Consents id={id} />
        <Merges id={id} />
        {mayWrite && contact.merged_into === null && <Erasing id={id} />}
      </div>
    </Page>
  );
}

function Addresses({ contact }: { contact: Contact }) {
  const { t } = useTranslation('contacts');
  return (
    <Matter title={t('addresses')}>
      {contact.identities.length === 0 && <Text c="dimmed">{t('noAddresses')}</Text>}
      <ul className={classes['list']}>
        {contact.identities.map(({ id, kind, value, proof }) => (
          <li key={id}>
            <Text size="sm" c="dimmed">
              {apiWord('address', kind)}
            </Text>
            <bdi>{value}</bdi>
            <Badge color={proof === 'verified' ? 'green' : 'gray'}>{t(`proof.${proof}`)}</Badge>
          </li>
        ))}
      </ul>
    </Matter>
  );
}

function Conversations({ id }: { id: string }) {
  const { t } = useTranslation('contacts');
  const { ago } = useFormats();
  const { data, error } = useQuery(
    pageQuery<Conversation>('/v1/conversations', { contact_id: id, limit: 50 }),
  );
  const { data: channels } = useQuery(allQuery<Channel>('/v1/channels'));
  return (
    <Matter title={t('conversations')}>
      <ProblemNote error={error} />
      {data?.data.length === 0 && <Text c="dimmed">{t('noConversations')}</Text>}
      <ul className={classes['list']}>
        {data?.data.map((one) => (
          <li key={one.id}>
            <Anchor
              component={Link}
              to="/inbox"
              search={{ view: 'all', state: one.state, c: one.id } as never}
            >
              {channels?.find((channel) => channel.id === one.channel_id)?.name ?? one.channel_id}
            </Anchor>
            <Text size="sm" c="dimmed">
              {t(`state.${one.state}`, { ns: 'inbox' })} · {ago(one.last_message_at ?? one.created_at)}
            </Text>
          </li>
        ))}
      </ul>
    </Matter>
  );
}

function Consents({ id }: { id: string }) {
  const { t } = useTranslation('contacts');
  const { data } = useQuery(oneQuery<{ data: Consent[] }>(`/v1/contacts/${id}/consents`));
  const { data: channels } = useQuery(allQuery<Channel>('/v1/channels'));
  if (!data || data.data.length === 0) return null;
  return (
    <Matter title={t('consents')}>
      <ul className={classes['list']}>
        {data.data.map(({ channel_id, value, state }) => (
          <li key={channel_id + value}>
            <bdi>{value}</bdi>
            <Text size="sm" c="dimmed">
              {channels?.find((channel) => channel.id === channel_id)?.name}
            </Text>
            <Badge color={state === 'opted-in' ? 'green' : 'red'}>{t(state)}</Badge>
          </li>
        ))}
      </ul>
    </Matter>
  );
}

function ExportButton({ id }: { id: string }) {
  const { t } = useTranslation('contacts');
  const [isBusy, setBusy] = useState(false);
  const save = async (): Promise<void> => {
    setBusy(true);
    try {
      const answer = await send('GET', `/v1/contacts/${id}/export`);
      if (!answer.ok) throw new Problem(answer.status, {});
      const url = URL.createObjectURL(await answer.blob());
      const link = Object.assign(document.createElement('a'), { href: url, download: `${id}.json` });
      link.click();
      URL.revokeObjectURL(url);
    } catch (error) {
      toldProblem(error);
    }
    setBusy(false);
  };
  return (
    <Group>
      <Button
        variant="default"
        loading={isBusy}
        onClick={() => void save()}
        leftSection={<IconDownload size={17} aria-hidden />}
      >
        {t('export')}
      </Button>
    </Group>
  );
}
