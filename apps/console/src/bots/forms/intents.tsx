import { Card, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { PartProps } from '../part-props.js';
import { PartForm } from './part-form.js';

/** What people want, by how they say it, and menus to choose from. */
export function Intents({ draft, definition }: PartProps) {
  const { t } = useTranslation('authoring');
  return (
    <Stack>
      <Text c="dimmed" size="sm">
        {t('parts.intents')}
      </Text>
      <Card>
        <PartForm part="understanding" draft={draft} definition={definition} />
      </Card>
      <Card>
        <PartForm part="menus" draft={draft} definition={definition} />
      </Card>
    </Stack>
  );
}
