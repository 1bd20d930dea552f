import { ActionIcon, Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Contact } from '#libs/model';
import { call } from '../api/call.js';
import { useMay } from '../api/session.js';
import { ProblemNote } from '../parts/problem-note.js';
import { told } from '../parts/told.js';
import { Matter } from './matter.js';

/** Name and fields of a person, to be read and changed. */
export function Fields({ contact }: { contact: Contact }) {
  const { t } = useTranslation('contacts');
  const client = useQueryClient();
  const mayWrite = useMay('contacts:write') && contact.merged_into === null;
  const [name, setName] = useState(contact.name ?? '');
  const [fields, setFields] = useState(() =>
    Object.entries(contact.attributes).map(([key, value], at) => ({ at, key, value: textOf(value) })),
  );
  const [added, setAdded] = useState(fields.length);
  const save = useMutation({
    mutationFn: () => {
      const gone = Object.keys(contact.attributes).filter(
        (key) => !fields.some((field) => field.key === key),
      );
      const attributes = Object.fromEntries([
        ...gone.map((key) => [key, null] as const),
        ...fields
          .filter(({ key }) => key.trim() !== '')
          .map(({ key, value }) => [key.trim(), value] as const),
      ]);
      const body = { name: name.trim() === '' ? null : name.trim(), attributes };
      return call<Contact>('PATCH', `/v1/contacts/${contact.id}`, { body });
    },
    onSuccess: (saved) => {
      client.setQueryData([`/v1/contacts/${contact.id}`], saved);
      told(t('saved', { ns: 'shell' }));
    },
  });
  const change = (at: number, changes: { key?: string; value?: string }) =>
    setFields(fields.map((field) => (field.at === at ? { ...field, ...changes } : field)));
  return (
    <Matter title={t('fields')}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate();
        }}
      >
        <Stack gap="xs">
          <TextInput
            label={t('name')}
            value={name}
            maxLength={200}
            readOnly={!mayWrite}
            onChange={(event) => setName(event.currentTarget.value)}
            dir="auto"
          />
          {fields.map(({ at, key, value }) => (
            <Group key={at} gap={6} wrap="nowrap">
              <TextInput
                flex="0 1 40%"
                aria-label={t('field')}
                value={key}
                maxLength={64}
                readOnly={!mayWrite}
                onChange={(event) => change(at, { key: event.currentTarget.value })}
              />
              <TextInput
                flex={1}
                aria-label={`${t('value')} ${key}`}
                value={value}
                maxLength={500}
                readOnly={!mayWrite}
                onChange={(event) => change(at, { value: event.currentTarget.value })}
                dir="auto"
              />
              {mayWrite && (
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  aria-label={t('remove', { name: key })}
                  onClick={() => setFields(fields.filter((field) => field.at !== at))}
                >
                  <IconX size={16} aria-hidden />
                </ActionIcon>
              )}
            </Group>
          ))}
          {fields.length === 0 && !mayWrite && <Text c="dimmed">–</Text>}
          <ProblemNote error={save.error} />
          {mayWrite && (
            <Group gap="xs">
              <Button
                variant="subtle"
                size="compact-sm"
                leftSection={<IconPlus size={15} aria-hidden />}
                onClick={() => {
                  setFields([...fields, { at: added, key: '', value: '' }]);
                  setAdded(added + 1);
                }}
              >
                {t('addField')}
              </Button>
              <Button type="submit" size="compact-sm" loading={save.isPending}>
                {t('save', { ns: 'shell' })}
              </Button>
            </Group>
          )}
        </Stack>
      </form>
    </Matter>
  );
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
