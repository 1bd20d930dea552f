import { Button, Card, Group, Modal, Select, Stack, Text, TextInput, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Channel, ChannelType } from '#libs/model';
import { send, call } from '../api/call.js';
import { fieldErrors, Problem } from '../api/problem.js';
import { useMay } from '../api/session.js';
import { CopyField } from '../parts/copy-field.js';
import { ProblemNote } from '../parts/problem-note.js';
import { told } from '../parts/told.js';
import { botsQuery } from './queries.js';
import { fieldsOf, labelOf, presetsOf, settingsIn } from './schema.js';
import { SettingsForm } from './settings-form.js';

const NOBODY = 'nobody';

/** The settings of a channel: a secret that is left empty stays as it is. */
export function ChannelSettings({ channel, kind }: { channel: Channel; kind: ChannelType }) {
  const { t } = useTranslation(['channels', 'shell']);
  const [fields] = useState(() => fieldsOf(kind));
  const [name, setName] = useState(channel.name);
  const [bot, setBot] = useState<string>(channel.bot_id ?? NOBODY);
  const [values, setValues] = useState<Record<string, unknown>>(() => {
    const shown = Object.entries(channel.settings).map(([field, value]) => {
      const isJson = fields.find((one) => one.name === field)?.kind === 'json';
      return [field, isJson && value !== null ? JSON.stringify(value, null, 2) : (value ?? '')];
    });
    return { ...presetsOf(fields), ...Object.fromEntries(shown) };
  });
  const bots = useQuery({ ...botsQuery, enabled: useMay('bots:read') });
  const mayWrite = useMay('channels:write');
  const save = useSave(channel.id);
  const errors = fieldErrors(save.error);
  const isConflict = save.error instanceof Problem && save.error.status === 412;
  return (
    <Stack gap="xl">
      <Card
        component="form"
        onSubmit={(event) => {
          event.preventDefault();
          const settings = { ...cleared(fields, channel.settings, values), ...settingsIn(fields, values) };
          save.mutate({ name, settings, ...(bots.data && { bot_id: bot === NOBODY ? null : bot }) });
        }}
      >
        <Stack>
          <TextInput
            label={t('create.name')}
            required
            value={name}
            error={errors['name']}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          {bots.data && (
            <Select
              label={t('create.bot')}
              data={[
                ...bots.data.map(({ id, name: label }) => ({ value: id, label })),
                { value: NOBODY, label: t('create.nobody') },
              ]}
              value={bot}
              onChange={(chosen) => setBot(chosen ?? NOBODY)}
              allowDeselect={false}
            />
          )}
          <SettingsForm
            fields={fields}
            values={values}
            errors={errors}
            secretsSet={channel.secrets}
            onChange={(field, value) => setValues({ ...values, [field]: value })}
          />
          {isConflict ? <Text c="red">{t('settings.conflict')}</Text> : <ProblemNote error={save.error} />}
          <Group justify="flex-end">
            <Button type="submit" loading={save.isPending} disabled={!mayWrite}>
              {t('settings.save')}
            </Button>
          </Group>
        </Stack>
      </Card>
      {mayWrite && kind.generated_fields.length > 0 && <Secrets channel={channel} kind={kind} />}
    </Stack>
  );
}

/** What was emptied is taken away; secrets stay. */
function cleared(
  fields: ReturnType<typeof fieldsOf>,
  before: Readonly<Record<string, unknown>>,
  values: Readonly<Record<string, unknown>>,
): Record<string, null> {
  const gone = fields.filter(({ name, kind }) => kind !== 'secret' && name in before && values[name] === '');
  return Object.fromEntries(gone.map(({ name }) => [name, null]));
}

/** Saves only when nobody else has changed the channel since it was read. */
function useSave(id: string) {
  const { t } = useTranslation('channels');
  const client = useQueryClient();
  const [version] = useState(async () => (await send('GET', `/v1/channels/${id}`)).headers.get('etag'));
  const [latest, setLatest] = useState<string | null>(null);
  return useMutation({
    mutationFn: async (body: object) => {
      const tag = latest ?? (await version.catch(() => null));
      const answer = await send('PATCH', `/v1/channels/${id}`, {
        body,
        headers: tag === null ? {} : { 'if-match': tag },
      });
      const document = (await answer.json()) as Channel;
      if (!answer.ok) throw new Problem(answer.status, document as object, answer.headers);
      setLatest(answer.headers.get('etag'));
      return document;
    },
    onSuccess: (changed) => {
      client.setQueryData([`/v1/channels/${id}`], changed);
      void client.invalidateQueries({ queryKey: ['/v1/channels'] });
      told(t('settings.saved'));
    },
  });
}

/** Secrets that Parley makes: a new one is made in this browser, stored, and shown once. */
function Secrets({ channel, kind }: { channel: Channel; kind: ChannelType }) {
  const { t } = useTranslation(['channels', 'shell']);
  const [asked, setAsked] = useState<string | null>(null);
  const rotate = useMutation({
    mutationFn: async (field: string) => {
      const value = newSecret(field);
      await call('PATCH', `/v1/channels/${channel.id}`, { body: { settings: { [field]: value } } });
      return value;
    },
  });
  const close = () => {
    setAsked(null);
    rotate.reset();
  };
  return (
    <Card>
      <Title order={2} mb="sm">
        {t('settings.danger')}
      </Title>
      <Group>
        {kind.generated_fields.map((field) => (
          <Button key={field} variant="default" onClick={() => setAsked(field)}>
            {t('settings.rotate', { field: labelOf(field) })}
          </Button>
        ))}
      </Group>
      <Modal
        opened={asked !== null}
        onClose={close}
        title={asked === null ? '' : t('settings.rotate', { field: labelOf(asked) })}
      >
        <Stack>
          {rotate.data === undefined ? (
            <>
              <Text>{t('settings.rotateText')}</Text>
              <ProblemNote error={rotate.error} />
              <Group justify="flex-end">
                <Button variant="default" onClick={close}>
                  {t('shell:cancel')}
                </Button>
                <Button color="red" loading={rotate.isPending} onClick={() => rotate.mutate(asked ?? '')}>
                  {t('shell:confirm')}
                </Button>
              </Group>
            </>
          ) : (
            <CopyField label={t('settings.rotated')} value={rotate.data} />
          )}
        </Stack>
      </Modal>
    </Card>
  );
}

/** 256 random bits; with the prefix of Standard Webhooks where the name says that it signs a webhook. */
function newSecret(field: string): string {
  const bytes = String.fromCodePoint(...crypto.getRandomValues(new Uint8Array(32)));
  return field.startsWith('hook') || field.includes('bound')
    ? `whsec_${btoa(bytes)}`
    : btoa(bytes).replace(/\W/g, '');
}
