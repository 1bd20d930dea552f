import { ActionIcon, Button, Group, SegmentedControl, Stack, Text, TextInput } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useContext } from 'react';
import { useTranslation } from 'react-i18next';
import { type FieldProps, FormContext } from './form-context.js';
import { SecretField } from './secret-field.js';
import { useLabel } from './use-label.js';
import classes from './forms.module.css';

type Header = string | { secret: string; prefix: string };

/** Headers of a call: words, or a secret by its name with what stands before it. */
export function HeadersField({ name, value, onChange }: FieldProps) {
  const { isOff } = useContext(FormContext);
  const { t } = useTranslation('authoring');
  const label = useLabel()(name);
  const rows = Object.entries((value ?? {}) as Record<string, Header>);
  const set = (next: readonly (readonly [string, Header])[]) => onChange(Object.fromEntries(next));
  const put = (at: number, row: readonly [string, Header]) =>
    set(rows.map((one, place) => (place === at ? row : one)));
  return (
    <Stack gap="xs">
      <Text size="sm" fw={560}>
        {label}
      </Text>
      {rows.map(([header, holds], at) => (
        <div key={at} className={classes['row']}>
          <Group gap="xs" align="flex-end" wrap="nowrap">
            <TextInput
              style={{ flex: 1 }}
              label={t('form.header')}
              dir="ltr"
              value={header}
              disabled={isOff}
              onChange={(event) => put(at, [event.currentTarget.value, holds])}
            />
            <SegmentedControl
              size="xs"
              aria-label={t('form.headerKind')}
              disabled={isOff}
              data={[
                { value: 'words', label: t('form.words') },
                { value: 'secret', label: t('form.secret') },
              ]}
              value={typeof holds === 'string' ? 'words' : 'secret'}
              onChange={(kind) => put(at, [header, kind === 'words' ? '' : { secret: '', prefix: '' }])}
            />
            <ActionIcon
              variant="subtle"
              color="gray"
              disabled={isOff}
              aria-label={`${t('form.remove')}: ${header}`}
              onClick={() => set(rows.filter((_, place) => place !== at))}
            >
              <IconTrash size={16} aria-hidden />
            </ActionIcon>
          </Group>
          <Holds holds={holds} isOff={isOff} onChange={(next) => put(at, [header, next])} />
        </div>
      ))}
      <div>
        <Button
          size="xs"
          variant="light"
          disabled={isOff}
          leftSection={<IconPlus size={16} aria-hidden />}
          aria-label={`${t('form.add')}: ${t('form.header')}`}
          onClick={() => set([...rows, [freeHeader(rows.map(([one]) => one)), '']])}
        >
          {t('form.add')}
        </Button>
      </div>
    </Stack>
  );
}

function Holds(props: { holds: Header; isOff: boolean; onChange: (holds: Header) => void }) {
  const { holds, isOff, onChange } = props;
  const { t } = useTranslation('authoring');
  if (typeof holds === 'string') {
    return (
      <TextInput
        label={t('form.words')}
        dir="ltr"
        value={holds}
        disabled={isOff}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    );
  }
  return (
    <Group gap="xs" align="flex-start" grow>
      <TextInput
        label={t('form.prefix')}
        placeholder="Bearer "
        dir="ltr"
        value={holds.prefix}
        disabled={isOff}
        onChange={(event) => onChange({ ...holds, prefix: event.currentTarget.value })}
      />
      <SecretField
        label={t('form.secret')}
        value={holds.secret}
        disabled={isOff}
        isRequired
        onChange={(secret) => onChange({ ...holds, secret })}
      />
    </Group>
  );
}

function freeHeader(taken: readonly string[]): string {
  for (const name of ['authorization', 'x-api-key']) if (!taken.includes(name)) return name;
  let n = 1;
  while (taken.includes(`x-header-${n}`)) n++;
  return `x-header-${n}`;
}
