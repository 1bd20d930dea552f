import { Button, Group, Skeleton, Stack, Stepper, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Bot, Channel } from '#libs/model';
import { call } from '../api/call.js';
import { botsQuery, channelsQuery } from '../channels/queries.js';
import { Page } from '../parts/page.js';
import { ProblemNote } from '../parts/problem-note.js';
import { SandboxChat } from '../parts/sandbox-chat.js';

/** The rest of the first run: a first channel, and a talk with the bot on it. No account anywhere is needed. */
export function WelcomeScreen() {
  const { t } = useTranslation('access');
  const channels = useQuery(channelsQuery);
  const chat = channels.data?.find(({ connector, bot_id: bot }) => connector === 'web' && bot !== null);
  return (
    <Page title={t('setUp.title')} text={t('setUp.text')}>
      <Stack gap="xl" maw={640}>
        <Stepper active={chat ? 2 : 1} size="sm">
          <Stepper.Step label={t('setUp.steps.owner')} />
          <Stepper.Step label={t('setUp.steps.channel')} />
          <Stepper.Step label={t('setUp.steps.try')} />
        </Stepper>
        <ProblemNote error={channels.error} onRetry={() => void channels.refetch()} />
        {channels.isLoading && <Skeleton height={240} radius="md" />}
        {channels.data && (chat ? <Try channelId={chat.id} /> : <FirstChannel />)}
      </Stack>
    </Page>
  );
}

function FirstChannel() {
  const { t } = useTranslation(['access', 'bots']);
  const client = useQueryClient();
  const [name, setName] = useState<string>(t('setUp.channelDefault'));
  const bots = useQuery(botsQuery);
  const start = useMutation({
    mutationFn: async () => {
      const bot = bots.data?.[0] ?? (await makeBot(name, t('bots:hello'), t('bots:sorry')));
      return call<Channel>('POST', '/v1/channels', { body: { connector: 'web', name, bot_id: bot.id } });
    },
    onSuccess: () => client.invalidateQueries({ queryKey: ['/v1/channels'] }),
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        start.mutate();
      }}
    >
      <Stack>
        <div>
          <Text fw={600}>{t('setUp.channelTitle')}</Text>
          <Text c="dimmed">{t('setUp.channelText')}</Text>
        </div>
        <TextInput
          label={t('setUp.channelName')}
          required
          maxLength={100}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <ProblemNote error={start.error} />
        <Group>
          <Button type="submit" loading={start.isPending || bots.isLoading}>
            {t('setUp.startWeb')}
          </Button>
          <Button component={Link} to="/channels/new" variant="default">
            {t('setUp.otherChannel')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function Try({ channelId }: { channelId: string }) {
  const { t } = useTranslation('access');
  return (
    <Stack>
      <div>
        <Text fw={600}>{t('setUp.tryTitle')}</Text>
        <Text c="dimmed">{t('setUp.tryText')}</Text>
      </div>
      <SandboxChat channelId={channelId} />
      <Group>
        <Button component={Link} to="/">
          {t('setUp.finish')}
        </Button>
      </Group>
    </Stack>
  );
}

/** A bot that greets, and hands over what it does not know. */
function makeBot(name: string, hello: string, sorry: string): Promise<Bot> {
  const definition = {
    persona: { name },
    greeting: [{ type: 'text', text: hello }],
    fallback: [{ type: 'text', text: sorry }],
    fallback_hands_over: true,
  };
  return call<Bot>('POST', '/v1/bots', { body: { name, definition } });
}
