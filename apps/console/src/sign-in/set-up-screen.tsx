import { Alert, Anchor, Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call } from '../api/call.js';
import { fieldErrors } from '../api/problem.js';
import { sessionQuery } from '../api/session.js';
import { ProblemNote } from '../parts/problem-note.js';
import { Front } from './front.js';
import { tokenInHash } from './token.js';

interface Owner {
  workspace_name: string;
  name: string;
  email: string;
  password: string;
}

/** The first run: makes the owner and names the workspace, then leads to the first channel. */
export function SetUpScreen() {
  const { t } = useTranslation('access');
  const [token] = useState(tokenInHash);
  const needed = useQuery({
    queryKey: ['/v1/auth/set-up'],
    queryFn: () => call<{ is_needed: boolean }>('GET', '/v1/auth/set-up'),
    retry: false,
  });
  return (
    <Front title={t('setUp.title')} text={t('setUp.text')}>
      {needed.data?.is_needed === false ? (
        <Alert>
          <Anchor component={Link} to="/sign-in">
            {t('setUp.done')}
          </Anchor>
        </Alert>
      ) : token === '' ? (
        <Alert color="yellow">{t('setUp.noToken')}</Alert>
      ) : (
        <OwnerForm token={token} />
      )}
    </Front>
  );
}

function OwnerForm({ token }: { token: string }) {
  const { t } = useTranslation('access');
  const client = useQueryClient();
  const navigate = useNavigate();
  const form = useForm<Owner>({ initialValues: { workspace_name: '', name: '', email: '', password: '' } });
  const create = useMutation({
    mutationFn: (body: Owner) => call('POST', '/v1/auth/set-up', { body: { ...body, token } }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: sessionQuery.queryKey, refetchType: 'none' });
      await navigate({ to: '/welcome' });
    },
    onError: (error) => form.setErrors(fieldErrors(error)),
  });
  return (
    <form onSubmit={form.onSubmit((values) => create.mutate(values))}>
      <Stack>
        <TextInput
          label={t('setUp.workspaceName')}
          description={t('setUp.workspaceHint')}
          required
          autoFocus
          autoComplete="organization"
          {...form.getInputProps('workspace_name')}
        />
        <TextInput label={t('setUp.name')} required autoComplete="name" {...form.getInputProps('name')} />
        <TextInput
          label={t('email')}
          type="email"
          required
          autoComplete="username"
          {...form.getInputProps('email')}
        />
        <PasswordInput
          label={t('password')}
          description={t('setUp.passwordHint')}
          required
          autoComplete="new-password"
          aria-invalid={form.errors['password'] !== undefined}
          {...form.getInputProps('password')}
        />
        <ProblemNote error={create.error} />
        <Button type="submit" loading={create.isPending}>
          {t('setUp.create')}
        </Button>
      </Stack>
    </form>
  );
}
