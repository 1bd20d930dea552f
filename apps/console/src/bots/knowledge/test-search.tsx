import { Alert, Anchor, Button, Card, Group, Stack, Text, TextInput, Title } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { KnowledgeResult } from '#libs/model';
import { call } from '../../api/call.js';
import { useFormats } from '../../i18n/format.js';
import { Markdown } from '../../parts/markdown.js';
import { ProblemNote } from '../../parts/problem-note.js';

/** Searches as a person would ask, and says what would come of it. */
export function TestSearch({ path }: { path: string }) {
  const { t } = useTranslation('knowledge');
  const { number } = useFormats();
  const [query, setQuery] = useState('');
  const search = useMutation({ mutationFn: () => call<KnowledgeResult>('POST', path, { body: { query } }) });
  return (
    <Card>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          search.mutate();
        }}
      >
        <Title order={2} mb="sm">
          {t('test')}
        </Title>
        <Group align="flex-end">
          <TextInput
            style={{ flex: 1 }}
            aria-label={t('testHint')}
            placeholder={t('testHint')}
            required
            value={query}
            onChange={(event) => setQuery(event.currentTarget.value)}
          />
          <Button type="submit" loading={search.isPending}>
            {t('search')}
          </Button>
        </Group>
      </form>
      <Stack mt="md" role="status">
        <ProblemNote error={search.error} />
        {search.data?.verdict && <Alert>{t(`would.${search.data.verdict}`)}</Alert>}
        {search.data?.passages.length === 0 && <Text c="dimmed">{t('nothing')}</Text>}
        {search.data?.passages.map(({ id, title, heading, answer, url, score }) => (
          <Card key={id} padding="sm">
            <Group justify="space-between" gap="sm">
              <Text fw={600}>{[title, heading].filter(Boolean).join(' › ')}</Text>
              <Text size="sm" c="dimmed">
                {t('score', { score: number(Math.round(score * 100) / 100) })}
              </Text>
            </Group>
            <Markdown text={answer} />
            {url !== null && /^https?:/.test(url) && (
              <Anchor href={url} size="sm" target="_blank" rel="noreferrer">
                {url}
              </Anchor>
            )}
          </Card>
        ))}
      </Stack>
    </Card>
  );
}
