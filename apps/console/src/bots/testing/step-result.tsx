import { Button, Collapse, Group, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconCircleCheckFilled, IconCircleXFilled } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { TestedConversation } from '#libs/model';
import { Trace } from '../../parts/trace.js';
import classes from './testing.module.css';

/** What the bot answered in a step, what of it was not as expected, and why it answered so. */
export function StepResult({ result }: { result: TestedConversation['steps'][number] | undefined }) {
  const { t } = useTranslation('authoring');
  const [isOpen, { toggle }] = useDisclosure(false);
  if (!result) {
    return (
      <div className={classes['result']}>
        <Text size="sm" c="dimmed">
          {t('tests.notRun')}
        </Text>
      </div>
    );
  }
  const { replies, answered_by: by, problems, trace } = result;
  const isFine = problems.length === 0;
  const Icon = isFine ? IconCircleCheckFilled : IconCircleXFilled;
  return (
    <div className={classes['result']} data-failed={!isFine || undefined}>
      <Stack gap="xs">
        <Group gap={6}>
          <Icon size={16} aria-hidden style={{ color: isFine ? 'var(--good)' : 'var(--bad)' }} />
          <Text size="sm" fw={600}>
            {t(isFine ? 'tests.asExpected' : 'tests.notAsExpected')}
          </Text>
        </Group>
        {problems.map((problem) => (
          <Text key={problem} size="sm" c="var(--bad)" className={classes['words'] ?? ''}>
            {problem}
          </Text>
        ))}
        <Text size="xs" c="dimmed">
          {t('tests.answered', { who: by ?? t('tests.nobody') })}
        </Text>
        {replies.length === 0 && <Text size="sm">{t('tests.silence')}</Text>}
        {replies.map((reply, at) => (
          <Text key={at} size="sm" className={classes['words'] ?? ''}>
            {reply}
          </Text>
        ))}
        <div>
          <Button size="compact-xs" variant="subtle" aria-expanded={isOpen} onClick={toggle}>
            {t('tests.why')}
          </Button>
        </div>
        <Collapse expanded={isOpen}>{isOpen && <Trace steps={trace} />}</Collapse>
      </Stack>
    </div>
  );
}
