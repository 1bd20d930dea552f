import { Button, Group, Modal, Skeleton, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPlus, IconWebhook } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { WebhookEndpoint } from '#libs/model';
import { allQuery } from '../api/lists.js';
import { useMay } from '../api/session.js';
import classes from '../channels/channels.module.css';
import { useFormats } from '../i18n/format.js';
import { Empty } from '../parts/empty.js';
import { Light, type LightState } from '../parts/light.js';
import { ProblemNote } from '../parts/problem-note.js';
import { Said } from '../parts/said.js';
import { EndpointForm } from './endpoint-form.js';

/** Who hears of events. */
export function Webhooks() {
  const { t } = useTranslation('developers');
  const found = useQuery(allQuery<WebhookEndpoint>('/v1/webhook-endpoints'));
  const [isOpen, { open, close }] = useDisclosure(false);
  const add = useMay('webhooks:write') && (
    <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={open}>
      {t('hooks.add')}
    </Button>
  );
  return (
    <Stack>
      <ProblemNote error={found.error} onRetry={() => void found.refetch()} />
      {found.isLoading && <Skeleton height={120} radius="md" />}
      {found.data?.length === 0 ? (
        <Empty icon={IconWebhook} title={t('hooks.empty')} text={t('hooks.emptyText')} action={add} />
      ) : (
        <Group>{add}</Group>
      )}
      {found.data?.map((endpoint) => (
        <EndpointCard key={endpoint.id} endpoint={endpoint} />
      ))}
      <Modal opened={isOpen} onClose={close} title={t('hooks.add')} size="lg">
        <EndpointForm onClose={close} />
      </Modal>
    </Stack>
  );
}

function EndpointCard({ endpoint }: { endpoint: WebhookEndpoint }) {
  const { t } = useTranslation('developers');
  const { ago } = useFormats();
  return (
    <Link
      to="/developers/webhooks/$endpointId"
      params={{ endpointId: endpoint.id }}
      className={classes['card']}
    >
      <Group justify="space-between" gap="sm">
        <Text fw={600} className={classes['wrap']}>
          {endpoint.url}
        </Text>
        <Light state={lightOfEndpoint(endpoint)} />
      </Group>
      <Text size="sm" c="dimmed">
        {[endpoint.description, endpoint.types.length === 0 ? t('hooks.all') : endpoint.types.join(', ')]
          .filter(Boolean)
          .join(' · ')}
      </Text>
      {endpoint.failing_since !== null && (
        <Text size="sm">{t('hooks.failing', { when: ago(endpoint.failing_since) })}</Text>
      )}
      {endpoint.disabled_reason !== null && (
        <Text size="sm">
          <Said>{endpoint.disabled_reason}</Said>
        </Text>
      )}
    </Link>
  );
}

/** The light of an endpoint. */
export function lightOfEndpoint(endpoint: WebhookEndpoint): LightState {
  if (endpoint.state === 'disabled') return endpoint.disabled_reason === null ? 'idle' : 'bad';
  return endpoint.failing_since === null ? 'good' : 'warn';
}
