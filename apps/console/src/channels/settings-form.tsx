import { Button, Collapse, Stack } from '@mantine/core';
import { IconChevronDown } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Field } from './schema.js';
import { SettingField } from './setting-field.js';

/** The settings of a channel as a form: what matters first, the rest behind a button. */
export function SettingsForm(props: {
  fields: readonly Field[];
  values: Readonly<Record<string, unknown>>;
  errors: Readonly<Record<string, string>>;
  onChange: (name: string, value: unknown) => void;
  /** Secrets that are set already. */
  secretsSet?: readonly string[];
}) {
  const { fields, values, errors, onChange, secretsSet = [] } = props;
  const { t } = useTranslation('channels');
  const [isMore, setMore] = useState(false);
  const essential = fields.filter(({ isEssential }) => isEssential);
  const rest = fields.filter(({ isEssential }) => !isEssential);
  // A mistake is never hidden.
  const isOpen =
    isMore || essential.length === 0 || rest.some(({ name }) => errorOf(name, errors) !== undefined);
  const draw = (field: Field) => (
    <SettingField
      key={field.name}
      field={field}
      value={values[field.name]}
      error={errorOf(field.name, errors)}
      isSet={secretsSet.includes(field.name)}
      onChange={(value) => onChange(field.name, value)}
    />
  );
  return (
    <Stack>
      {essential.map(draw)}
      {rest.length > 0 && essential.length > 0 && (
        <Button
          variant="subtle"
          color="gray"
          justify="flex-start"
          px={0}
          leftSection={
            <IconChevronDown size={16} aria-hidden style={{ rotate: isOpen ? '180deg' : '0deg' }} />
          }
          aria-expanded={isOpen}
          onClick={() => setMore(!isMore)}
        >
          {t('create.more', { count: rest.length })}
        </Button>
      )}
      <Collapse expanded={isOpen}>
        <Stack>{rest.map(draw)}</Stack>
      </Collapse>
    </Stack>
  );
}

/** The error of a setting, or of something within it. */
function errorOf(name: string, errors: Readonly<Record<string, string>>): string | undefined {
  const found = Object.entries(errors).find(
    ([place]) => place === `settings.${name}` || place.startsWith(`settings.${name}.`),
  );
  return found?.[1];
}
