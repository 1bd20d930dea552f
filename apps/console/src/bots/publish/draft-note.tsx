import { Alert, Group, Stack, Text } from '@mantine/core';
import { IconCircleCheck } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useFormats } from '../../i18n/format.js';
import { useActorNames } from '../../parts/actor.js';
import { OvertakenNote } from '../../parts/overtaken-note.js';
import { ProblemNote } from '../../parts/problem-note.js';
import type { BotDraft } from '../draft.js';
import classes from './publish.module.css';

/** How far the draft is from what answers, and whether the server has it. */
export function DraftNote({ draft }: { draft: BotDraft }) {
  const { t } = useTranslation('bots');
  return (
    <div role="status">
      <Stack gap="xs">
        {draft.isPublished && (
          <Alert color="green" icon={<IconCircleCheck size={20} aria-hidden />}>
            {t('published')}
          </Alert>
        )}
        {draft.isChanged && (
          <div className={classes['note']} data-wrong={draft.problems.length > 0 || undefined}>
            <Text size="sm">
              {t('changed')} <Kept draft={draft} />
            </Text>
            {draft.newer !== null && <Text size="sm">{t('behind', { version: draft.newer })}</Text>}
            <Problems draft={draft} />
          </div>
        )}
        {draft.keeping === 'overtaken' && (
          <OvertakenNote onTheirs={() => void draft.takeTheirs()} onMine={() => void draft.insist()} />
        )}
        {draft.keeping === 'lost' && (
          <ProblemNote error={draft.keepingError} onRetry={() => void draft.store()} />
        )}
      </Stack>
    </div>
  );
}

function Kept({ draft }: { draft: BotDraft }) {
  const { t } = useTranslation('authoring');
  const { ago } = useFormats();
  const nameOf = useActorNames();
  const { keeping, savedAt, savedBy } = draft;
  if (keeping === 'waiting') return t('draft.waiting');
  if (keeping !== 'kept') return t('draft.here');
  return savedAt === null ? null : t('draft.saved', { when: ago(savedAt), who: nameOf(savedBy) });
}

function Problems({ draft: { problems } }: { draft: BotDraft }) {
  const { t } = useTranslation('bots');
  if (problems.length === 0) return null;
  return (
    <>
      <Text size="sm" fw={600} mt={4}>
        {t('problems', { count: problems.length })}
      </Text>
      {problems.slice(0, 8).map(({ pointer, message }) => (
        <Group key={pointer + message} gap={6}>
          <code>{pointer}</code>
          <Text size="sm">{message}</Text>
        </Group>
      ))}
    </>
  );
}
