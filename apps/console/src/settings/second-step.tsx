import { Button, Card, Group, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call } from '../api/call.js';
import { sessionQuery, useSession } from '../api/session.js';
import { CodeBlock } from '../parts/code-block.js';
import { CopyField } from '../parts/copy-field.js';
import { ProblemNote } from '../parts/problem-note.js';
import { QrCode } from '../parts/qr-code.js';

interface TotpSecret {
  secret: string;
  otpauth_uri: string;
}

/** The second step of signing in: on by scanning and confirming, off by the password. */
export function SecondStep() {
  const { t } = useTranslation('settings');
  const { member } = useSession();
  return (
    <Card>
      <Title order={2} mb={4}>
        {t('me.factor')}
      </Title>
      <Text c="dimmed" mb="md">
        {member.has_second_factor ? t('me.factorOn') : t('me.factorOff')}
      </Text>
      {member.has_second_factor ? <SwitchOff /> : <SwitchOn />}
    </Card>
  );
}

function SwitchOn() {
  const { t } = useTranslation('settings');
  const client = useQueryClient();
  const [code, setCode] = useState('');
  const begin = useMutation({ mutationFn: () => call<TotpSecret>('POST', '/v1/auth/totp') });
  const confirm = useMutation({
    mutationFn: () =>
      call<{ recovery_codes: string[] }>('POST', '/v1/auth/totp/confirm', { body: { code: code.trim() } }),
  });
  if (confirm.data) {
    return (
      <Stack>
        <Text>{t('me.factorCodesHint')}</Text>
        <CodeBlock code={confirm.data.recovery_codes.join('\n')} label={t('me.factorCodes')} />
        <Group>
          <Button onClick={() => void client.invalidateQueries({ queryKey: sessionQuery.queryKey })}>
            OK
          </Button>
        </Group>
      </Stack>
    );
  }
  if (!begin.data) {
    return (
      <>
        <Button variant="light" loading={begin.isPending} onClick={() => begin.mutate()}>
          {t('me.factorBegin')}
        </Button>
        <ProblemNote error={begin.error} />
      </>
    );
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        confirm.mutate();
      }}
    >
      <Stack maw={420}>
        <Text>{t('me.factorScan')}</Text>
        <QrCode value={begin.data.otpauth_uri} label={t('me.factorQr')} size={200} />
        <CopyField label={t('me.factorSecret')} value={begin.data.secret} />
        <TextInput
          label={t('me.factorConfirm')}
          required
          autoComplete="one-time-code"
          inputMode="numeric"
          value={code}
          onChange={(event) => setCode(event.currentTarget.value)}
        />
        <ProblemNote error={confirm.error} />
        <Group>
          <Button type="submit" loading={confirm.isPending}>
            {t('me.factorConfirm')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function SwitchOff() {
  const { t } = useTranslation('settings');
  const client = useQueryClient();
  const [password, setPassword] = useState('');
  const end = useMutation({
    mutationFn: () => call('DELETE', '/v1/auth/totp', { body: { password } }),
    onSuccess: () => client.invalidateQueries({ queryKey: sessionQuery.queryKey }),
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        end.mutate();
      }}
    >
      <Stack maw={420}>
        <Text size="sm">{t('me.factorEndText')}</Text>
        <PasswordInput
          label={t('me.current')}
          required
          autoComplete="current-password"
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        <ProblemNote error={end.error} />
        <Group>
          <Button type="submit" color="red" variant="light" loading={end.isPending}>
            {t('me.factorEnd')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
