import { Button, Card, FileButton, Group, Select, Stack, Text, Title } from '@mantine/core';
import { IconDownload, IconUpload } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { downloadFrom } from '../../parts/download.js';
import { ProblemNote } from '../../parts/problem-note.js';
import { told } from '../../parts/told.js';
import type { PartProps } from '../part-props.js';
import { keeperOfTests } from '../testing/test-set.js';
import { bringIn } from './bring-in.js';

/** The bot and its tests as a folder of files in an archive, out and in. */
export function Folder({ botId, draft }: PartProps) {
  const { t } = useTranslation('authoring');
  const client = useQueryClient();
  const [version, setVersion] = useState('draft');
  const out = useMutation({
    mutationFn: async () => {
      await draft.store();
      await downloadFrom(`/v1/bots/${botId}/export.zip`, `${fileNameOf(draft.bot?.name)}.zip`, { version });
    },
  });
  const into = useMutation({
    mutationFn: (file: File) => bringIn(file, botId),
    onSuccess: async () => {
      await draft.takeTheirs();
      keeperOfTests(botId)?.drop();
      await client.invalidateQueries({
        predicate: ({ queryKey: [key] }) => String(key).startsWith('/v1/bots'),
      });
      told(t('files.isIn'));
    },
  });
  return (
    <Card>
      <Stack gap="sm">
        <Title order={2}>{t('files.folder')}</Title>
        <Text size="sm" c="dimmed">
          {t('files.folderText')}
        </Text>
        <Group align="flex-end">
          <Select
            label={t('try.version')}
            data={[
              { value: 'draft', label: t('versions.draftName') },
              { value: 'published', label: t('versions.published') },
            ]}
            value={version}
            allowDeselect={false}
            onChange={(next) => next && setVersion(next)}
          />
          <Button
            variant="light"
            leftSection={<IconDownload size={18} aria-hidden />}
            loading={out.isPending}
            onClick={() => out.mutate()}
          >
            {t('files.out')}
          </Button>
          <FileButton accept=".zip,application/zip" onChange={(file) => file && into.mutate(file)}>
            {(props) => (
              <Button
                variant="default"
                leftSection={<IconUpload size={18} aria-hidden />}
                disabled={!draft.mayWrite}
                loading={into.isPending}
                {...props}
              >
                {t('files.in')}
              </Button>
            )}
          </FileButton>
        </Group>
        <Text size="sm" c="dimmed">
          {t('files.inHint')}
        </Text>
        <ProblemNote error={out.error ?? into.error} />
      </Stack>
    </Card>
  );
}

function fileNameOf(name: string | undefined): string {
  return (name ?? 'bot').replaceAll(/[^\p{L}\p{N}]+/gu, '-').replaceAll(/^-|-$/g, '') || 'bot';
}
