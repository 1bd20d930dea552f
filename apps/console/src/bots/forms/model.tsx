import { Card, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { PartProps } from '../part-props.js';
import { PartForm } from './part-form.js';

/** The responder with a language model: who it is, what it may use, and what it may cost. */
export function Model({ draft, definition }: PartProps) {
  const { t } = useTranslation('authoring');
  return (
    <Stack>
      <Text c="dimmed" size="sm">
        {t('parts.model')}
      </Text>
      <Card>
        <PartForm part="agent" draft={draft} definition={definition} />
      </Card>
    </Stack>
  );
}
