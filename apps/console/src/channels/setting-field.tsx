import {
  ColorInput,
  JsonInput,
  NumberInput,
  PasswordInput,
  Select,
  Switch,
  TagsInput,
  TextInput,
} from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { LinkedText } from '../parts/linked-text.js';
import { Said } from '../parts/said.js';
import type { Field } from './schema.js';

/** One field of a form that is made from a schema. */
export interface SettingFieldProps {
  field: Field;
  value: unknown;
  onChange: (value: unknown) => void;
  error: string | undefined;
  /** The secret is set already: left empty it stays. */
  isSet?: boolean;
}

/** The control that fits a setting. */
export function SettingField({ field, value, onChange, error, isSet = false }: SettingFieldProps) {
  const { t } = useTranslation('channels');
  const common = {
    label: <Said>{field.label}</Said>,
    description: (
      <bdi lang="en" dir="ltr">
        <LinkedText text={field.description} />
      </bdi>
    ),
    error,
    required: field.isRequired && !isSet,
    name: field.name,
  };
  const text = typeof value === 'string' ? value : '';
  switch (field.kind) {
    case 'secret':
      return (
        <PasswordInput
          {...common}
          value={text}
          autoComplete="off"
          placeholder={isSet ? t('list.secretSet') : field.isGenerated ? t('create.generated') : ''}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      );
    case 'choice':
      return (
        <Select
          {...common}
          data={[...field.options]}
          value={text || null}
          onChange={(chosen) => onChange(chosen ?? '')}
          clearable={!field.isRequired && field.preset === undefined}
        />
      );
    case 'switch':
      return (
        <Switch
          {...common}
          required={false}
          checked={value === true}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
      );
    case 'number':
      return (
        <NumberInput
          {...common}
          value={typeof value === 'number' ? value : ''}
          onChange={onChange}
          {...(field.min !== null && { min: field.min })}
          {...(field.max !== null && { max: field.max })}
        />
      );
    case 'list':
      return (
        <TagsInput
          {...common}
          value={Array.isArray(value) ? (value as string[]) : []}
          onChange={onChange}
          placeholder={t('list.tagsHint')}
          splitChars={[',', ' ', ';']}
          acceptValueOnBlur
        />
      );
    case 'json':
      return (
        <JsonInput
          {...common}
          value={text}
          onChange={onChange}
          autosize
          minRows={2}
          maxRows={12}
          formatOnBlur
          validationError={t('list.jsonWrong')}
          placeholder={t('list.jsonHint')}
        />
      );
    default:
      return field.pattern?.includes('#[0-9a-f]') ? (
        <ColorInput {...common} value={text} onChange={onChange} format="hex" withEyeDropper={false} />
      ) : (
        <TextInput {...common} value={text} onChange={(event) => onChange(event.currentTarget.value)} />
      );
  }
}
