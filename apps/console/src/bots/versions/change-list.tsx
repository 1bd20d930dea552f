import { Stack, Text } from '@mantine/core';
import { IconArrowsUpDown, IconMinus, IconPencil, IconPlus } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { BotChange } from '#libs/model';
import classes from './versions.module.css';

const icons = {
  added: IconPlus,
  removed: IconMinus,
  changed: IconPencil,
  moved: IconArrowsUpDown,
} as const;

/** The differences between two definitions, one line each. */
export function ChangeList({ changes, most }: { changes: readonly BotChange[]; most?: number }) {
  const { t } = useTranslation('authoring');
  const shown = most === undefined ? changes : changes.slice(0, most);
  if (changes.length === 0) return <Text c="dimmed">{t('versions.same')}</Text>;
  return (
    <Stack gap={0} component="ul" className={classes['changes'] ?? ''}>
      {shown.map((change) => (
        <Line key={change.kind + change.pointer} change={change} />
      ))}
      {shown.length < changes.length && (
        <li>
          <Text size="sm" c="dimmed">
            {t('versions.more', { count: changes.length - shown.length })}
          </Text>
        </li>
      )}
    </Stack>
  );
}

function Line({ change: { kind, text } }: { change: BotChange }) {
  const { t } = useTranslation('authoring');
  const Icon = icons[kind];
  return (
    <li className={classes['change']} data-kind={kind}>
      <Icon size={16} aria-label={t(`versions.kind.${kind}`)} className={classes['icon']} />
      {/* The line begins with a sign of its own, which the picture says already. */}
      <Text size="sm" className={classes['text']}>
        {text.replace(/^[-+~^] /, '')}
      </Text>
    </li>
  );
}
