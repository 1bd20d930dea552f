import { Button, Card, SegmentedControl, Skeleton, Stack, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { WebhookDelivery, WebhookEndpoint, WebhookEndpointWithSecret } from '#libs/model';
import { call } from '../api/call.js';
import { oneQuery } from '../api/lists.js';
import { useMay } from '../api/session.js';
import { usePages } from '../api/use-pages.js';
import { AskFirst } from '../parts/ask-first.js';
import { CopyField } from '../parts/copy-field.js';
import { Light } from '../parts/light.js';
import { Page } from '../parts/page.js';
import { ProblemNote } from '../parts/problem-note.js';
import { apiWord } from '../i18n/api-word.js';
import { told, toldProblem } from '../parts/told.js';
import { Deliveries } from './deliveries.js';
import { EndpointForm } from './endpoint-form.js';
import { Recover } from './recover.js';
import { lightOfEndpoint } from './webhooks.js';

const PATH = '/v1/webhook-endpoints';
const LIVE_MS = 5_000;

/** One endpoint: what was sent to it, what came back, again, and its settings. */
export function EndpointScreen() {
  const { t } = useTranslation('developers');
  const { endpointId } = useParams({ from: '/frame/developers/webhooks/$endpointId' });
  const found = useQuery({ ...oneQuery<WebhookEndpoint>(`${PATH}/${endpointId}`), refetchInterval: LIVE_MS });
  const [status, setStatus] = useState('');
  const pages = usePages<WebhookDelivery>(`${PATH}/${endpointId}/deliveries`, { status }, LIVE_MS);
  const endpoint = found.data;
  return (
    <Page
      title={endpoint?.url ?? t('tabs.webhooks')}
      before={endpoint && <Light state={lightOfEndpoint(endpoint)} />}
      text={endpoint?.disabled_reason ?? endpoint?.description}
      actions={endpoint && <Actions endpoint={endpoint} />}
    >
      <ProblemNote error={found.error} onRetry={() => void found.refetch()} />
      {!endpoint && found.isLoading && <Skeleton height={200} radius="md" />}
      {endpoint && (
        <Stack gap="xl">
          <section>
            <Title order={2} mb="sm">
              {t('hooks.log')}
            </Title>
            <SegmentedControl
              mb="sm"
              aria-label={t('hooks.status')}
              value={status}
              onChange={setStatus}
              data={[
                { value: '', label: t('hooks.all') },
                ...['pending', 'delivered', 'failed'].map((value) => ({
                  value,
                  label: apiWord('state', value),
                })),
              ]}
            />
            <Deliveries pages={pages} />
          </section>
          <section>
            <Title order={2} mb="sm">
              {t('hooks.settings')}
            </Title>
            <Card>
              <EndpointForm key={endpoint.id} endpoint={endpoint} />
            </Card>
          </section>
        </Stack>
      )}
    </Page>
  );
}

function Actions({ endpoint }: { endpoint: WebhookEndpoint }) {
  const { t } = useTranslation('developers');
  const client = useQueryClient();
  const navigate = useNavigate();
  const path = `${PATH}/${endpoint.id}`;
  const refresh = () =>
    client.invalidateQueries({ predicate: ({ queryKey }) => String(queryKey[0]).startsWith(PATH) });
  const isOn = endpoint.state === 'enabled';
  const test = useMutation({
    mutationFn: () => call('POST', `${path}/test`),
    onSuccess: () => {
      told(t('hooks.tested'));
      void refresh();
    },
    onError: toldProblem,
  });
  const toggle = useMutation({
    mutationFn: () => call('PATCH', path, { body: { state: isOn ? 'disabled' : 'enabled' } }),
    onSuccess: refresh,
    onError: toldProblem,
  });
  if (!useMay('webhooks:write')) return null;
  return (
    <>
      <Button variant="light" loading={test.isPending} onClick={() => test.mutate()} disabled={!isOn}>
        {t('hooks.test')}
      </Button>
      <Recover endpointId={endpoint.id} />
      <Button variant="default" loading={toggle.isPending} onClick={() => toggle.mutate()}>
        {isOn ? t('hooks.disable') : t('hooks.enable')}
      </Button>
      <AskFirst
        variant="default"
        label={t('hooks.rotate')}
        text={t('hooks.rotateText')}
        work={() => call<WebhookEndpointWithSecret>('POST', `${path}/rotate-secret`, { body: {} })}
        result={({ secret }) => <CopyField label={t('hooks.created')} value={secret} />}
      />
      <AskFirst
        variant="light"
        color="red"
        label={t('hooks.remove')}
        text={t('hooks.removeText')}
        work={async () => {
          await call('DELETE', path);
          await navigate({ to: '/developers', search: { tab: 'webhooks' } });
          await refresh();
        }}
      />
    </>
  );
}
