import { Button, FileButton } from '@mantine/core';
import { IconRobot, IconUpload } from '@tabler/icons-react';
import { useMutation, type UseMutationResult, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Bot } from '#libs/model';
import { call } from '../api/call.js';
import { useMay } from '../api/session.js';
import { botsQuery } from '../channels/queries.js';
import { useFormats } from '../i18n/format.js';
import { ProblemNote } from '../parts/problem-note.js';
import { ThingList } from '../parts/thing-list.js';
import { bringIn } from './files/bring-in.js';

/** All bots. */
export function BotsScreen() {
  const { t } = useTranslation('bots');
  const { ago } = useFormats();
  const found = useQuery(botsQuery);
  const open = useOpen();
  const mayWrite = useMay('bots:write');
  const bring = useMutation<Bot, unknown, File>({ mutationFn: (file) => bringIn(file), onSuccess: open });
  const work = async (name: string) => {
    const greeting = [{ type: 'text', text: t('hello') }];
    const fallback = [{ type: 'text', text: t('sorry') }];
    const definition = { persona: { name }, greeting, fallback, fallback_hands_over: true };
    await open(await call<Bot>('POST', '/v1/bots', { body: { name, definition } }));
  };
  return (
    <ThingList
      title={t('title')}
      text={t('text')}
      icon={IconRobot}
      empty={{ title: t('empty'), text: t('emptyText') }}
      found={found}
      nameOf={({ name }) => name}
      factsOf={({ published_version: version, updated_at: at }) =>
        `${version === null ? t('unpublished') : t('version', { version })} · ${ago(at)}`
      }
      linkOf={({ id }, className, children) => (
        <Link to="/bots/$botId" params={{ botId: id }} className={className}>
          {children}
        </Link>
      )}
      actions={<BringIn bring={bring} />}
      note={<ProblemNote error={bring.error} />}
      make={mayWrite ? { label: t('add'), name: t('name'), go: t('make'), work } : null}
    />
  );
}

/** Goes to a bot that was just made. */
function useOpen(): (bot: Bot) => Promise<void> {
  const client = useQueryClient();
  const navigate = useNavigate();
  return async ({ id }) => {
    await client.invalidateQueries({ queryKey: ['/v1/bots'] });
    await navigate({ to: '/bots/$botId', params: { botId: id } });
  };
}

function BringIn({ bring }: { bring: UseMutationResult<Bot, unknown, File> }) {
  const { t } = useTranslation('authoring');
  return (
    <FileButton accept=".zip,application/zip" onChange={(file) => file && bring.mutate(file)}>
      {(props) => (
        <Button
          variant="default"
          leftSection={<IconUpload size={18} aria-hidden />}
          loading={bring.isPending}
          {...props}
        >
          {t('files.in')}
        </Button>
      )}
    </FileButton>
  );
}
