import { Card, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { PartProps } from '../part-props.js';
import { PartForm } from './part-form.js';

/** How the bot hands over to people, when they are there, and how it asks how it was. */
export function People({ draft, definition }: PartProps) {
  const { t } = useTranslation('authoring');
  return (
    <Stack>
      <Text c="dimmed" size="sm">
        {t('parts.people')}
      </Text>
      <Card>
        <PartForm part="handoff" draft={draft} definition={definition} />
      </Card>
      <Card>
        <PartForm part="hours" draft={draft} definition={definition} />
      </Card>
      <Card>
        <PartForm part="csat" draft={draft} definition={definition} />
      </Card>
    </Stack>
  );
}
