import { Button, Group, MultiSelect, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { EventTypeList, WebhookEndpoint, WebhookEndpointWithSecret } from '#libs/model';
import { call } from '../api/call.js';
import { fieldErrors } from '../api/problem.js';
import { oneQuery } from '../api/lists.js';
import { useMay } from '../api/session.js';
import { channelsQuery } from '../channels/queries.js';
import { CopyField } from '../parts/copy-field.js';
import { ProblemNote } from '../parts/problem-note.js';
import { told } from '../parts/told.js';

const PATH = '/v1/webhook-endpoints';

/** Adds an endpoint and shows its secret once, or changes one that is there. */
export function EndpointForm({ endpoint, onClose }: { endpoint?: WebhookEndpoint; onClose?: () => void }) {
  const { t } = useTranslation(['developers', 'shell']);
  const client = useQueryClient();
  const types = useQuery({ ...oneQuery<EventTypeList>('/v1/event-types'), staleTime: Infinity });
  const channels = useQuery({ ...channelsQuery, enabled: useMay('channels:read') });
  const form = useForm({
    initialValues: {
      url: endpoint?.url ?? '',
      description: endpoint?.description ?? '',
      types: endpoint?.types ?? [],
      channel_ids: endpoint?.channel_ids ?? [],
      include: endpoint?.include ?? [],
    },
  });
  const save = useMutation({
    mutationFn: (body: typeof form.values) =>
      endpoint
        ? call<WebhookEndpointWithSecret>('PATCH', `${PATH}/${endpoint.id}`, { body })
        : call<WebhookEndpointWithSecret>('POST', PATH, { body }),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: [PATH] });
      if (endpoint) {
        void client.invalidateQueries({ queryKey: [`${PATH}/${endpoint.id}`] });
        told(t('shell:saved'));
      }
    },
    onError: (error) => form.setErrors(fieldErrors(error)),
  });
  if (save.data?.secret !== undefined) {
    return (
      <Stack>
        <CopyField label={t('hooks.created')} hint={t('hooks.secretHint')} value={save.data.secret} />
        <Group justify="flex-end">
          <Button onClick={onClose}>{t('shell:close')}</Button>
        </Group>
      </Stack>
    );
  }
  return (
    <form onSubmit={form.onSubmit((values) => save.mutate(values))}>
      <Stack>
        <TextInput
          label={t('hooks.url')}
          description={t('hooks.urlHint')}
          type="url"
          required
          data-autofocus
          {...form.getInputProps('url')}
        />
        <TextInput label={t('hooks.description')} maxLength={200} {...form.getInputProps('description')} />
        <MultiSelect
          label={t('hooks.types')}
          description={t('hooks.typesHint')}
          searchable
          data={(types.data?.data ?? []).map(({ type }) => type as string)}
          renderOption={({ option }) => (
            <div>
              <code>{option.value}</code>
              <Text size="xs" c="dimmed" lang="en" dir="ltr">
                {types.data?.data.find(({ type }) => type === option.value)?.description}
              </Text>
            </div>
          )}
          {...form.getInputProps('types')}
        />
        <MultiSelect
          label={t('hooks.channels')}
          data={(channels.data ?? []).map(({ id, name }) => ({ value: id, label: name }))}
          {...form.getInputProps('channel_ids')}
        />
        <MultiSelect
          label={t('hooks.include')}
          data={(['contact', 'metadata', 'transcript'] as const).map((value) => ({
            value,
            label: t(`hooks.included.${value}`),
          }))}
          {...form.getInputProps('include')}
        />
        <ProblemNote error={save.error} />
        <Group justify="flex-end">
          {onClose && (
            <Button variant="default" onClick={onClose}>
              {t('shell:cancel')}
            </Button>
          )}
          <Button type="submit" loading={save.isPending}>
            {endpoint ? t('hooks.save') : t('hooks.add')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
