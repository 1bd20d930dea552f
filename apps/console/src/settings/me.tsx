import {
  Button,
  Card,
  Group,
  PasswordInput,
  SegmentedControl,
  Select,
  Stack,
  Switch,
  Title,
  useMantineColorScheme,
} from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call } from '../api/call.js';
import { fieldErrors } from '../api/problem.js';
import { type Language, languages, speak } from '../i18n/i18n.js';
import { ProblemNote } from '../parts/problem-note.js';
import { told } from '../parts/told.js';
import { areSingleKeysOn, setSingleKeys } from '../shell/shortcuts.js';
import { LoginSessions } from './login-sessions.js';
import { SecondStep } from './second-step.js';

/** How the console looks to oneself, and how one signs in. */
export function Me() {
  return (
    <Stack>
      <Look />
      <Password />
      <SecondStep />
      <LoginSessions />
    </Stack>
  );
}

function Look() {
  const { t, i18n } = useTranslation(['settings', 'shell']);
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const [areKeysOn, setKeysOn] = useState(areSingleKeysOn);
  return (
    <Card>
      <Title order={2} mb="md">
        {t('me.look')}
      </Title>
      <Stack>
        <SegmentedControl
          w="fit-content"
          aria-label={t('shell:theme.label')}
          value={colorScheme}
          onChange={(scheme) => setColorScheme(scheme)}
          data={(['light', 'dark', 'auto'] as const).map((value) => ({
            value,
            label: t(`shell:theme.${value}`),
          }))}
        />
        <Select
          maw={280}
          label={t('shell:language')}
          allowDeselect={false}
          data={Object.entries(languages).map(([value, label]) => ({ value, label }))}
          value={i18n.language}
          onChange={(language) => void speak(language as Language)}
        />
        <Switch
          label={t('me.keys')}
          description={t('me.keysHint')}
          checked={areKeysOn}
          onChange={(event) => {
            setSingleKeys(event.currentTarget.checked);
            setKeysOn(event.currentTarget.checked);
          }}
        />
      </Stack>
    </Card>
  );
}

function Password() {
  const { t } = useTranslation('settings');
  const form = useForm({ initialValues: { current: '', new: '' } });
  const change = useMutation({
    mutationFn: (body: typeof form.values) => call('PUT', '/v1/auth/password', { body }),
    onSuccess: () => {
      form.reset();
      told(t('me.changed'));
    },
    onError: (error) => form.setErrors(fieldErrors(error)),
  });
  return (
    <Card component="form" onSubmit={form.onSubmit((values) => change.mutate(values))}>
      <Title order={2} mb="md">
        {t('me.password')}
      </Title>
      <Stack maw={420}>
        <PasswordInput
          label={t('me.current')}
          autoComplete="current-password"
          required
          {...form.getInputProps('current')}
        />
        <PasswordInput
          label={t('me.next')}
          description={t('me.nextHint')}
          autoComplete="new-password"
          required
          {...form.getInputProps('new')}
        />
        <ProblemNote error={change.error} />
        <Group>
          <Button type="submit" loading={change.isPending}>
            {t('me.change')}
          </Button>
        </Group>
      </Stack>
    </Card>
  );
}
