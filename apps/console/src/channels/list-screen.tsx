import { Button, Group, SimpleGrid, Skeleton, Text } from '@mantine/core';
import { IconPlugConnected, IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Channel } from '#libs/model';
import { useMay } from '../api/session.js';
import { lightOf } from '../home/attention.js';
import { useFormats } from '../i18n/format.js';
import { Empty } from '../parts/empty.js';
import { Light } from '../parts/light.js';
import { Page } from '../parts/page.js';
import { ProblemNote } from '../parts/problem-note.js';
import { Said } from '../parts/said.js';
import { ConnectorIcon } from './connector-icons.js';
import { botsQuery, channelsQuery, kindsQuery } from './queries.js';
import classes from './channels.module.css';

/** All channels with their lights. */
export function ListScreen() {
  const { t } = useTranslation('channels');
  const mayWrite = useMay('channels:write');
  const found = useQuery({ ...channelsQuery, refetchInterval: 15_000 });
  const add = mayWrite && (
    <Button component={Link} to="/channels/new" leftSection={<IconPlus size={18} aria-hidden />}>
      {t('add')}
    </Button>
  );
  return (
    <Page title={t('title')} text={t('text')} actions={found.data?.length ? add : null}>
      <ProblemNote error={found.error} onRetry={() => void found.refetch()} />
      {found.isLoading && <Skeleton height={120} radius="md" />}
      {found.data?.length === 0 && (
        <Empty icon={IconPlugConnected} title={t('empty')} text={t('emptyText')} action={add} />
      )}
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }} spacing="sm">
        {found.data?.map((channel) => (
          <ChannelCard key={channel.id} channel={channel} />
        ))}
      </SimpleGrid>
    </Page>
  );
}

function ChannelCard({ channel }: { channel: Channel }) {
  const { t } = useTranslation('channels');
  const { ago } = useFormats();
  const bots = useQuery({ ...botsQuery, enabled: useMay('bots:read') });
  const bot = bots.data?.find(({ id }) => id === channel.bot_id);
  const kinds = useQuery(kindsQuery);
  const light = lightOf(channel);
  return (
    <Link to="/channels/$channelId" params={{ channelId: channel.id }} className={classes['card']}>
      <Group gap="sm" wrap="nowrap" align="flex-start">
        <span className={classes['icon']}>
          <ConnectorIcon connector={channel.connector} />
        </span>
        <div className={classes['grow']}>
          <Text fw={600} className={classes['wrap']}>
            {channel.name}
          </Text>
          <Text size="sm" c="dimmed">
            <Said>
              {kinds.data?.find(({ connector }) => connector === channel.connector)?.label ??
                channel.connector}
            </Said>
          </Text>
        </div>
        <Light state={light} />
      </Group>
      <Text size="sm" mt="sm" lineClamp={2}>
        <Said>{channel.health.reason}</Said>
      </Text>
      <Text size="sm" c="dimmed" mt={4}>
        {bot?.name ?? (channel.bot_id === null ? t('noBot') : '')} · {ago(channel.health.since)}
      </Text>
    </Link>
  );
}
