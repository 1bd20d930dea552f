import { ActionIcon, CopyButton, Group, Stack, Text, Tooltip } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import classes from './copy-field.module.css';

/** A value to take elsewhere, with a button that copies it and says so. */
export function CopyField({ label, value, hint }: { label: string; value: string; hint?: string }) {
  return (
    <Stack gap={4}>
      <Text size="sm" fw={560}>
        {label}
      </Text>
      {hint !== undefined && (
        <Text size="sm" c="dimmed">
          {hint}
        </Text>
      )}
      <Group gap="xs" wrap="nowrap" className={classes['field']}>
        <code className={classes['value']} dir="ltr">
          {value}
        </code>
        <Copy value={value} label={label} />
      </Group>
    </Stack>
  );
}

/** Copies a value. */
export function Copy({ value, label }: { value: string; label?: string }) {
  const { t } = useTranslation();
  return (
    <CopyButton value={value} timeout={2_000}>
      {({ copied, copy }) => (
        <Tooltip label={copied ? t('copied') : t('copy')}>
          <ActionIcon
            variant="subtle"
            color={copied ? 'green' : 'gray'}
            onClick={copy}
            aria-label={[copied ? t('copied') : t('copy'), label].filter(Boolean).join(': ')}
          >
            {copied ? <IconCheck size={18} aria-hidden /> : <IconCopy size={18} aria-hidden />}
          </ActionIcon>
        </Tooltip>
      )}
    </CopyButton>
  );
}
