import { Checkbox, SimpleGrid } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useWorkspace } from '../api/session.js';

/** Which permissions a program gets: at most those of the member who gives them. */
export function ScopeChoice(props: {
  value?: string[];
  onChange: (value: string[]) => void;
  error?: ReactNode;
}) {
  const { value = [], onChange, error } = props;
  const { t } = useTranslation('developers');
  const { permissions } = useWorkspace();
  const isAll = value.length === permissions.length;
  return (
    <Checkbox.Group
      label={t('keys.scopes')}
      description={t('keys.scopesHint')}
      required
      value={value}
      onChange={onChange}
      error={error}
    >
      <Checkbox
        my="xs"
        label={t('keys.all')}
        checked={isAll}
        indeterminate={!isAll && value.length > 0}
        onChange={() => onChange(isAll ? [] : [...permissions])}
      />
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing={6}>
        {permissions.map((scope) => (
          <Checkbox key={scope} value={scope} label={scope} size="sm" />
        ))}
      </SimpleGrid>
    </Checkbox.Group>
  );
}
