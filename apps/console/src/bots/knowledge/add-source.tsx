import { Button, Card, FileInput, Group, Stack, Tabs, Textarea, TextInput } from '@mantine/core';
import { IconUpload } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { call } from '../../api/call.js';
import { ProblemNote } from '../../parts/problem-note.js';
import { useDraft } from '../../parts/use-draft.js';

/** Adds files, a page, or a text to a knowledge base. */
export function AddSource({ baseId }: { baseId: string }) {
  const { t } = useTranslation('knowledge');
  const client = useQueryClient();
  const path = `/v1/knowledge-bases/${baseId}`;
  const add = useMutation({
    mutationFn: (work: () => Promise<unknown>) => work(),
    onSuccess: () => client.invalidateQueries({ queryKey: [`${path}/sources`] }),
  });
  const source = (body: object, done: () => void) =>
    add.mutate(() => call('POST', `${path}/sources`, { body }), { onSuccess: done });
  return (
    <Card>
      <Tabs defaultValue="files">
        <Tabs.List mb="md">
          <Tabs.Tab value="files">{t('upload')}</Tabs.Tab>
          <Tabs.Tab value="page">{t('page')}</Tabs.Tab>
          <Tabs.Tab value="text">{t('textSource')}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="files">
          <FileInput
            multiple
            label={t('upload')}
            description={t('uploadHint')}
            placeholder={t('drop')}
            leftSection={<IconUpload size={18} aria-hidden />}
            value={[]}
            disabled={add.isPending}
            onChange={(files) => add.mutate(() => uploadAll(path, files))}
          />
        </Tabs.Panel>
        <Tabs.Panel value="page">
          <PageForm baseId={baseId} isBusy={add.isPending} onAdd={source} />
        </Tabs.Panel>
        <Tabs.Panel value="text">
          <TextForm baseId={baseId} isBusy={add.isPending} onAdd={source} />
        </Tabs.Panel>
      </Tabs>
      <ProblemNote error={add.error} />
    </Card>
  );
}

async function uploadAll(path: string, files: readonly File[]): Promise<void> {
  for (const file of files) {
    await call('POST', `${path}/files`, {
      body: file,
      query: { file_name: file.name },
      headers: { 'content-type': file.type === '' ? 'application/octet-stream' : file.type },
    });
  }
}

interface FormProps {
  baseId: string;
  isBusy: boolean;
  onAdd: (body: object, done: () => void) => void;
}

function PageForm({ baseId, isBusy, onAdd }: FormProps) {
  const { t } = useTranslation('knowledge');
  const { value: url, set: setUrl } = useDraft(`knowledge-page-${baseId}`, '');
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onAdd({ kind: 'page', url }, () => setUrl(''));
      }}
    >
      <Group align="flex-end">
        <TextInput
          style={{ flex: 1 }}
          label={t('pageUrl')}
          type="url"
          required
          value={url}
          onChange={(event) => setUrl(event.currentTarget.value)}
        />
        <Button type="submit" loading={isBusy}>
          {t('addIt')}
        </Button>
      </Group>
    </form>
  );
}

function TextForm({ baseId, isBusy, onAdd }: FormProps) {
  const { t } = useTranslation('knowledge');
  const empty = { title: '', text: '' };
  const draft = useDraft(`knowledge-${baseId}`, empty);
  const { title, text } = draft.value;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onAdd({ kind: 'text', title, text }, () => {
          draft.set(empty);
          draft.clear();
        });
      }}
    >
      <Stack>
        <TextInput
          label={t('textTitle')}
          required
          maxLength={300}
          value={title}
          onChange={(event) => draft.set({ title: event.currentTarget.value, text })}
        />
        <Textarea
          label={t('textBody')}
          required
          autosize
          minRows={4}
          maxRows={16}
          value={text}
          onChange={(event) => draft.set({ title, text: event.currentTarget.value })}
        />
        <Group justify="flex-end">
          <Button type="submit" loading={isBusy}>
            {t('addIt')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
