import { Button, Group, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { DeadLetter } from '#libs/model';
import { call } from '../api/call.js';
import { useMay } from '../api/session.js';
import { useFormats } from '../i18n/format.js';
import { MessageLink } from '../parts/message-link.js';
import { ProblemNote } from '../parts/problem-note.js';
import { Said } from '../parts/said.js';
import { StatusBadge } from '../parts/status-badge.js';
import { told } from '../parts/told.js';

/** One dead letter: why it is one, what the provider said, and what can be done. */
export function DeadLetterRow({
  letter,
  channelName,
}: {
  letter: DeadLetter;
  channelName: string | undefined;
}) {
  const { t } = useTranslation('operations');
  const { moment, number } = useFormats();
  const { status, reason, provider, attempts, at, message_id: messageId } = letter;
  return (
    <Stack gap="xs">
      <Group justify="space-between" gap="sm">
        <Group gap="sm">
          <StatusBadge status={status} />
          <Text size="sm" fw={560}>
            {channelName ?? letter.channel_id}
          </Text>
          <Text size="sm" c="dimmed">
            {moment(at)} · {t('dead.attempts')}: {number(attempts)}
          </Text>
        </Group>
        <Actions letter={letter} />
      </Group>
      <Text style={{ overflowWrap: 'anywhere' }}>{reason === null ? status : <Said>{reason}</Said>}</Text>
      {provider && (
        <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
          {t('dead.provider')}: <code>{provider.code}</code> <Said>{provider.message}</Said>
        </Text>
      )}
      {status === 'unknown' && (
        <Text size="sm" c="dimmed">
          {t('dead.markSentHint')}
        </Text>
      )}
      {messageId !== null && <MessageLink messageId={messageId} label={t('timeline.title')} />}
    </Stack>
  );
}

function Actions({ letter }: { letter: DeadLetter }) {
  const { t } = useTranslation('operations');
  const mayWrite = useMay('messages:write');
  const retry = useAction(letter.id, 'replay', t('dead.retried'));
  const mark = useAction(letter.id, 'mark-sent', t('dead.marked'));
  if (!mayWrite) return null;
  return (
    <Stack gap="xs">
      <Group gap="xs">
        {letter.status === 'unknown' && (
          <Button size="xs" variant="default" loading={mark.isPending} onClick={() => mark.mutate()}>
            {t('dead.markSent')}
          </Button>
        )}
        <Button size="xs" variant="light" loading={retry.isPending} onClick={() => retry.mutate()}>
          {t('dead.retry')}
        </Button>
      </Group>
      <ProblemNote error={retry.error ?? mark.error} />
    </Stack>
  );
}

function useAction(id: string, verb: 'replay' | 'mark-sent', words: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => call('POST', `/v1/dead-letters/${id}/${verb}`),
    onSuccess: () => {
      told(words);
      void client.invalidateQueries({ queryKey: ['/v1/dead-letters'] });
    },
  });
}
