import { Alert, Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call } from '../api/call.js';
import { fieldErrors } from '../api/problem.js';
import { sessionQuery } from '../api/session.js';
import { ProblemNote } from '../parts/problem-note.js';
import { Front } from './front.js';
import { tokenInHash } from './token.js';

/** Where the link of an invitation leads: a name, a password, and in. */
export function InvitationScreen() {
  const { t } = useTranslation('access');
  const [token] = useState(tokenInHash);
  const client = useQueryClient();
  const navigate = useNavigate();
  const form = useForm({ initialValues: { name: '', password: '' } });
  const join = useMutation({
    mutationFn: (body: { name: string; password: string }) =>
      call('POST', '/v1/auth/accept-invitation', { body: { ...body, token } }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: sessionQuery.queryKey, refetchType: 'none' });
      await navigate({ to: '/' });
    },
    onError: (error) => form.setErrors(fieldErrors(error)),
  });
  return (
    <Front title={t('invitation.title')} text={t('invitation.text')}>
      {token === '' ? (
        <Alert color="yellow">{t('invitation.invalid')}</Alert>
      ) : (
        <form onSubmit={form.onSubmit((values) => join.mutate(values))}>
          <Stack>
            <TextInput label={t('setUp.name')} autoComplete="name" required {...form.getInputProps('name')} />
            <PasswordInput
              label={t('password')}
              description={t('setUp.passwordHint')}
              autoComplete="new-password"
              required
              aria-invalid={form.errors['password'] !== undefined}
              {...form.getInputProps('password')}
            />
            <ProblemNote error={join.error} />
            <Button type="submit" loading={join.isPending}>
              {t('invitation.join')}
            </Button>
          </Stack>
        </form>
      )}
    </Front>
  );
}
