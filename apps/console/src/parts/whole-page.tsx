import { Button, Center, Stack, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { ProblemNote } from './problem-note.js';

/** In place of a page that there is not. */
export function NotFound() {
  const { t } = useTranslation();
  return (
    <Center mih="60vh" component="main">
      <Stack align="center" gap="xs">
        <Title order={1}>{t('notFound.title')}</Title>
        <Text c="dimmed">{t('notFound.text')}</Text>
        <Button component="a" href="/console" variant="light" mt="sm">
          {t('notFound.home')}
        </Button>
      </Stack>
    </Center>
  );
}

/** In place of a screen that failed: what is so, and a way on. */
export function ScreenProblem({ error }: { error: unknown }) {
  const { t } = useTranslation();
  return (
    <Center mih="60vh" component="main" p="md">
      <Stack maw={480}>
        <Title order={1}>{t('problem.screen')}</Title>
        <ProblemNote error={error} />
        <Button variant="light" onClick={() => window.location.reload()}>
          {t('problem.reload')}
        </Button>
      </Stack>
    </Center>
  );
}
