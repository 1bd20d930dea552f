import { Button, Group, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { OauthClientWithSecret } from '#libs/model';
import { call } from '../api/call.js';
import { fieldErrors } from '../api/problem.js';
import { CodeBlock } from '../parts/code-block.js';
import { ProblemNote } from '../parts/problem-note.js';
import { ClientSecret } from './client-secret.js';
import { ScopeChoice } from './scope-choice.js';

const PATH = '/v1/oauth-clients';

/** Makes a client, with at most the permissions of the member, and shows its secret once. */
export function ClientForm({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation(['programs', 'shell', 'developers']);
  const client = useQueryClient();
  const form = useForm({ initialValues: { name: '', scopes: [] as string[] } });
  const make = useMutation({
    mutationFn: (body: typeof form.values) => call<OauthClientWithSecret>('POST', PATH, { body }),
    onSuccess: () => client.invalidateQueries({ queryKey: [PATH] }),
    onError: (error) => form.setErrors(fieldErrors(error)),
  });
  if (make.data) {
    return (
      <Stack>
        <ClientSecret made={make.data} />
        <CodeBlock label={t('clients.try')} code={tokenCall(make.data)} />
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
          label={t('developers:keys.name')}
          description={t('developers:keys.nameHint')}
          required
          data-autofocus
          {...form.getInputProps('name')}
        />
        <ScopeChoice {...form.getInputProps('scopes')} />
        <ProblemNote error={make.error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('shell:cancel')}
          </Button>
          <Button type="submit" loading={make.isPending} disabled={form.values.scopes.length === 0}>
            {t('clients.make')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function tokenCall({ id, client_secret: secret }: OauthClientWithSecret): string {
  return [
    `curl ${window.location.origin}/oauth/token \\`,
    `  -u '${id}:${secret}' \\`,
    '  -d grant_type=client_credentials',
  ].join('\n');
}
