import { Badge, Card, Group, Skeleton, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { BotProposal } from '#libs/model';
import { usePages } from '../../api/use-pages.js';
import { useFormats } from '../../i18n/format.js';
import { useActorNames } from '../../parts/actor.js';
import { MoreButton } from '../../parts/more-button.js';
import { ProblemNote } from '../../parts/problem-note.js';
import classes from '../versions/versions.module.css';

/** What was approved and what was put aside, by whom and when. */
export function Decided({ botId }: { botId: string }) {
  return (
    <Stack gap="lg">
      <Part botId={botId} state="approved" />
      <Part botId={botId} state="dismissed" />
    </Stack>
  );
}

function Part({ botId, state }: { botId: string; state: 'approved' | 'dismissed' }) {
  const { t } = useTranslation('authoring');
  const { ago } = useFormats();
  const nameOf = useActorNames();
  const pages = usePages<BotProposal>('/v1/bot-proposals', { bot_id: botId, state });
  return (
    <section aria-label={t(`learn.state.${state}`)}>
      <Group mb="xs">
        <Badge color={state === 'approved' ? 'green' : 'gray'}>{t(`learn.state.${state}`)}</Badge>
      </Group>
      <ProblemNote error={pages.error} onRetry={pages.again} />
      {pages.isLoading && <Skeleton height={60} radius="md" />}
      {!pages.isLoading && pages.items.length === 0 && <Text c="dimmed">{t('learn.none')}</Text>}
      <ul className={classes['list']}>
        {pages.items.map(({ id, text, answer, intent_id: intent, decided_by: by, decided_at: at }) => (
          <Card key={id} component="li" padding="sm">
            <Text size="sm" fw={560}>
              {text}
            </Text>
            {(answer ?? intent) !== null && (
              <Text size="sm">{answer ?? t('learn.asIntent', { intent: intent ?? '' })}</Text>
            )}
            <Text size="sm" c="dimmed">
              {nameOf(by)}
              {at !== null && ` · ${ago(at)}`}
            </Text>
          </Card>
        ))}
      </ul>
      <MoreButton pages={pages} />
    </section>
  );
}
