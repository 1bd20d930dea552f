import { Card, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { PartProps } from '../part-props.js';
import { PartForm } from './part-form.js';

/** What flows and the agent can call: addresses, and servers of tools. Secrets are named, never shown. */
export function Tools({ draft, definition }: PartProps) {
  const { t } = useTranslation('authoring');
  return (
    <Stack>
      <Text c="dimmed" size="sm">
        {t('parts.tools')}
      </Text>
      <Card>
        <PartForm part="tools" draft={draft} definition={definition} />
      </Card>
      <Card>
        <PartForm part="mcp_servers" draft={draft} definition={definition} />
      </Card>
    </Stack>
  );
}
