import { Button, Card, FileButton, Group, JsonInput, Stack, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { BotDefinition } from '#libs/model';
import { download } from '../../parts/download.js';
import type { PartProps } from '../part-props.js';

/** The whole definition as JSON: to read, to change by hand, to keep elsewhere. */
export function Definition({ draft, definition }: PartProps) {
  const { t } = useTranslation('bots');
  const [text, setText] = useState(() => JSON.stringify(definition, null, 2));
  const [why, setWhy] = useState<string | null>(null);
  const apply = (written: string) => {
    setText(written);
    try {
      draft.change(JSON.parse(written) as BotDefinition);
      setWhy(null);
    } catch (error) {
      setWhy(error instanceof Error ? error.message : String(error));
    }
  };
  return (
    <Card>
      <Stack gap="sm">
        <Title order={2}>{t('file.title')}</Title>
        <Text c="dimmed" size="sm">
          {t('file.text')}
        </Text>
        <JsonInput
          aria-label={t('file.title')}
          value={text}
          onChange={setText}
          autosize
          minRows={12}
          maxRows={40}
          disabled={!draft.mayWrite}
          error={why === null ? null : t('file.wrong', { why })}
          styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: '0.8125rem' } }}
          dir="ltr"
        />
        <Group>
          <Button variant="light" disabled={!draft.mayWrite} onClick={() => apply(text)}>
            {t('file.apply')}
          </Button>
          <Button
            variant="default"
            onClick={() =>
              download(
                new Blob([`${text}\n`], { type: 'application/json' }),
                `${draft.bot?.name ?? 'bot'}.bot.json`,
              )
            }
          >
            {t('file.download')}
          </Button>
          <FileButton accept="application/json" onChange={(file) => void file?.text().then(apply)}>
            {(props) => (
              <Button variant="default" disabled={!draft.mayWrite} {...props}>
                {t('file.upload')}
              </Button>
            )}
          </FileButton>
        </Group>
      </Stack>
    </Card>
  );
}
