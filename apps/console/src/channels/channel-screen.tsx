import { Button, Skeleton, Tabs } from '@mantine/core';
import { IconPlayerPause, IconPlayerPlay, IconStethoscope } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Channel, ChannelCheck } from '#libs/model';
import { call } from '../api/call.js';
import { useMay } from '../api/session.js';
import { lightOf } from '../home/attention.js';
import { Light } from '../parts/light.js';
import { Page } from '../parts/page.js';
import { Said } from '../parts/said.js';
import { ProblemNote } from '../parts/problem-note.js';
import { toldProblem } from '../parts/told.js';
import { Activity } from './activity.js';
import { Overview } from './overview.js';
import { channelQuery, kindsQuery } from './queries.js';
import { ChannelSettings } from './channel-settings.js';
import { useGlance } from './use-glance.js';

/** One channel: whether it works, what to do next, what happened, and its settings. */
export function ChannelScreen() {
  const { t } = useTranslation('channels');
  const { channelId } = useParams({ from: '/frame/channels/$channelId' });
  const { tab = 'overview' } = useSearch({ from: '/frame/channels/$channelId' });
  const navigate = useNavigate();
  const found = useQuery(channelQuery(channelId));
  const kinds = useQuery(kindsQuery);
  const glance = useGlance(channelId);
  const channel = found.data;
  const kind = kinds.data?.find(({ connector }) => connector === channel?.connector);
  if (!channel) {
    return (
      <Page title={t('title')}>
        <ProblemNote error={found.error} onRetry={() => void found.refetch()} />
        {found.isLoading && <Skeleton height={240} radius="md" />}
      </Page>
    );
  }
  const show = (next: string | null) =>
    void navigate({
      to: '/channels/$channelId',
      params: { channelId },
      search: next === 'activity' || next === 'settings' ? { tab: next } : {},
      replace: true,
    });
  return (
    <Page
      title={channel.name}
      before={<Light state={lightOf(channel)} />}
      text={
        <>
          <Said>{kind?.label ?? channel.connector}</Said> · <Said>{channel.health.reason}</Said>
        </>
      }
      actions={<Actions channel={channel} />}
    >
      <Tabs value={tab} onChange={show} keepMounted={false}>
        <Tabs.List mb="lg">
          <Tabs.Tab value="overview">{t('tabs.overview')}</Tabs.Tab>
          <Tabs.Tab value="activity">{t('tabs.activity')}</Tabs.Tab>
          <Tabs.Tab value="settings">{t('tabs.settings')}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="overview">
          <Overview channel={channel} kind={kind} glance={glance} />
        </Tabs.Panel>
        <Tabs.Panel value="activity">
          <Activity channelId={channelId} />
        </Tabs.Panel>
        <Tabs.Panel value="settings">
          {kind && <ChannelSettings key={channel.id} channel={channel} kind={kind} />}
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}

function Actions({ channel }: { channel: Channel }) {
  const { t } = useTranslation('channels');
  const isPaused = channel.state === 'paused';
  const toggle = useChange<Channel>(channel.id, isPaused ? 'resume' : 'pause', (changed) => changed);
  const check = useChange<ChannelCheck>(channel.id, 'check', ({ channel: checked }) => checked);
  if (!useMay('channels:write')) return null;
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconStethoscope size={18} aria-hidden />}
        loading={check.isPending}
        onClick={() => check.mutate()}
      >
        {t('check.now')}
      </Button>
      <Button
        variant={isPaused ? 'filled' : 'default'}
        leftSection={
          isPaused ? <IconPlayerPlay size={18} aria-hidden /> : <IconPlayerPause size={18} aria-hidden />
        }
        loading={toggle.isPending}
        onClick={() => toggle.mutate()}
      >
        {isPaused ? t('resume') : t('pause')}
      </Button>
    </>
  );
}

function useChange<Answer>(id: string, verb: string, channelIn: (answer: Answer) => Channel) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => call<Answer>('POST', `/v1/channels/${id}/${verb}`),
    onSuccess: (answer) => {
      client.setQueryData([`/v1/channels/${id}`], channelIn(answer));
      void client.invalidateQueries({ queryKey: ['/v1/channels'] });
    },
    onError: toldProblem,
  });
}
