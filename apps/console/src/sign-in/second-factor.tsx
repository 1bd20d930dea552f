import { Anchor, Button, Stack, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call } from '../api/call.js';
import { Problem } from '../api/problem.js';
import { ProblemNote } from '../parts/problem-note.js';
import { Front } from './front.js';

/** The second step of signing in: a code of the app, or a recovery code. */
export function SecondFactor({ onDone, onBack }: { onDone: () => Promise<void>; onBack: () => void }) {
  const { t } = useTranslation('access');
  const [code, setCode] = useState('');
  const check = useMutation({
    mutationFn: () => call('POST', '/v1/auth/second-factor', { body: { code: code.trim() } }),
    onSuccess: onDone,
  });
  const isWrong = check.error instanceof Problem && [401, 422].includes(check.error.status);
  return (
    <Front title={t('second.title')} text={t('second.text')}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          check.mutate();
        }}
      >
        <Stack>
          <TextInput
            label={t('second.code')}
            value={code}
            onChange={(event) => setCode(event.currentTarget.value)}
            autoComplete="one-time-code"
            autoFocus
            required
            error={isWrong ? t('second.wrong') : null}
          />
          {!isWrong && <ProblemNote error={check.error} />}
          <Button type="submit" loading={check.isPending}>
            {t('signIn')}
          </Button>
          <Anchor component="button" type="button" size="sm" onClick={onBack}>
            {t('second.back')}
          </Anchor>
        </Stack>
      </form>
    </Front>
  );
}
