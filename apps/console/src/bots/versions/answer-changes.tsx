import { Badge, Group, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { AnswerChange, BotTestRun } from '#libs/model';
import { useFormats } from '../../i18n/format.js';
import classes from './versions.module.css';

/** What two versions answer differently to the test set, and how both came out. */
export function AnswerChanges({ run: { report, compared } }: { run: BotTestRun }) {
  const { t } = useTranslation('authoring');
  const { percent } = useFormats();
  if (!compared) return null;
  return (
    <Stack gap="sm" role="status">
      <Text size="sm">
        {t('versions.scores', { before: percent(compared.report.score), after: percent(report.score) })}
      </Text>
      {compared.changes.length === 0 && <Text c="dimmed">{t('versions.sameAnswers')}</Text>}
      {compared.changes.map((change) => (
        <Turn key={`${change.title} ${change.step}`} change={change} />
      ))}
    </Stack>
  );
}

function Turn({ change }: { change: AnswerChange }) {
  const { t } = useTranslation('authoring');
  return (
    <div>
      <Text size="sm" fw={600} mb={4}>
        {t('versions.turn', { title: change.title, step: change.step + 1 })}
      </Text>
      <div className={classes['sides']}>
        {(['before', 'after'] as const).map((side) => (
          <div key={side} className={classes['side']}>
            <Group gap="xs" mb={4}>
              <Text size="xs" c="dimmed">
                {t(`versions.${side}`)} · {change.answered_by[side] ?? t('tests.nobody')}
              </Text>
              <Badge size="xs" color={change.passed[side] ? 'green' : 'red'}>
                {t(change.passed[side] ? 'tests.passed' : 'tests.failed')}
              </Badge>
            </Group>
            {change[side].length === 0 && <em>{t('tests.silence')}</em>}
            {change[side].map((text, at) => (
              <div key={at}>{text}</div>
            ))}
          </div>
        ))}
      </div>
    </div>
  );
}
