import { Button, Group, Modal, Select, Stack, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Channel, DeadLetterReplay, ReplayDeadLetters } from '#libs/model';
import { call } from '../api/call.js';
import { ProblemNote } from '../parts/problem-note.js';
import { apiWord } from '../i18n/api-word.js';
import { told } from '../parts/told.js';

type Status = NonNullable<ReplayDeadLetters['status']>;
const statuses: readonly Status[] = ['failed', 'expired', 'dead'];

/** Tries many dead letters again, after saying how many that would be. */
export function ReplayMany(props: {
  isOpen: boolean;
  onClose: () => void;
  kind: ReplayDeadLetters['kind'];
  channels: readonly Channel[];
}) {
  const { isOpen, onClose, kind, channels } = props;
  const { t } = useTranslation(['operations', 'shell']);
  const client = useQueryClient();
  const [channel, setChannel] = useState<string | null>(null);
  const [status, setStatus] = useState<string | null>(null);
  const body = { kind, ...(channel !== null && { channel_id: channel }), ...(status !== null && { status }) };
  const counted = useQuery({
    queryKey: ['/v1/dead-letters', 'count', body],
    queryFn: () =>
      call<DeadLetterReplay>('POST', '/v1/dead-letters/replay', { body: { ...body, dry_run: true } }),
    enabled: isOpen,
    staleTime: 0,
  });
  const replay = useMutation({
    mutationFn: () => call<DeadLetterReplay>('POST', '/v1/dead-letters/replay', { body }),
    onSuccess: ({ count }) => {
      told(t('dead.done', { count }));
      void client.invalidateQueries({ queryKey: ['/v1/dead-letters'] });
      onClose();
    },
  });
  const count = counted.data?.count ?? 0;
  return (
    <Modal opened={isOpen} onClose={onClose} title={t('dead.many')}>
      <Stack>
        <Text size="sm" c="dimmed">
          {t('dead.manyText')}
        </Text>
        <Select
          label={t('dead.manyChannel')}
          placeholder={t('dead.any')}
          clearable
          data={channels.map(({ id, name }) => ({ value: id, label: name }))}
          value={channel}
          onChange={setChannel}
        />
        {kind === 'delivery' && (
          <Select
            label={t('dead.manyStatus')}
            placeholder={t('dead.any')}
            clearable
            data={statuses.map((value) => ({ value, label: apiWord('state', value) }))}
            value={status}
            onChange={setStatus}
          />
        )}
        <Text role="status">{wordsOf(counted.data, t)}</Text>
        <ProblemNote error={counted.error ?? replay.error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('shell:cancel')}
          </Button>
          <Button disabled={count === 0} loading={replay.isPending} onClick={() => replay.mutate()}>
            {t('dead.go', { count })}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

function wordsOf(
  counted: DeadLetterReplay | undefined,
  t: ReturnType<typeof useTranslation<['operations', 'shell']>>['t'],
): string {
  if (!counted) return t('dead.counting');
  if (counted.count === 0) return t('dead.countNone');
  return counted.has_more
    ? t('dead.countMore', { count: counted.count })
    : t('dead.count', { count: counted.count });
}
