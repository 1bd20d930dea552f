import { Skeleton, Stack } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session.js';
import { Page } from '../parts/page.js';
import { ProblemNote } from '../parts/problem-note.js';
import { concernsOf } from './attention.js';
import { Concerns } from './concerns.js';
import { Lights } from './lights.js';
import { Starts } from './starts.js';
import { useSeen } from './use-seen.js';

/** The first screen: how everything is, what needs a person, and where to begin. */
export function HomeScreen() {
  const { t } = useTranslation('home');
  const { member } = useSession();
  const seen = useSeen();
  return (
    <Page title={t('title')} text={t('hello', { name: member.name })}>
      <Stack gap="xl">
        <ProblemNote error={seen.error} />
        {seen.isLoading ? <Skeleton height={96} radius="md" /> : <Concerns concerns={concernsOf(seen)} />}
        <Lights seen={seen} />
        <Starts />
      </Stack>
    </Page>
  );
}
