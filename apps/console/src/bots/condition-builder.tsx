import { Button, CloseButton, NativeSelect, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import {
  type ActionProps,
  type Field,
  QueryBuilder,
  type RuleGroupType,
  type ValueEditorProps,
  type VersatileSelectorProps,
} from 'react-querybuilder';
import { formatQuery } from 'react-querybuilder/formatQuery';
import { parseCEL } from 'react-querybuilder/parseCEL';
import classes from './condition-builder.module.css';

/** What a condition can ask about: see the guide of bot authors. */
const fields: Field[] = [
  { name: 'message.text', label: 'message.text' },
  { name: 'message.is_first', label: 'message.is_first', valueEditorType: 'checkbox', operators: ['='] },
  { name: 'message.language', label: 'message.language' },
  { name: 'contact.name', label: 'contact.name' },
  { name: 'conversation.has_replies', label: 'conversation.has_replies', valueEditorType: 'checkbox' },
  { name: 'time.is_open', label: 'time.is_open', valueEditorType: 'checkbox', operators: ['='] },
  { name: 'time.hour', label: 'time.hour', inputType: 'number' },
  { name: 'time.weekday', label: 'time.weekday' },
  { name: 'channel.label', label: 'channel.label' },
].map((field) => ({ ...field, value: field.name }) as Field);

const operators = [
  { name: '=', value: '=', label: '=' },
  { name: '!=', value: '!=', label: '≠' },
  { name: '<', value: '<', label: '<' },
  { name: '>', value: '>', label: '>' },
  { name: 'contains', value: 'contains', label: '∋' },
  { name: 'beginsWith', value: 'beginsWith', label: 'a…' },
];

/** Builds a CEL condition without writing it. One that the builder cannot read stays as it was written. */
export function ConditionBuilder({ value, onChange }: { value: string; onChange: (cel: string) => void }) {
  const { t } = useTranslation('bots');
  const [query, setQuery] = useState<RuleGroupType>(() => read(value));
  if (value !== '' && query.rules.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {t('rules.written')}
      </Text>
    );
  }
  return (
    <Stack className={classes['builder']}>
      <QueryBuilder
        fields={fields}
        operators={operators}
        query={query}
        onQueryChange={(next) => {
          setQuery(next);
          onChange(next.rules.length === 0 ? '' : formatQuery(next, { format: 'cel', parseNumbers: true }));
        }}
        combinators={[
          { name: 'and', value: 'and', label: t('rules.and') },
          { name: 'or', value: 'or', label: t('rules.or') },
        ]}
        controlElements={{
          addRuleAction: Add,
          addGroupAction: Add,
          removeRuleAction: Remove,
          removeGroupAction: Remove,
          fieldSelector: Choose,
          operatorSelector: Choose,
          combinatorSelector: Choose,
          valueEditor: Value,
        }}
        translations={{
          addRule: { label: t('rules.addCondition') },
          addGroup: { label: t('rules.addGroup') },
          removeRule: { title: t('rules.removeCondition') },
          removeGroup: { title: t('rules.removeCondition') },
          fields: { title: t('rules.field') },
          operators: { title: t('rules.operator') },
          value: { title: t('rules.value') },
          combinators: { title: t('rules.operator') },
        }}
      />
    </Stack>
  );
}

function read(cel: string): RuleGroupType {
  const empty = { combinator: 'and', rules: [] };
  if (cel === '') return empty;
  try {
    return parseCEL(cel);
  } catch {
    return empty;
  }
}

function Add(props: ActionProps) {
  const { label, disabled } = props;
  return (
    <Button
      size="compact-sm"
      variant="default"
      disabled={disabled ?? false}
      onClick={(event) => props.handleOnClick(event)}
    >
      {label}
    </Button>
  );
}

function Remove(props: ActionProps) {
  return <CloseButton aria-label={props.title ?? ''} onClick={(event) => props.handleOnClick(event)} />;
}

function Choose(props: VersatileSelectorProps) {
  const { options, value, title } = props;
  const data = (options as { name: string; label: string }[]).map(({ name, label }) => ({
    value: name,
    label,
  }));
  return (
    <NativeSelect
      size="xs"
      aria-label={title ?? ''}
      data={data}
      value={value ?? ''}
      onChange={(event) => props.handleOnChange(event.currentTarget.value)}
    />
  );
}

function Value(props: ValueEditorProps) {
  const { t } = useTranslation('bots');
  const { value, title, type, inputType } = props;
  if (type === 'checkbox') {
    return (
      <NativeSelect
        size="xs"
        aria-label={title ?? ''}
        data={[
          { value: 'true', label: t('rules.isTrue') },
          { value: 'false', label: t('rules.isFalse') },
        ]}
        value={String(value === true || value === 'true')}
        onChange={(event) => props.handleOnChange(event.currentTarget.value === 'true')}
      />
    );
  }
  return (
    <TextInput
      size="xs"
      aria-label={title ?? ''}
      type={inputType ?? 'text'}
      value={String(value ?? '')}
      onChange={(event) => props.handleOnChange(event.currentTarget.value)}
    />
  );
}
