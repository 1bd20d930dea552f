import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { BotTests, TestConversation } from '#libs/model';
import { OvertakenNote } from '../../parts/overtaken-note.js';
import { ProblemNote } from '../../parts/problem-note.js';
import type { KeptDocument } from '../../parts/use-kept-document.js';

/** Whether the server has the test set as it is on the screen, and what to do where it has not. */
export function TestsNote({ set }: { set: KeptDocument<TestConversation[], BotTests> }) {
  const { t } = useTranslation('authoring');
  const { keeping, error, keeper, takeTheirs } = set;
  if (keeping === 'kept') return null;
  if (keeping === 'waiting') {
    return (
      <Text size="sm" c="dimmed" role="status">
        {t('draft.waiting')}
      </Text>
    );
  }
  if (keeping !== 'overtaken') return <ProblemNote error={error} onRetry={() => void keeper.flush()} />;
  return <OvertakenNote onTheirs={() => void takeTheirs()} onMine={() => void keeper.insist()} />;
}
