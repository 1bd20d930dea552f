import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { IconCircleCheck, IconUpload } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { AskFirst } from '../parts/ask-first.js';
import { ProblemNote } from '../parts/problem-note.js';
import type { BotDraft } from './draft.js';

/** Publishing, and throwing changes away. */
export function PublishButtons({ draft }: { draft: BotDraft }) {
  const { t } = useTranslation('bots');
  if (!draft.mayWrite) return null;
  return (
    <>
      {draft.isChanged && (
        <AskFirst
          label={t('discard')}
          text={t('discardText')}
          variant="default"
          color="red"
          work={() => Promise.resolve(draft.discard())}
        />
      )}
      <Button
        leftSection={<IconUpload size={18} aria-hidden />}
        disabled={!draft.isChanged || draft.problems.length > 0}
        loading={draft.publish.isPending}
        onClick={draft.publish.run}
      >
        {t('publish')}
      </Button>
    </>
  );
}

/** How far the draft is from what answers. */
export function DraftNote({ draft }: { draft: BotDraft }) {
  const { t } = useTranslation('bots');
  return (
    <div role="status">
      <Stack gap="xs">
        {draft.publish.isDone && (
          <Alert color="green" icon={<IconCircleCheck size={20} aria-hidden />}>
            {t('published')}
          </Alert>
        )}
        {draft.isChanged && (
          <Alert color={draft.problems.length > 0 ? 'red' : 'yellow'}>
            <Text size="sm">{t('changed')}</Text>
            {draft.newer !== null && <Text size="sm">{t('behind', { version: draft.newer })}</Text>}
            {draft.problems.length > 0 && (
              <>
                <Text size="sm" fw={600} mt={4}>
                  {t('problems', { count: draft.problems.length })}
                </Text>
                {draft.problems.slice(0, 8).map(({ pointer, message }) => (
                  <Group key={pointer + message} gap={6}>
                    <code>{pointer}</code>
                    <Text size="sm">{message}</Text>
                  </Group>
                ))}
              </>
            )}
          </Alert>
        )}
        <ProblemNote error={draft.publish.error} />
      </Stack>
    </div>
  );
}
