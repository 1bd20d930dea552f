import { Button, Group, Modal, Select, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { WebhookRecovery } from '#libs/model';
import { call } from '../api/call.js';
import { ProblemNote } from '../parts/problem-note.js';
import { told } from '../parts/told.js';

const HOURS = [1, 6, 24, 168];

/** Sends an endpoint what it missed, after saying how much that is. */
export function Recover({ endpointId }: { endpointId: string }) {
  const { t } = useTranslation(['developers', 'shell']);
  const [isOpen, { open, close }] = useDisclosure(false);
  const [hours, setHours] = useState('24');
  const client = useQueryClient();
  const path = `/v1/webhook-endpoints/${endpointId}`;
  const ask = (isDry: boolean) =>
    call<WebhookRecovery>('POST', `${path}/recover`, {
      body: { since: new Date(Date.now() - Number(hours) * 3_600_000).toISOString(), dry_run: isDry },
    });
  const counted = useQuery({
    queryKey: [path, 'recover', hours],
    queryFn: () => ask(true),
    enabled: isOpen,
    staleTime: 0,
  });
  const recover = useMutation({
    mutationFn: () => ask(false),
    onSuccess: ({ count }) => {
      told(t('hooks.recovered', { count }));
      void client.invalidateQueries({ queryKey: [`${path}/deliveries`] });
      close();
    },
  });
  const count = counted.data?.count ?? 0;
  return (
    <>
      <Button variant="default" onClick={open}>
        {t('hooks.recover')}
      </Button>
      <Modal opened={isOpen} onClose={close} title={t('hooks.recover')}>
        <Stack>
          <Text size="sm" c="dimmed">
            {t('hooks.recoverText')}
          </Text>
          <Select
            label={t('hooks.since')}
            allowDeselect={false}
            data={HOURS.map((each) => ({ value: String(each), label: t('hooks.hours', { count: each }) }))}
            value={hours}
            onChange={(chosen) => setHours(chosen ?? '24')}
          />
          <Text role="status">{counted.data ? t('hooks.count', { count }) : ''}</Text>
          <ProblemNote error={counted.error ?? recover.error} />
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {t('shell:cancel')}
            </Button>
            <Button disabled={count === 0} loading={recover.isPending} onClick={() => recover.mutate()}>
              {t('hooks.recover')}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
