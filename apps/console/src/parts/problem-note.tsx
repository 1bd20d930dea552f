import { Alert, Anchor, Button, Group, Text } from '@mantine/core';
import { IconAlertTriangle, IconPlugConnectedX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { Problem } from '../api/problem.js';

/** What a note about a failure needs. */
export interface ProblemNoteProps {
  error: unknown;
  /** Offers to try again. */
  onRetry?: (() => void) | undefined;
}

/** Says where something failed what happened, and what to do. Nothing when nothing failed. */
export function ProblemNote({ error, onRetry }: ProblemNoteProps) {
  const { t } = useTranslation();
  if (error === null || error === undefined) return null;
  const problem = error instanceof Problem ? error : null;
  const Icon = problem?.isOffline ? IconPlugConnectedX : IconAlertTriangle;
  return (
    <Alert
      role="alert"
      color={problem?.isOffline ? 'yellow' : 'red'}
      icon={<Icon size={20} aria-hidden />}
      title={t('problem.title')}
    >
      <Text size="sm">{wordsOf(problem, error, t)}</Text>
      {problem?.fields.map(({ pointer, detail }) => (
        <Text size="sm" key={pointer}>
          <code>{pointer}</code> {detail}
        </Text>
      ))}
      <Group gap="md" mt={onRetry || problem ? 'xs' : 0}>
        {onRetry && (
          <Button size="compact-sm" variant="default" onClick={onRetry}>
            {t('problem.again')}
          </Button>
        )}
        {problem && problem.status > 0 && (
          <Anchor size="sm" href={`/errors/${problem.code}`} target="_blank">
            {t('problem.about')}
          </Anchor>
        )}
        {problem?.requestId && (
          <Text size="xs" c="dimmed">
            {t('problem.request', { id: problem.requestId })}
          </Text>
        )}
      </Group>
    </Alert>
  );
}

function wordsOf(problem: Problem | null, error: unknown, t: (key: never) => string): string {
  if (!problem) return error instanceof Error ? error.message : String(error);
  if (problem.isOffline) return t('problem.offline' as never);
  if (problem.status === 404) return t('problem.notFound' as never);
  return problem.message;
}
