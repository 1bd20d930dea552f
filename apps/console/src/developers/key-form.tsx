import { Button, Group, Select, Stack, TagsInput, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { ApiKeyWithSecret } from '#libs/model';
import { call } from '../api/call.js';
import { fieldErrors } from '../api/problem.js';
import { CodeBlock } from '../parts/code-block.js';
import { CopyField } from '../parts/copy-field.js';
import { ProblemNote } from '../parts/problem-note.js';
import { ScopeChoice } from './scope-choice.js';

const DAYS = [30, 90, 365];
const NEVER = 'never';

/** Makes a key, with at most the permissions of the member, and shows it once. */
export function KeyForm({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation(['developers', 'shell']);
  const client = useQueryClient();
  const form = useForm({
    initialValues: { name: '', scopes: [] as string[], days: '90', ips: [] as string[] },
  });
  const make = useMutation({
    mutationFn: ({ name, scopes, days, ips }: typeof form.values) =>
      call<ApiKeyWithSecret>('POST', '/v1/api-keys', {
        body: { name, scopes, allowed_ips: ips, expires_at: days === NEVER ? null : inDays(Number(days)) },
      }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['/v1/api-keys'] }),
    onError: (error) => form.setErrors(fieldErrors(error)),
  });
  if (make.data) {
    return (
      <Stack>
        <CopyField label={t('keys.created')} value={make.data.key} />
        <CodeBlock
          label={t('keys.try')}
          code={`curl ${window.location.origin}/v1/me -H "Authorization: Bearer ${make.data.key}"`}
        />
        <Group justify="flex-end">
          <Button onClick={onClose}>{t('shell:close')}</Button>
        </Group>
      </Stack>
    );
  }
  return (
    <form onSubmit={form.onSubmit((values) => make.mutate(values))}>
      <Stack>
        <TextInput
          label={t('keys.name')}
          description={t('keys.nameHint')}
          required
          data-autofocus
          {...form.getInputProps('name')}
        />
        <ScopeChoice {...form.getInputProps('scopes')} />
        <Select
          label={t('keys.expires')}
          allowDeselect={false}
          data={[
            ...DAYS.map((days) => ({ value: String(days), label: t('keys.days', { count: days }) })),
            { value: NEVER, label: t('keys.expiresNever') },
          ]}
          {...form.getInputProps('days')}
        />
        <TagsInput
          label={t('keys.ips')}
          description={t('keys.ipsHint')}
          acceptValueOnBlur
          {...form.getInputProps('ips')}
        />
        <ProblemNote error={make.error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('shell:cancel')}
          </Button>
          <Button type="submit" loading={make.isPending} disabled={form.values.scopes.length === 0}>
            {t('keys.make')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function inDays(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString();
}
