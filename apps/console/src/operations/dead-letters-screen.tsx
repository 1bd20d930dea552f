import { Button, Card, Group, SegmentedControl, Select, Skeleton, Stack } from '@mantine/core';
import { IconMailCheck } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { DeadLetter } from '#libs/model';
import { useMay } from '../api/session.js';
import { usePages } from '../api/use-pages.js';
import { channelsQuery } from '../channels/queries.js';
import { Empty } from '../parts/empty.js';
import { MoreButton } from '../parts/more-button.js';
import { Page } from '../parts/page.js';
import { ProblemNote } from '../parts/problem-note.js';
import { DeadLetterRow } from './dead-letter-row.js';
import { ReplayMany } from './replay-many.js';

/** What was given up, why, and the way back: one by one, or many after a count. */
export function DeadLettersScreen() {
  const { t } = useTranslation('operations');
  const { kind = 'delivery' } = useSearch({ from: '/frame/operations/dead-letters' });
  const navigate = useNavigate();
  const [channel, setChannel] = useState<string | null>(null);
  const [isMany, setMany] = useState(false);
  const channels = useQuery({ ...channelsQuery, enabled: useMay('channels:read') });
  const mayReplay = useMay('messages:write');
  const pages = usePages<DeadLetter>('/v1/dead-letters', { kind }, 15_000);
  const shown = pages.items.filter(({ channel_id: id }) => channel === null || id === channel);
  const show = (next: string) =>
    void navigate({
      to: '/operations/dead-letters',
      search: next === 'inbox_event' ? { kind: next } : {},
      replace: true,
    });
  return (
    <Page
      title={t('dead.title')}
      text={t('dead.text')}
      actions={
        mayReplay && shown.length > 0 && <Button onClick={() => setMany(true)}>{t('dead.many')}</Button>
      }
    >
      <Group mb="lg">
        <SegmentedControl
          value={kind}
          onChange={show}
          aria-label={t('dead.what')}
          data={[
            { value: 'delivery', label: t('dead.delivery') },
            { value: 'inbox_event', label: t('dead.inbox_event') },
          ]}
        />
        <Select
          aria-label={t('dead.filter')}
          placeholder={t('dead.filter')}
          clearable
          data={(channels.data ?? []).map(({ id, name }) => ({ value: id, label: name }))}
          value={channel}
          onChange={setChannel}
        />
      </Group>
      <ProblemNote error={pages.error} onRetry={pages.again} />
      {pages.isLoading && <Skeleton height={160} radius="md" />}
      {!pages.isLoading && shown.length === 0 && !pages.error && (
        <Empty icon={IconMailCheck} title={t('dead.empty')} text={t('dead.emptyText')} />
      )}
      <Stack gap="sm">
        {shown.map((letter) => (
          <Card key={letter.id}>
            <DeadLetterRow
              letter={letter}
              channelName={channels.data?.find(({ id }) => id === letter.channel_id)?.name}
            />
          </Card>
        ))}
      </Stack>
      <MoreButton pages={pages} />
      <ReplayMany isOpen={isMany} onClose={() => setMany(false)} kind={kind} channels={channels.data ?? []} />
    </Page>
  );
}
