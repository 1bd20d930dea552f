import { Alert, Button, Group, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';

/** Somebody else has stored a change meanwhile: nothing is written over before a person has chosen. */
export function OvertakenNote({ onTheirs, onMine }: { onTheirs: () => void; onMine: () => void }) {
  const { t } = useTranslation('authoring');
  return (
    <Alert color="orange" title={t('draft.overtaken')}>
      <Text size="sm">{t('draft.overtakenText')}</Text>
      <Group gap="xs" mt="xs">
        <Button size="compact-sm" variant="default" onClick={onTheirs}>
          {t('draft.theirs')}
        </Button>
        <Button size="compact-sm" color="orange" variant="light" onClick={onMine}>
          {t('draft.mine')}
        </Button>
      </Group>
    </Alert>
  );
}
