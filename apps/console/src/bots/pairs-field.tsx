import { ActionIcon, Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { freeId } from './say-field.js';

type Plain = string | number | boolean;

/** Names with a value each, such as the fields that a step sets. Numbers and true, false stay what they are. */
export function PairsField<Value extends Plain>(props: {
  label: string;
  pairs: Readonly<Record<string, Value>>;
  isOff?: boolean;
  /** What a new name is called. */
  first?: string;
  /** What a new one holds. */
  preset?: string;
  onChange: (pairs: Record<string, Value>) => void;
}) {
  const { label, pairs, isOff = false, first = 'field', preset = '', onChange } = props;
  const { t } = useTranslation('bots');
  const rows = Object.entries(pairs);
  const set = (next: readonly (readonly [string, Plain])[]) =>
    onChange(Object.fromEntries(next) as Record<string, Value>);
  const put = (at: number, row: readonly [string, Plain]) =>
    set(rows.map((one, place) => (place === at ? row : one)));
  return (
    <Stack gap="xs">
      <Text size="sm" fw={560}>
        {label}
      </Text>
      {rows.map(([name, value], at) => (
        <Group key={at} gap={4} wrap="nowrap">
          <TextInput
            aria-label={`${label}: ${t('flows.form.field')} ${at + 1}`}
            value={name}
            dir="ltr"
            w="40%"
            disabled={isOff}
            onChange={(event) => put(at, [event.currentTarget.value, value])}
          />
          <TextInput
            aria-label={`${label}: ${t('flows.form.expression')} ${at + 1}`}
            value={String(value)}
            dir="ltr"
            style={{ flex: 1 }}
            disabled={isOff}
            onChange={(event) => put(at, [name, likeBefore(event.currentTarget.value, value)])}
          />
          <ActionIcon
            variant="subtle"
            color="gray"
            disabled={isOff}
            aria-label={`${t('flows.form.remove')} ${at + 1}`}
            onClick={() => set(rows.filter((_, place) => place !== at))}
          >
            <IconTrash size={16} aria-hidden />
          </ActionIcon>
        </Group>
      ))}
      <div>
        <Button
          size="compact-sm"
          variant="default"
          disabled={isOff}
          onClick={() =>
            set([...rows, [freeId(first, new Set(rows.map(([name]) => name))).replaceAll('-', '_'), preset]])
          }
        >
          {t('flows.form.addValue')}
        </Button>
      </div>
    </Stack>
  );
}

/** A text as the kind of value that stood there, where it can be one. */
function likeBefore(text: string, before: Plain): Plain {
  if (typeof before === 'number' && text.trim() !== '' && Number.isFinite(Number(text))) return Number(text);
  if (typeof before === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  return text;
}
