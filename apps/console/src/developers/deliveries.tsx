import { Accordion, Button, Group, Skeleton, Stack, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { WebhookDelivery, WebhookDeliveryDetail } from '#libs/model';
import { call } from '../api/call.js';
import { oneQuery } from '../api/lists.js';
import { useMay } from '../api/session.js';
import type { Pages } from '../api/use-pages.js';
import { useFormats } from '../i18n/format.js';
import { CodeBlock, prettyJson } from '../parts/code-block.js';
import { MoreButton } from '../parts/more-button.js';
import { ProblemNote } from '../parts/problem-note.js';
import { StatusBadge } from '../parts/status-badge.js';
import { told, toldProblem } from '../parts/told.js';

/** What was sent to an endpoint; each opens to what was said and what came back. */
export function Deliveries({ pages }: { pages: Pages<WebhookDelivery> }) {
  const { t } = useTranslation('developers');
  const { moment } = useFormats();
  const [open, setOpen] = useState<string | null>(null);
  return (
    <>
      <ProblemNote error={pages.error} onRetry={pages.again} />
      {pages.isLoading && <Skeleton height={120} radius="md" />}
      {!pages.isLoading && pages.items.length === 0 && <Text c="dimmed">{t('hooks.none')}</Text>}
      <Accordion variant="separated" chevronPosition="left" value={open} onChange={setOpen}>
        {pages.items.map(({ id, type, status, attempts, occurred_at: occurredAt }) => (
          <Accordion.Item key={id} value={id}>
            <Accordion.Control>
              <Group gap="md">
                <Text size="sm" fw={560}>
                  {type}
                </Text>
                <StatusBadge status={status} />
                <Text size="sm" c="dimmed">
                  {moment(occurredAt)} · {t('hooks.attempts')}: {attempts}
                </Text>
              </Group>
            </Accordion.Control>
            <Accordion.Panel>{open === id && <Detail id={id} />}</Accordion.Panel>
          </Accordion.Item>
        ))}
      </Accordion>
      <MoreButton pages={pages} />
    </>
  );
}

function Detail({ id }: { id: string }) {
  const { t } = useTranslation('developers');
  const { moment, span } = useFormats();
  const client = useQueryClient();
  const found = useQuery(oneQuery<WebhookDeliveryDetail>(`/v1/webhook-deliveries/${id}`));
  const mayWrite = useMay('webhooks:write');
  const retry = useMutation({
    mutationFn: () => call('POST', `/v1/webhook-deliveries/${id}/retry`),
    onSuccess: () => {
      told(t('hooks.replayed'));
      void client.invalidateQueries({ queryKey: [`/v1/webhook-deliveries/${id}`] });
    },
    onError: toldProblem,
  });
  if (!found.data) return found.error ? <ProblemNote error={found.error} /> : <Skeleton height={80} />;
  const { request, log } = found.data;
  return (
    <Stack>
      {mayWrite && (
        <Group>
          <Button size="xs" variant="light" loading={retry.isPending} onClick={() => retry.mutate()}>
            {t('hooks.replay')}
          </Button>
        </Group>
      )}
      {request !== null && <CodeBlock code={prettyJson(request)} label={t('hooks.request')} />}
      <Text size="sm" fw={560}>
        {t('hooks.answers')}
      </Text>
      {log.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('hooks.noAnswers')}
        </Text>
      )}
      {log.map(({ at, ms, status, error, answer }) => (
        <div key={at}>
          <Text size="sm">
            {moment(at)} · {status ?? '–'} · {span(ms)} {error}
          </Text>
          {answer !== null && answer !== '' && <CodeBlock code={answer} label={t('hooks.answers')} />}
        </div>
      ))}
    </Stack>
  );
}
