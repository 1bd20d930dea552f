import { Badge, Card, Group, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { ProblemNote } from '../parts/problem-note.js';
import { reportQuery, type ReportQuery, saveReport } from './report-query.js';
import { SaveMenu } from './save-menu.js';
import classes from './analytics.module.css';

const SHOWN = 20;

/** What people asked and nobody could answer, those asked most often first. */
export function Questions({ query }: { query: ReportQuery }) {
  const { t } = useTranslation('analytics');
  const found = useQuery(reportQuery('questions', query));
  const rows = found.data?.data ?? [];
  const title = t('report.questions');
  return (
    <Card component="section" aria-label={title}>
      <Group justify="space-between" wrap="nowrap" align="flex-start" mb="sm">
        <div>
          <Title order={2}>{title}</Title>
          <Text size="sm" c="dimmed">
            {t('about.questions')}
          </Text>
        </div>
        <SaveMenu name={title} onSave={(format) => saveReport('questions', query, format)} />
      </Group>
      <ProblemNote error={found.error} />
      {found.isLoading && <Skeleton height={120} radius="md" />}
      {found.data && rows.length === 0 && <Text c="dimmed">{t('noQuestions')}</Text>}
      <Stack component="ol" gap={0} className={classes['questions']}>
        {rows.slice(0, SHOWN).map(({ group, group_name: words, values }) => (
          <li key={group}>
            <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
              {words ?? group}
            </Text>
            <Badge color="gray">{t('times', { count: values['times'] ?? 0 })}</Badge>
          </li>
        ))}
      </Stack>
    </Card>
  );
}
