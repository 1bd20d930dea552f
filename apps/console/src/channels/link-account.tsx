import { Anchor, Button, Card, Group, Text, Title } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ChannelConnection } from '#libs/model';
import { call } from '../api/call.js';
import { Light, type LightState } from '../parts/light.js';
import { QrCode } from '../parts/qr-code.js';
import { Said } from '../parts/said.js';
import { toldProblem } from '../parts/told.js';
import classes from './channels.module.css';

const lights: Record<ChannelConnection['state'], LightState> = {
  connecting: 'unknown',
  'needs-person': 'warn',
  open: 'good',
  degraded: 'warn',
  down: 'bad',
  closed: 'idle',
};

/** The held connection of a channel: how it is, and the code that a person scans or types while there is one. */
export function LinkAccount({ channelId, connection }: { channelId: string; connection: ChannelConnection }) {
  const { t } = useTranslation('channels');
  const again = useMutation({
    mutationFn: () => call('POST', `/v1/channels/${channelId}/connection/reconnect`),
    onError: toldProblem,
  });
  return (
    <Card>
      <Group justify="space-between" mb="sm">
        <Title order={2}>{t('link.title')}</Title>
        <Light state={lights[connection.state]} label={t(`link.state.${connection.state}`)} />
      </Group>
      <Text size="sm" c="dimmed" mb="md">
        <Said>{connection.reason}</Said>
      </Text>
      {connection.set_up && <SetUp setUp={connection.set_up} />}
      {(connection.state === 'down' || connection.state === 'closed') && (
        <Button variant="light" loading={again.isPending} onClick={() => again.mutate()}>
          {t('link.again')}
        </Button>
      )}
    </Card>
  );
}

function SetUp({ setUp }: { setUp: NonNullable<ChannelConnection['set_up']> }) {
  const { t } = useTranslation('channels');
  const { kind, value, expires_at: expiresAt } = setUp;
  return (
    <div className={classes['qr']}>
      {kind === 'qr' && <QrCode value={value} label={t('link.qr')} />}
      {kind === 'qr' && <Text>{t('link.scan')}</Text>}
      {kind === 'code' && (
        <>
          <Text>{t('link.code')}</Text>
          <output className={classes['code']}>{value}</output>
        </>
      )}
      {kind === 'link' && value.startsWith('https://') && (
        <Anchor href={value} target="_blank" rel="noreferrer">
          {t('link.open')}
        </Anchor>
      )}
      {expiresAt !== null && <Countdown until={expiresAt} />}
    </div>
  );
}

function Countdown({ until }: { until: string }) {
  const { t } = useTranslation('channels');
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  const seconds = Math.max(0, Math.ceil((new Date(until).getTime() - now) / 1_000));
  return (
    <Text size="sm" c="dimmed">
      {seconds > 0 ? t('link.left', { seconds }) : t('link.wait')}
    </Text>
  );
}
