import { Button, Card, Group, Select, Skeleton, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Bot, BotVersion, RunningConversations } from '#libs/model';
import { call } from '../../api/call.js';
import { usePages } from '../../api/use-pages.js';
import { MoreButton } from '../../parts/more-button.js';
import { ProblemNote } from '../../parts/problem-note.js';
import type { PartProps } from '../part-props.js';
import { Comparison } from './comparison.js';
import { VersionRow } from './version-row.js';
import classes from './versions.module.css';

/** Every version: who published it, when and why; what differs, and the way back. */
export function Versions({ botId, draft }: PartProps) {
  const { t } = useTranslation('authoring');
  const found = usePages<BotVersion>(`/v1/bots/${botId}/versions`, { order: 'desc' });
  const [pair, setPair] = useState<{ from: string; to: string } | null>(null);
  return (
    <Stack gap="lg">
      {draft.isChanged && (
        <Card padding="sm">
          <Group justify="space-between">
            <Text size="sm">{t('versions.draft')}</Text>
            <Button size="xs" variant="default" onClick={() => setPair({ from: 'published', to: 'draft' })}>
              {t('versions.whatDraft')}
            </Button>
          </Group>
        </Card>
      )}
      {pair && (
        <Comparison
          key={`${pair.from}-${pair.to}`}
          botId={botId}
          pair={pair}
          versions={found.items}
          onChange={setPair}
          onClose={() => setPair(null)}
        />
      )}
      <ProblemNote error={found.error} onRetry={found.again} />
      {found.isLoading && <Skeleton height={160} radius="md" />}
      <ol className={classes['list']}>
        {found.items.map((version) => (
          <VersionRow
            key={version.version}
            botId={botId}
            version={version}
            mayWrite={draft.mayWrite}
            onCompare={(from) => setPair({ from: String(from), to: String(version.version) })}
          />
        ))}
      </ol>
      <MoreButton pages={found} />
      {draft.bot && <Running bot={draft.bot} mayWrite={draft.mayWrite} />}
    </Stack>
  );
}

/** What happens to conversations that are under way when another version is published. */
function Running({ bot, mayWrite }: { bot: Bot; mayWrite: boolean }) {
  const { t } = useTranslation('authoring');
  const client = useQueryClient();
  const set = useMutation({
    mutationFn: (how: string | null) =>
      call<Bot>('PATCH', `/v1/bots/${bot.id}`, { body: { running_conversations: how } }),
    onSuccess: (next) => client.setQueryData([`/v1/bots/${bot.id}`], next),
  });
  const ways: RunningConversations[] = ['move', 'finish'];
  return (
    <Card>
      <Select
        label={t('versions.running')}
        data={ways.map((way) => ({ value: way, label: t(`versions.${way}`) }))}
        value={bot.running_conversations}
        allowDeselect={false}
        disabled={!mayWrite}
        maw={560}
        onChange={(how) => set.mutate(how)}
      />
      <ProblemNote error={set.error} />
    </Card>
  );
}
