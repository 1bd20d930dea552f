import { Badge, Button, Card, Group, Stack, Text, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Bot, BotVersion } from '#libs/model';
import { call } from '../../api/call.js';
import { useFormats } from '../../i18n/format.js';
import { useActorNames } from '../../parts/actor.js';
import { AskFirst } from '../../parts/ask-first.js';
import { told } from '../../parts/told.js';

/** One version in the list. */
export function VersionRow(props: {
  botId: string;
  version: BotVersion;
  mayWrite: boolean;
  onCompare: (from: number) => void;
}) {
  const { botId, version: one, mayWrite, onCompare } = props;
  const { t } = useTranslation('authoring');
  const { moment, ago } = useFormats();
  const nameOf = useActorNames();
  return (
    <Card component="li" padding="sm">
      <Group justify="space-between" align="flex-start" gap="sm">
        <Stack gap={4} style={{ flex: '1 1 16rem', minWidth: 0, overflowWrap: 'anywhere' }}>
          <Group gap="xs">
            <Text fw={640}>{t('versions.name', { version: one.version })}</Text>
            {one.is_published && <Badge color="green">{t('versions.answers')}</Badge>}
            <TestsBadge version={one} />
          </Group>
          {one.note !== null && <Text size="sm">{one.note}</Text>}
          {one.from_version !== null && (
            <Text size="sm">{t('versions.from', { version: one.from_version })}</Text>
          )}
          {one.forced_reason !== null && (
            <Text size="sm" c="var(--warn)">
              {t('versions.forced', { reason: one.forced_reason })}
            </Text>
          )}
          <Text size="sm" c="dimmed" title={moment(one.created_at)}>
            {nameOf(one.created_by)} · {ago(one.created_at)}
          </Text>
        </Stack>
        <Group gap="xs">
          {one.version > 1 && (
            <Button
              size="xs"
              variant="default"
              aria-label={`${t('versions.what')}: ${t('versions.name', { version: one.version })}`}
              onClick={() => onCompare(one.version - 1)}
            >
              {t('versions.what')}
            </Button>
          )}
          {mayWrite && !one.is_published && <RollBack botId={botId} version={one.version} />}
        </Group>
      </Group>
    </Card>
  );
}

function TestsBadge({ version: { tests } }: { version: BotVersion }) {
  const { t } = useTranslation('authoring');
  if (!tests) return null;
  const { passed, failed } = tests;
  return failed === 0 ? (
    <Badge color="green" variant="outline">
      {t('versions.passed', { count: passed })}
    </Badge>
  ) : (
    <Badge color="red" variant="outline">
      {t('versions.failed', { failed, all: passed + failed })}
    </Badge>
  );
}

function RollBack({ botId, version }: { botId: string; version: number }) {
  const { t } = useTranslation('authoring');
  const client = useQueryClient();
  const [note, setNote] = useState('');
  const work = async () => {
    const body = { version, ...(note.trim() !== '' && { note: note.trim() }) };
    client.setQueryData(
      [`/v1/bots/${botId}`],
      await call<Bot>('POST', `/v1/bots/${botId}/rollback`, { body }),
    );
    await client.invalidateQueries({
      predicate: ({ queryKey: [key] }) => String(key).startsWith('/v1/bots'),
    });
    told(t('versions.rolledBack', { version }));
  };
  return (
    <AskFirst
      size="xs"
      variant="default"
      label={t('versions.rollBack')}
      text={t('versions.rollBackText', { version })}
      work={work}
      extra={
        <TextInput
          label={t('publish.note')}
          maxLength={500}
          value={note}
          onChange={(event) => setNote(event.currentTarget.value)}
        />
      }
    />
  );
}
