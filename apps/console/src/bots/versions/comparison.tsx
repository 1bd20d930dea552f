import { Button, Card, CloseButton, Group, Select, Skeleton, Stack, Title } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { BotDiff, BotTestRun, BotVersion } from '#libs/model';
import { call } from '../../api/call.js';
import { ProblemNote } from '../../parts/problem-note.js';
import { AnswerChanges } from './answer-changes.js';
import { ChangeList } from './change-list.js';

/** Two versions side by side: their definitions, and where tests run, their answers and scores. */
export function Comparison(props: {
  botId: string;
  pair: { from: string; to: string };
  versions: readonly BotVersion[];
  onChange: (pair: { from: string; to: string }) => void;
  onClose: () => void;
}) {
  const { botId, pair, versions, onChange, onClose } = props;
  const { t } = useTranslation(['authoring', 'shell']);
  const path = `/v1/bots/${botId}/diff`;
  const found = useQuery({
    queryKey: [path, pair],
    queryFn: ({ signal }) => call<BotDiff>('GET', path, { query: pair, signal }),
  });
  const run = useMutation({
    mutationFn: () =>
      call<BotTestRun>('POST', `/v1/bots/${botId}/tests/run`, {
        body: { version: refOf(pair.to), compare_with: refOf(pair.from) },
      }),
  });
  const data = [
    { value: 'published', label: t('versions.published') },
    { value: 'draft', label: t('versions.draftName') },
    ...versions.map(({ version }) => ({ value: String(version), label: t('versions.name', { version }) })),
  ];
  return (
    <Card component="section" aria-label={t('versions.difference')}>
      <Stack>
        <Group justify="space-between" wrap="nowrap">
          <Title order={2}>{t('versions.difference')}</Title>
          <CloseButton aria-label={t('versions.close')} onClick={onClose} />
        </Group>
        <Group grow>
          {(['from', 'to'] as const).map((side) => (
            <Select
              key={side}
              label={t(`versions.side.${side}`)}
              data={data}
              value={pair[side]}
              allowDeselect={false}
              onChange={(chosen) => chosen && onChange({ ...pair, [side]: chosen })}
            />
          ))}
        </Group>
        <ProblemNote error={found.error} />
        {found.isLoading && <Skeleton height={80} radius="md" />}
        {found.data && <ChangeList changes={found.data.changes} />}
        <div>
          <Button variant="light" loading={run.isPending} onClick={() => run.mutate()}>
            {t('versions.compareAnswers')}
          </Button>
        </div>
        <ProblemNote error={run.error} />
        {run.data?.compared && <AnswerChanges run={run.data} />}
      </Stack>
    </Card>
  );
}

function refOf(side: string): string | number {
  return /^\d+$/.test(side) ? Number(side) : side;
}
