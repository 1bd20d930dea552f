import { Alert, Anchor, Button, Group, Text } from '@mantine/core';
import { IconAlertTriangle, IconPlugConnectedX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { Problem } from '../api/problem.js';
import { meaningOf } from '../i18n/meaning.js';
import { Said } from './said.js';

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
      <Words problem={problem} error={error} />
      {problem?.fields.map(({ pointer, code, detail }) => (
        <Text size="sm" key={pointer}>
          <code dir="ltr">{pointer}</code> {meaningOf(`field/${code}`)} <Said>{detail}</Said>
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

/** What happened: in the language of the console by its code, and in the server's own English sentence. */
function Words({ problem, error }: { problem: Problem | null; error: unknown }) {
  const { t } = useTranslation();
  if (problem?.isOffline) return <Text size="sm">{t('problem.offline')}</Text>;
  if (problem?.status === 404) return <Text size="sm">{t('problem.notFound')}</Text>;
  const meaning = problem && meaningOf(problem.code);
  return (
    <>
      {meaning && <Text size="sm">{meaning}</Text>}
      <Text size="sm" {...(meaning && { c: 'dimmed' })}>
        <Said>{error instanceof Error ? error.message : String(error)}</Said>
      </Text>
    </>
  );
}
