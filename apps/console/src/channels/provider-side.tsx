import { Alert, Anchor, Button, Card, Group, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Channel, ChannelConnection, InstallResult, OauthLink } from '#libs/model';
import { call } from '../api/call.js';
import { CopyField } from '../parts/copy-field.js';
import { ProblemNote } from '../parts/problem-note.js';
import { LinkAccount } from './link-account.js';

/** What is entered or done at the provider: the webhook address, a grant, a code to scan. */
export function ProviderSide(props: {
  channel: Channel;
  can: Readonly<Record<string, boolean>>;
  connection: ChannelConnection | null;
}) {
  const { channel, can, connection } = props;
  const { t } = useTranslation('channels');
  const isEmpty = channel.webhook_url === null && connection === null && !can['oauth'];
  if (isEmpty) return null;
  return (
    <>
      {connection && <LinkAccount channelId={channel.id} connection={connection} />}
      {(channel.webhook_url !== null || can['oauth']) && (
        <Card>
          <Stack>
            {channel.webhook_url !== null && (
              <CopyField label={t('address')} hint={t('addressHint')} value={channel.webhook_url} />
            )}
            {can['install'] && <Install channelId={channel.id} />}
            {can['oauth'] && <Oauth channelId={channel.id} />}
          </Stack>
        </Card>
      )}
    </>
  );
}

function Install({ channelId }: { channelId: string }) {
  const { t } = useTranslation('channels');
  const install = useMutation({
    mutationFn: () => call<InstallResult>('POST', `/v1/channels/${channelId}/install`),
  });
  return (
    <>
      <Group>
        <Button variant="light" loading={install.isPending} onClick={() => install.mutate()}>
          {t('install')}
        </Button>
      </Group>
      {install.data && <Alert>{install.data.done}</Alert>}
      <ProblemNote error={install.error} />
    </>
  );
}

function Oauth({ channelId }: { channelId: string }) {
  const { t } = useTranslation('channels');
  const begin = useMutation({
    mutationFn: () => call<OauthLink>('POST', `/v1/channels/${channelId}/oauth`),
  });
  return (
    <>
      {begin.data ? (
        <>
          <CopyField label={t('oauthHint')} value={begin.data.redirect_url} />
          <Text>
            <Anchor href={begin.data.url} target="_blank" rel="noreferrer">
              {t('oauthOpen')}
            </Anchor>
          </Text>
        </>
      ) : (
        <Group>
          <Button variant="light" loading={begin.isPending} onClick={() => begin.mutate()}>
            {t('oauth')}
          </Button>
        </Group>
      )}
      <ProblemNote error={begin.error} />
    </>
  );
}
