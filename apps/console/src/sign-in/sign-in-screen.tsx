import { Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Navigate, useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call } from '../api/call.js';
import { Problem } from '../api/problem.js';
import { sessionQuery } from '../api/session.js';
import { ProblemNote } from '../parts/problem-note.js';
import { Front } from './front.js';
import { SecondFactor } from './second-factor.js';

interface SignedIn {
  status: 'signed-in' | 'second-factor';
}

/** Signing in: e-mail and password, then the second factor where the member has one. */
export function SignInScreen() {
  const { t } = useTranslation('access');
  const [isSecond, setSecond] = useState(false);
  const goOn = useGoOn();
  const setUp = useQuery({
    queryKey: ['/v1/auth/set-up'],
    queryFn: () => call<{ is_needed: boolean }>('GET', '/v1/auth/set-up'),
    retry: false,
  });
  if (setUp.data?.is_needed) return <Navigate to="/set-up" replace />;
  if (isSecond) return <SecondFactor onDone={goOn} onBack={() => setSecond(false)} />;
  return (
    <Front title={t('signIn')} text={t('signInText')}>
      <PasswordForm onSecond={() => setSecond(true)} onDone={goOn} />
    </Front>
  );
}

function PasswordForm({ onSecond, onDone }: { onSecond: () => void; onDone: () => Promise<void> }) {
  const { t } = useTranslation('access');
  const form = useForm({ mode: 'uncontrolled', initialValues: { email: '', password: '' } });
  const signIn = useMutation({
    mutationFn: (body: { email: string; password: string }) =>
      call<SignedIn>('POST', '/v1/auth/sign-in', { body }),
    onSuccess: ({ status }) => (status === 'second-factor' ? onSecond() : onDone()),
  });
  return (
    <form onSubmit={form.onSubmit((values) => signIn.mutate(values))}>
      <Stack>
        <TextInput
          label={t('email')}
          type="email"
          autoComplete="username"
          required
          autoFocus
          key={form.key('email')}
          {...form.getInputProps('email')}
        />
        <PasswordInput
          label={t('password')}
          autoComplete="current-password"
          required
          key={form.key('password')}
          {...form.getInputProps('password')}
          error={refusal(signIn.error, t)}
          aria-invalid={refusal(signIn.error, t) !== null}
        />
        {isOther(signIn.error) && <ProblemNote error={signIn.error} />}
        <Button type="submit" loading={signIn.isPending} fullWidth>
          {t('signIn')}
        </Button>
      </Stack>
    </form>
  );
}

/** Goes where the person wanted to go before they had to sign in. */
function useGoOn(): () => Promise<void> {
  const client = useQueryClient();
  const navigate = useNavigate();
  const { next } = useSearch({ from: '/sign-in' });
  return async () => {
    await client.invalidateQueries({ queryKey: sessionQuery.queryKey, refetchType: 'none' });
    // Only addresses of the console: another one would send people elsewhere.
    const isOurs = next !== undefined && /^\/(?!\/)/.test(next);
    await navigate({ to: isOurs ? next.replace(/^\/console(?=\/|$)/, '') || '/' : '/' });
  };
}

function refusal(error: unknown, t: ReturnType<typeof useTranslation<'access'>>['t']): string | null {
  if (!(error instanceof Problem)) return null;
  if (error.status === 401) return t('wrong');
  if (error.status === 429) {
    return t('tooMany', { seconds: Math.ceil((error.retryAfterMs ?? 60_000) / 1_000) });
  }
  return null;
}

function isOther(error: unknown): boolean {
  return error !== null && !(error instanceof Problem && [401, 429].includes(error.status));
}
