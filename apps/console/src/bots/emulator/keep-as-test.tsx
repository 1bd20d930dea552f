import { Button } from '@mantine/core';
import { IconTestPipe } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { told } from '../../parts/told.js';
import { conversationOf, freeTitle } from '../testing/conversation.js';
import { useTestSet } from '../testing/test-set.js';
import type { Turn } from './use-rehearsal.js';

/** Makes a test of what was rehearsed: the same answers are expected from now on. */
export function KeepAsTest({ botId, turns }: { botId: string; turns: readonly Turn[] }) {
  const { t } = useTranslation('authoring');
  const set = useTestSet(botId);
  const keep = () => {
    const first = turns[0]?.move;
    const title = freeTitle(
      [first?.says ?? first?.takes?.label ?? t('tests.newTitle')].flat()[0] ?? '',
      set.value ?? [],
    );
    set.change([...(set.value ?? []), conversationOf(turns, title)]);
    told(t('try.kept', { title }));
  };
  return (
    <Button
      size="xs"
      variant="light"
      leftSection={<IconTestPipe size={16} aria-hidden />}
      disabled={turns.length === 0 || set.value === null}
      onClick={keep}
    >
      {t('try.keep')}
    </Button>
  );
}
