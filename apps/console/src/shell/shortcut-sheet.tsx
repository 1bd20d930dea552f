import { Group, Kbd, Modal, Stack, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { makeStore } from '../parts/store.js';
import { useShortcutGroups } from './shortcuts.js';

const sheet = makeStore(false);

/** Shows the sheet of shortcuts. */
export function openShortcuts(): void {
  sheet.set(true);
}

/** What the keys do, on this screen and everywhere. */
export function ShortcutSheet() {
  const { t } = useTranslation();
  const isOpen = sheet.use();
  const groups = useShortcutGroups();
  return (
    <Modal opened={isOpen} onClose={() => sheet.set(false)} title={t('shortcuts')} size="md">
      <Stack gap="lg">
        {groups.map(({ title, shortcuts }) => (
          <section key={title}>
            <Title order={2} size="sm" mb="xs">
              {title}
            </Title>
            <Stack gap={6}>
              {shortcuts.map(({ keys, label }) => (
                <Group key={keys} justify="space-between" wrap="nowrap">
                  <Text size="sm">{label}</Text>
                  <Keys keys={keys} />
                </Group>
              ))}
            </Stack>
          </section>
        ))}
        <Text size="sm" c="dimmed">
          {t('shortcutsHint')}
        </Text>
      </Stack>
    </Modal>
  );
}

function Keys({ keys }: { keys: string }) {
  return (
    <Group gap={4} wrap="nowrap">
      {keys.split(/[ +]/).map((key, at) => (
        <Kbd key={`${key}-${at}`}>{key === 'mod' ? 'Ctrl' : key.length === 1 ? key.toUpperCase() : key}</Kbd>
      ))}
    </Group>
  );
}
