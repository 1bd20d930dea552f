import { Alert, Text } from '@mantine/core';
import { IconCircleCheckFilled, IconCircleDashed, IconCircleXFilled } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { TestReport } from '#libs/model';
import { useFormats } from '../../i18n/format.js';

/** How a run came out, in a sentence. */
export function RunSummary({ report }: { report: TestReport }) {
  const { t } = useTranslation('authoring');
  const { percent } = useFormats();
  const { passed, failed, score, rules } = report;
  const wrong = rules.filter((one) => !one.passed);
  return (
    <div role="status">
      <Alert color={failed === 0 ? 'green' : 'red'}>
        <Text size="sm" fw={600}>
          {failed === 0
            ? t('tests.allPassed', { count: passed })
            : t('tests.someFailed', { failed, all: passed + failed })}{' '}
          {t('tests.score', { score: percent(score) })}
        </Text>
        {wrong.map(({ rule, index, answered_by: by }) => (
          <Text key={`${rule} ${index}`} size="sm">
            {t('tests.ruleWrong', { rule, example: index + 1, who: by ?? t('tests.nobody') })}
          </Text>
        ))}
      </Alert>
    </div>
  );
}

/** A light for one conversation: it passed, it failed, or nobody knows. */
export function StateIcon({ passed }: { passed: boolean | undefined }) {
  const { t } = useTranslation('authoring');
  if (passed === undefined) {
    return <IconCircleDashed size={18} color="var(--idle)" aria-label={t('tests.notRun')} />;
  }
  return passed ? (
    <IconCircleCheckFilled size={18} color="var(--good)" aria-label={t('tests.passed')} />
  ) : (
    <IconCircleXFilled size={18} color="var(--bad)" aria-label={t('tests.failed')} />
  );
}
