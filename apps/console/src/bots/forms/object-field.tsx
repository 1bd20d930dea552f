import { Fieldset, Stack, Switch } from '@mantine/core';
import { useContext } from 'react';
import { type FieldProps, FormContext } from './form-context.js';
import { emptyOf, type JsonSchema } from './json-schema.js';
import { useLabel } from './use-label.js';
import classes from './forms.module.css';
import { Said } from '../../parts/said.js';

/** Several fields that belong together; those that may be left out have a switch. */
export function ObjectField({ schema, name, pointer, value, isRequired, onChange }: FieldProps) {
  const { root, isOff } = useContext(FormContext);
  const label = useLabel()(name);
  const isThere = value !== undefined && value !== null;
  const isFixed = isRequired || schema.default !== undefined;
  return (
    <Fieldset
      variant="unstyled"
      className={classes['object'] ?? ''}
      data-whole={pointer.lastIndexOf('/') === 0 || undefined}
      {...(isFixed && { legend: label })}
      aria-label={label}
    >
      <Stack gap="sm">
        {!isFixed && (
          <Switch
            label={label}
            description={schema.description !== undefined && <Said>{schema.description}</Said>}
            checked={isThere}
            disabled={isOff}
            onChange={(event) => onChange(event.currentTarget.checked ? emptyOf(schema, root) : undefined)}
          />
        )}
        {(isThere || isFixed) && (
          <Properties schema={schema} pointer={pointer} value={value ?? {}} onChange={onChange} />
        )}
      </Stack>
    </Fieldset>
  );
}

/** The fields of an object, one below the other. */
export function Properties(props: {
  schema: JsonSchema;
  pointer: string;
  value: unknown;
  /** Fields that stand elsewhere. */
  without?: readonly string[];
  onChange: (value: unknown) => void;
}) {
  const { schema, pointer, value, without = [], onChange } = props;
  const { Field } = useContext(FormContext);
  const fields = (value ?? {}) as Record<string, unknown>;
  return Object.entries(schema.properties ?? {})
    .filter(([name]) => !without.includes(name))
    .map(([name, property]) => (
      <Field
        key={name}
        schema={property}
        name={name}
        pointer={`${pointer}/${name}`}
        value={fields[name]}
        isRequired={schema.required?.includes(name) ?? false}
        onChange={(next) => {
          const { [name]: _, ...others } = fields;
          onChange(next === undefined ? others : { ...fields, [name]: next });
        }}
      />
    ));
}
