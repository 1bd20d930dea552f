import { Card, Stack, Text, Title } from '@mantine/core';
import { IconCircleCheckFilled, IconCircleDashed, IconCircleXFilled } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { ReactNode } from 'react';
import type { Channel, ChannelGlance } from '#libs/model';
import { useFormats } from '../i18n/format.js';
import { Said } from '../parts/said.js';
import classes from './channels.module.css';

interface Item {
  key: 'registered' | 'works' | 'linked' | 'heard' | 'bot' | 'answered';
  state: 'done' | 'waiting' | 'bad';
  note?: ReactNode;
}

/** What a channel needs to work, item by item: each turns green by itself when it is so. */
export function Checklist(props: {
  channel: Channel;
  can: Readonly<Record<string, boolean>>;
  glance: ChannelGlance | null;
}) {
  const { t } = useTranslation('channels');
  const { ago } = useFormats();
  const items = itemsOf(props, ago);
  return (
    <Card>
      <Title order={2} mb="md">
        {t('check.title')}
      </Title>
      <div role="status">
        <Stack gap="sm" component="ul" m={0} p={0} style={{ listStyle: 'none' }}>
          {items.map(({ key, state, note }) => (
            <li
              key={key}
              className={classes['check']}
              data-done={state === 'done' || undefined}
              data-bad={state === 'bad' || undefined}
            >
              <Mark state={state} />
              <div>
                <Text size="sm" fw={540}>
                  {t(`check.${key}`)}
                </Text>
                <Text size="sm" c="dimmed" className={classes['wrap']}>
                  {note ?? (state === 'waiting' ? t('check.waiting') : '')}
                </Text>
              </div>
            </li>
          ))}
        </Stack>
      </div>
    </Card>
  );
}

function Mark({ state }: Pick<Item, 'state'>) {
  if (state === 'done') return <IconCircleCheckFilled size={20} aria-hidden />;
  return state === 'bad' ? (
    <IconCircleXFilled size={20} aria-hidden />
  ) : (
    <IconCircleDashed size={20} aria-hidden />
  );
}

function itemsOf(
  { channel, can, glance }: Parameters<typeof Checklist>[0],
  ago: (instant: string) => string,
): Item[] {
  const { health, bot_id: botId, created_at: createdAt } = channel;
  const isBad = health.state === 'down' || health.state === 'degraded';
  const when = (instant: string | null | undefined) => (instant ? ago(instant) : undefined);
  const stateOf = (isDone: boolean): Item['state'] => (isDone ? 'done' : 'waiting');
  const connection = glance?.connection;
  const isOpen = connection?.state === 'open' || connection?.state === 'degraded';
  return [
    { key: 'registered', state: 'done', note: ago(createdAt) },
    {
      key: 'works',
      state: isBad ? 'bad' : stateOf(health.state === 'healthy'),
      note: health.state === 'unknown' ? undefined : <Said>{health.reason}</Said>,
    },
    ...(connection
      ? [{ key: 'linked', state: stateOf(isOpen), note: <Said>{connection.reason}</Said> } as const]
      : []),
    { key: 'bot', state: stateOf(botId !== null) },
    ...(can['webhook'] || connection || can['visitors']
      ? [
          {
            key: 'heard',
            state: stateOf(Boolean(glance?.last_received_at)),
            note: when(glance?.last_received_at),
          } as const,
        ]
      : []),
    { key: 'answered', state: stateOf(Boolean(glance?.last_sent_at)), note: when(glance?.last_sent_at) },
  ];
}
