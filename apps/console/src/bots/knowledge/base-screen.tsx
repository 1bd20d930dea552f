import { Card, Group, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { KnowledgeBase, KnowledgeSource } from '#libs/model';
import { call } from '../../api/call.js';
import { allQuery, oneQuery } from '../../api/lists.js';
import { useMay } from '../../api/session.js';
import { apiWord } from '../../i18n/api-word.js';
import { useFormats } from '../../i18n/format.js';
import { AskFirst } from '../../parts/ask-first.js';
import { Page } from '../../parts/page.js';
import { ProblemNote } from '../../parts/problem-note.js';
import { StatusBadge } from '../../parts/status-badge.js';
import { AddSource } from './add-source.js';
import { TestSearch } from './test-search.js';

const READING_MS = 1_500;

/** One knowledge base: its sources with how far their reading is, more of them, and a test search. */
export function BaseScreen() {
  const { t } = useTranslation('knowledge');
  const { baseId } = useParams({ from: '/frame/knowledge/$baseId' });
  const base = useQuery(oneQuery<KnowledgeBase>(`/v1/knowledge-bases/${baseId}`));
  const sources = useQuery({
    ...allQuery<KnowledgeSource>(`/v1/knowledge-bases/${baseId}/sources`),
    refetchInterval: ({ state }) =>
      state.data?.some((one) => one.state === 'waiting' || one.state === 'reading') ? READING_MS : false,
  });
  const mayWrite = useMay('knowledge:write');
  return (
    <Page title={base.data?.name ?? t('title')} text={t('text')}>
      <Stack gap="xl">
        <ProblemNote error={base.error ?? sources.error} onRetry={() => void sources.refetch()} />
        <section>
          <Title order={2} mb="sm">
            {t('sources')}
          </Title>
          {sources.isLoading && <Skeleton height={100} radius="md" />}
          {sources.data?.length === 0 && <Text c="dimmed">{t('none')}</Text>}
          <Stack gap="xs">
            {sources.data?.map((source) => (
              <Source key={source.id} source={source} baseId={baseId} mayWrite={mayWrite} />
            ))}
          </Stack>
        </section>
        {mayWrite && <AddSource baseId={baseId} />}
        <TestSearch path={`/v1/knowledge-bases/${baseId}/search`} />
      </Stack>
    </Page>
  );
}

function Source(props: { source: KnowledgeSource; baseId: string; mayWrite: boolean }) {
  const { source, baseId, mayWrite } = props;
  const { t } = useTranslation('knowledge');
  const { ago } = useFormats();
  const client = useQueryClient();
  const refresh = () => client.invalidateQueries({ queryKey: [`/v1/knowledge-bases/${baseId}/sources`] });
  return (
    <Card padding="sm">
      <Group justify="space-between" gap="sm">
        <div style={{ minWidth: 0, flex: '1 1 14rem', overflowWrap: 'anywhere' }}>
          <Group gap="sm">
            <Text fw={560}>{source.title}</Text>
            <StatusBadge status={source.state} />
          </Group>
          <Text size="sm" c="dimmed">
            {source.reason ??
              [apiWord('source', source.kind), source.url ?? source.file_name, ago(source.since)]
                .filter(Boolean)
                .join(' · ')}
          </Text>
        </div>
        {mayWrite && (
          <Group gap="xs">
            {source.kind !== 'rows' && (
              <AskFirst
                label={t('refresh')}
                text={source.title}
                size="xs"
                variant="default"
                work={() => call('POST', `/v1/knowledge-sources/${source.id}/refresh`).then(refresh)}
              />
            )}
            <AskFirst
              label={t('remove')}
              text={t('removeText')}
              size="xs"
              variant="subtle"
              color="red"
              work={() => call('DELETE', `/v1/knowledge-sources/${source.id}`).then(refresh)}
            />
          </Group>
        )}
      </Group>
    </Card>
  );
}
