import { Button, Card, Group, Select, Skeleton, Stack, Text, TextInput, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { Channel, ChannelType } from '#libs/model';
import { call } from '../api/call.js';
import { fieldErrors } from '../api/problem.js';
import { useMay } from '../api/session.js';
import { LinkedText } from '../parts/linked-text.js';
import { Page } from '../parts/page.js';
import { ProblemNote } from '../parts/problem-note.js';
import { Said } from '../parts/said.js';
import { useDraft } from '../parts/use-draft.js';
import { botsQuery, kindsQuery } from './queries.js';
import { fieldsOf, presetsOf, settingsIn } from './schema.js';
import { SettingsForm } from './settings-form.js';
import classes from './channels.module.css';

/** Registering a channel: what its connector asks for, beside what is to be done at the provider. */
export function CreateScreen() {
  const { t } = useTranslation('channels');
  const { connector } = useParams({ from: '/frame/channels/new/$connector' });
  const kinds = useQuery(kindsQuery);
  const kind = kinds.data?.find((one) => one.connector === connector);
  return (
    <Page
      title={t('create.title', { label: kind?.label ?? connector })}
      text={kind && <Said>{kind.description}</Said>}
    >
      <ProblemNote error={kinds.error} onRetry={() => void kinds.refetch()} />
      {kinds.isLoading && <Skeleton height={300} radius="md" />}
      {kind && (
        <div className={classes['two']}>
          <CreateForm kind={kind} />
          <Steps steps={kind.steps} />
        </div>
      )}
    </Page>
  );
}

/** What is to be done, in order. */
export function Steps({ steps }: { steps: ChannelType['steps'] }) {
  const { t } = useTranslation('channels');
  return (
    <Card>
      <Title order={2} mb="md">
        {t('create.steps')}
      </Title>
      <ol className={classes['steps']}>
        {steps.map(({ title, text }) => (
          <li key={title}>
            <Text fw={600}>
              <Said>{title}</Said>
            </Text>
            <Text size="sm" c="dimmed" className={classes['wrap']}>
              <bdi lang="en" dir="ltr">
                <LinkedText text={text} />
              </bdi>
            </Text>
          </li>
        ))}
      </ol>
    </Card>
  );
}

const NOBODY = 'nobody';

function CreateForm({ kind }: { kind: ChannelType }) {
  const { t } = useTranslation(['channels', 'shell']);
  const [fields] = useState(() => fieldsOf(kind));
  const bots = useQuery({ ...botsQuery, enabled: useMay('bots:read') });
  const isSecret = (name: string) => kind.secret_fields.includes(name);
  // Secrets are typed again after a reload: they are never kept in the browser.
  const draft = useDraft(`channel-${kind.connector}`, {
    name: kind.label,
    bot: '',
    settings: presetsOf(fields),
  });
  const [secrets, setSecrets] = useState<Record<string, unknown>>({});
  const { name, bot, settings } = draft.value;
  const create = useCreate(draft.clear);
  const errors = fieldErrors(create.error);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate({
      connector: kind.connector,
      name,
      settings: settingsIn(fields, { ...settings, ...secrets }),
      ...(bot !== '' && { bot_id: bot === NOBODY ? null : bot }),
    });
  };
  return (
    <Card component="form" onSubmit={submit} noValidate={false}>
      <Stack>
        {draft.wasKept && (
          <Text size="sm" c="dimmed">
            {t('shell:draftKept')}
          </Text>
        )}
        <TextInput
          label={t('create.name')}
          description={t('create.nameHint')}
          required
          maxLength={100}
          value={name}
          error={errors['name']}
          onChange={(event) => draft.set({ ...draft.value, name: event.currentTarget.value })}
        />
        {bots.data && (
          <Select
            label={t('create.bot')}
            description={t('create.botHint')}
            data={[
              ...bots.data.map(({ id, name: label }) => ({ value: id, label })),
              { value: NOBODY, label: t('create.nobody') },
            ]}
            value={bot || (bots.data[0]?.id ?? NOBODY)}
            onChange={(chosen) => draft.set({ ...draft.value, bot: chosen ?? '' })}
            allowDeselect={false}
          />
        )}
        <SettingsForm
          fields={fields}
          values={{ ...settings, ...secrets }}
          errors={errors}
          onChange={(field, value) =>
            isSecret(field)
              ? setSecrets({ ...secrets, [field]: value })
              : draft.set({ ...draft.value, settings: { ...settings, [field]: value } })
          }
        />
        <ProblemNote error={create.error} />
        <Group justify="flex-end">
          <Button type="submit" loading={create.isPending}>
            {t('create.submit')}
          </Button>
        </Group>
      </Stack>
    </Card>
  );
}

/** Registers, looks at once whether it can work, and goes to the channel. */
function useCreate(onDone: () => void) {
  const client = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: (body: object) => call<Channel>('POST', '/v1/channels', { body }),
    onSuccess: async (channel) => {
      onDone();
      void client.invalidateQueries({ queryKey: ['/v1/channels'] });
      await navigate({ to: '/channels/$channelId', params: { channelId: channel.id } });
      await call('POST', `/v1/channels/${channel.id}/check`).catch(() => undefined);
    },
  });
}
