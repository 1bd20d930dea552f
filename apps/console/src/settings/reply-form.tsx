import { Button, Card, Group, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { CannedReply } from '#libs/model';
import { call } from '../api/call.js';
import { fieldErrors } from '../api/problem.js';
import { useSession } from '../api/session.js';
import { ProblemNote } from '../parts/problem-note.js';
import { told } from '../parts/told.js';
import { readDraft, removeDraft, writeDraft } from '../parts/use-draft.js';
import { previewOf } from './preview.js';

const PATH = '/v1/canned-replies';
const VARIABLES = ['contact.name', 'operator.name', 'conversation.id', 'contact.attributes.plan'] as const;

/** Writes a kept answer, with what is filled in by itself, and how it will read. What is typed stays until it is saved or thrown away. */
export function ReplyForm({ reply, onClose }: { reply?: CannedReply; onClose: () => void }) {
  const { t } = useTranslation(['house', 'shell']);
  const { member } = useSession();
  const client = useQueryClient();
  const field = useRef<HTMLTextAreaElement>(null);
  const key = `reply-${reply?.id ?? 'new'}`;
  const stored = { shortcut: reply?.shortcut ?? '', title: reply?.title ?? '', text: reply?.text ?? '' };
  const form = useForm({
    initialValues: readDraft<typeof stored>(key) ?? stored,
    onValuesChange: (values) => writeDraft(key, values),
  });
  const throwAway = () => {
    removeDraft(key);
    onClose();
  };
  const save = useMutation({
    mutationFn: (body: typeof form.values) =>
      reply ? call('PATCH', `${PATH}/${reply.id}`, { body }) : call('POST', PATH, { body }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: [PATH] });
      told(t('shell:saved'));
      throwAway();
    },
    onError: (error) => form.setErrors(fieldErrors(error)),
  });
  const insert = (name: string) => {
    const { text } = form.values;
    const at = field.current?.selectionStart ?? text.length;
    form.setFieldValue('text', `${text.slice(0, at)}{{ ${name} }}${text.slice(at)}`);
    field.current?.focus();
  };
  const example = { operator: member.name, contact: t('replies.example') };
  return (
    <form onSubmit={form.onSubmit((values) => save.mutate(values))}>
      <Stack>
        <Group grow align="flex-start">
          <TextInput
            label={t('replies.shortcut')}
            description={t('replies.shortcutHint')}
            leftSection="/"
            required
            maxLength={40}
            data-autofocus
            {...form.getInputProps('shortcut')}
          />
          <TextInput
            label={t('replies.title')}
            description={t('replies.titleHint')}
            required
            maxLength={100}
            {...form.getInputProps('title')}
          />
        </Group>
        <Textarea
          ref={field}
          label={t('replies.words')}
          required
          autosize
          minRows={4}
          maxRows={12}
          maxLength={4_000}
          {...form.getInputProps('text')}
        />
        <Group gap={6} role="group" aria-label={t('replies.variables')}>
          <Text size="sm" c="dimmed">
            {t('replies.variables')}
          </Text>
          {VARIABLES.map((name) => (
            <Button key={name} size="compact-xs" variant="default" onClick={() => insert(name)}>
              {name}
            </Button>
          ))}
        </Group>
        {form.values.text.trim() !== '' && (
          <Card component="section" aria-label={t('replies.preview')} padding="sm">
            <Text size="xs" c="dimmed" mb={4}>
              {t('replies.preview')}
            </Text>
            <Text style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
              {previewOf(form.values.text, example)}
            </Text>
          </Card>
        )}
        <ProblemNote error={save.error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={throwAway}>
            {t('shell:cancel')}
          </Button>
          <Button type="submit" loading={save.isPending}>
            {t('shell:save')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
