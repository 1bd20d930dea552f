import { Button, Group, Modal, SimpleGrid, Skeleton, Stack, Text, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPlus, IconRobot } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Bot } from '#libs/model';
import { call } from '../api/call.js';
import { useMay } from '../api/session.js';
import classes from '../channels/channels.module.css';
import { botsQuery } from '../channels/queries.js';
import { useFormats } from '../i18n/format.js';
import { Empty } from '../parts/empty.js';
import { Page } from '../parts/page.js';
import { ProblemNote } from '../parts/problem-note.js';

/** All bots. */
export function BotsScreen() {
  const { t } = useTranslation('bots');
  const { ago } = useFormats();
  const found = useQuery(botsQuery);
  const [isOpen, { open, close }] = useDisclosure(false);
  const add = useMay('bots:write') && (
    <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={open}>
      {t('add')}
    </Button>
  );
  return (
    <Page title={t('title')} text={t('text')} actions={found.data?.length ? add : null}>
      <ProblemNote error={found.error} onRetry={() => void found.refetch()} />
      {found.isLoading && <Skeleton height={120} radius="md" />}
      {found.data?.length === 0 && (
        <Empty icon={IconRobot} title={t('empty')} text={t('emptyText')} action={add} />
      )}
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }} spacing="sm">
        {found.data?.map((bot) => (
          <Link key={bot.id} to="/bots/$botId" params={{ botId: bot.id }} className={classes['card']}>
            <Group gap="sm" wrap="nowrap">
              <span className={classes['icon']}>
                <IconRobot size={22} stroke={1.6} aria-hidden />
              </span>
              <div className={classes['grow']}>
                <Text fw={600} className={classes['wrap']}>
                  {bot.name}
                </Text>
                <Text size="sm" c="dimmed">
                  {bot.published_version === null
                    ? t('unpublished')
                    : t('version', { version: bot.published_version })}{' '}
                  · {ago(bot.updated_at)}
                </Text>
              </div>
            </Group>
          </Link>
        ))}
      </SimpleGrid>
      <Modal opened={isOpen} onClose={close} title={t('add')}>
        <MakeBot />
      </Modal>
    </Page>
  );
}

function MakeBot() {
  const { t } = useTranslation('bots');
  const [name, setName] = useState('');
  const client = useQueryClient();
  const navigate = useNavigate();
  const make = useMutation({
    mutationFn: () =>
      call<Bot>('POST', '/v1/bots', {
        body: {
          name,
          definition: {
            persona: { name },
            greeting: [{ type: 'text', text: t('hello') }],
            fallback: [{ type: 'text', text: t('sorry') }],
            fallback_hands_over: true,
          },
        },
      }),
    onSuccess: async ({ id }) => {
      await client.invalidateQueries({ queryKey: ['/v1/bots'] });
      await navigate({ to: '/bots/$botId', params: { botId: id } });
    },
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        make.mutate();
      }}
    >
      <Stack>
        <TextInput
          label={t('name')}
          required
          data-autofocus
          maxLength={100}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <ProblemNote error={make.error} />
        <Group justify="flex-end">
          <Button type="submit" loading={make.isPending}>
            {t('make')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
