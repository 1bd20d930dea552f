import { Alert, Button, Group, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { DryRunResult, SimulateResult } from '#libs/model';
import { call } from '../api/call.js';
import { CodeBlock, prettyJson } from '../parts/code-block.js';
import { ProblemNote } from '../parts/problem-note.js';

/** What both forms ask: a person and a text. */
interface Said {
  person: string;
  text: string;
}

/** One person, one text, one button; what came of it stands below. */
function TryForm(props: {
  hint: string;
  person: { label: string; description?: string; preset: string };
  textPreset: string;
  submit: string;
  isBusy: boolean;
  onSubmit: (said: Said) => void;
  /** More buttons, with what was typed. */
  more?: (said: Said) => ReactNode;
  children: ReactNode;
}) {
  const { hint, person: field, textPreset, submit, isBusy, onSubmit, more, children } = props;
  const { t } = useTranslation('channels');
  const [person, setPerson] = useState(field.preset);
  const [text, setText] = useState(textPreset);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit({ person, text });
      }}
    >
      <Stack>
        <Text size="sm" c="dimmed">
          {hint}
        </Text>
        <TextInput
          label={field.label}
          description={field.description}
          required
          value={person}
          onChange={(event) => setPerson(event.currentTarget.value)}
        />
        <Textarea
          label={t('try.message')}
          required
          autosize
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <Group>
          <Button type="submit" loading={isBusy}>
            {submit}
          </Button>
          {more?.({ person, text })}
        </Group>
        {children}
      </Stack>
    </form>
  );
}

/** Somebody writes, without a provider. */
export function SimulateForm({ channelId }: { channelId: string }) {
  const { t } = useTranslation('channels');
  const simulate = useMutation({
    mutationFn: ({ person, text }: Said) =>
      call<SimulateResult>('POST', `/v1/channels/${channelId}/simulate`, { body: { from: person, text } }),
  });
  return (
    <TryForm
      hint={t('try.simulateHint')}
      person={{ label: t('try.from'), preset: '+15005550006' }}
      textPreset={t('try.hello')}
      submit={t('try.simulate')}
      isBusy={simulate.isPending}
      onSubmit={(said) => simulate.mutate(said)}
    >
      {simulate.data && <Alert>{t('try.simulated', { status: simulate.data.status })}</Alert>}
      <ProblemNote error={simulate.error} />
    </TryForm>
  );
}

/** Sends somebody a message, or only shows what the provider would be told. */
export function TestForm({ channelId }: { channelId: string }) {
  const { t } = useTranslation('channels');
  const partsOf = (text: string) => [{ type: 'text', text }];
  const dry = useMutation({
    mutationFn: ({ person, text }: Said) =>
      call<DryRunResult>('POST', `/v1/channels/${channelId}/dry-run`, {
        body: { parts: partsOf(text), ...(person !== '' && { to: person }) },
      }),
  });
  const send = useMutation({
    mutationFn: ({ person, text }: Said) =>
      call<{ state: string }>('POST', '/v1/sends', {
        body: {
          address: { kind: kindOfAddress(person), value: person.trim() },
          parts: partsOf(text),
          channels: [{ channel_id: channelId }],
        },
      }),
  });
  return (
    <TryForm
      hint={t('try.testHint')}
      person={{ label: t('try.to'), description: t('try.toHint'), preset: '' }}
      textPreset={t('try.testText')}
      submit={t('try.send')}
      isBusy={send.isPending}
      onSubmit={(said) => send.mutate(said)}
      more={(said) => (
        <Button variant="default" loading={dry.isPending} onClick={() => dry.mutate(said)}>
          {t('try.dry')}
        </Button>
      )}
    >
      {send.data && <Alert>{t('try.sent', { status: send.data.state })}</Alert>}
      <ProblemNote error={send.error} />
      <ProblemNote error={dry.error} />
      {dry.data && <CodeBlock code={prettyJson(dry.data.parts)} label={t('try.dry')} />}
      {dry.data && dry.data.lost.length > 0 && (
        <Alert color="yellow" title={t('try.lost')}>
          {dry.data.lost.join(' · ')}
        </Alert>
      )}
    </TryForm>
  );
}

/** What sort of address somebody wrote. */
function kindOfAddress(written: string): string {
  if (written.includes('@')) return 'email';
  return /^\+?[\d\s()-]{5,}$/.test(written) ? 'phone' : 'external';
}
