import {
  Autocomplete,
  MultiSelect,
  NumberInput,
  Select,
  Switch,
  TagsInput,
  Textarea,
  TextInput,
} from '@mantine/core';
import { useContext } from 'react';
import type { Content } from '#libs/model';
import { PairsField } from '../pairs-field.js';
import { SayField } from '../say-field.js';
import { JsonField } from '../testing/json-field.js';
import { type FieldProps, FormContext, useErrorAt } from './form-context.js';
import { GroupsField } from './groups-field.js';
import { HeadersField } from './headers-field.js';
import { controlOf, resolved } from './json-schema.js';
import { ListField } from './list-field.js';
import { ObjectField } from './object-field.js';
import { SecretField } from './secret-field.js';
import { useLabel } from './use-label.js';
import { Said } from '../../parts/said.js';

/** The control that fits a part of a schema. */
export function SchemaField(props: FieldProps) {
  const { name, pointer, value, isRequired, onChange } = props;
  const { root, isOff, suggested } = useContext(FormContext);
  const label = useLabel()(name);
  const error = useErrorAt(pointer);
  const schema = resolved(props.schema, root);
  const { default: preset } = schema;
  const description = schema.description === undefined ? undefined : <Said>{schema.description}</Said>;
  const common = { label, description, error, disabled: isOff, name: pointer };
  const written = typeof value === 'string' ? value : '';
  const setText = (text: string) => onChange(text === '' && !isRequired ? undefined : text);
  const whole = { ...props, schema };
  switch (controlOf(schema, root)) {
    case 'secret':
      return <SecretField {...common} value={written} onChange={setText} isRequired={isRequired} />;
    case 'choice':
      return (
        <Select
          {...common}
          required={isRequired}
          data={[...(schema.enum ?? [])]}
          value={written || (typeof preset === 'string' ? preset : null)}
          clearable={!isRequired && preset === undefined}
          onChange={(chosen) => onChange(chosen ?? undefined)}
        />
      );
    case 'choices':
      return (
        <MultiSelect
          {...common}
          data={[...(resolved(schema.items ?? {}, root).enum ?? [])]}
          value={listOf(value)}
          onChange={onChange}
        />
      );
    case 'switch':
      return (
        <Switch
          {...common}
          checked={value === undefined ? preset === true : value === true}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
      );
    case 'number':
      return (
        <NumberInput
          {...common}
          required={isRequired}
          value={typeof value === 'number' ? value : ''}
          placeholder={typeof preset === 'number' ? String(preset) : ''}
          {...(schema.minimum !== undefined && { min: schema.minimum })}
          {...(schema.maximum !== undefined && { max: schema.maximum })}
          onChange={(next) => onChange(typeof next === 'number' ? next : undefined)}
        />
      );
    case 'words':
      return (
        <TagsInput
          {...common}
          value={listOf(value)}
          data={[...(suggested[name] ?? [])]}
          splitChars={[]}
          acceptValueOnBlur
          onChange={(next) => onChange(next.length === 0 && !isRequired ? undefined : next)}
        />
      );
    case 'groups':
      return <GroupsField {...whole} />;
    case 'said':
      return (
        <SayField
          label={label}
          parts={value as Content[] | undefined}
          error={error}
          disabled={isOff}
          {...(description !== undefined && { description })}
          onChange={onChange}
        />
      );
    case 'list':
      return <ListField {...whole} />;
    case 'object':
      return <ObjectField {...whole} />;
    case 'headers':
      return <HeadersField {...whole} />;
    case 'pairs':
      return (
        <PairsField
          label={label}
          isOff={isOff}
          pairs={(value ?? {}) as Record<string, string>}
          onChange={onChange}
        />
      );
    case 'json':
      return (
        <JsonField
          label={label}
          isOff={isOff}
          value={value}
          {...(description !== undefined && { description })}
          onChange={onChange}
        />
      );
    case 'text':
      return (
        <Textarea
          {...common}
          required={isRequired}
          autosize
          minRows={name === 'instructions' ? 6 : 1}
          maxRows={20}
          value={written}
          onChange={(event) => setText(event.currentTarget.value)}
        />
      );
    case 'line':
      return suggested[name] ? (
        <Autocomplete {...common} data={[...suggested[name]]} value={written} onChange={setText} />
      ) : (
        <TextInput
          {...common}
          required={isRequired}
          value={written}
          placeholder={typeof preset === 'string' ? preset : ''}
          onChange={(event) => setText(event.currentTarget.value)}
        />
      );
  }
}

function listOf(value: unknown): string[] {
  return Array.isArray(value) ? (value as string[]) : [];
}
