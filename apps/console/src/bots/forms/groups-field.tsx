import { ActionIcon, Button, Group, Input, Stack, TagsInput, Text } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useContext } from 'react';
import { useTranslation } from 'react-i18next';
import { type FieldProps, FormContext } from './form-context.js';
import { useLabel } from './use-label.js';
import { Said } from '../../parts/said.js';

/** Groups of words, such as those that mean the same. */
export function GroupsField({ schema, name, value, onChange }: FieldProps) {
  const { isOff } = useContext(FormContext);
  const { t } = useTranslation('authoring');
  const label = useLabel()(name);
  const groups = Array.isArray(value) ? (value as string[][]) : [];
  return (
    <Stack gap="xs">
      <div>
        <Text size="sm" fw={560}>
          {label}
        </Text>
        {schema.description !== undefined && (
          <Input.Description>
            <Said>{schema.description}</Said>
          </Input.Description>
        )}
      </div>
      {groups.map((words, at) => (
        <Group key={at} gap={4} wrap="nowrap">
          <TagsInput
            style={{ flex: 1 }}
            aria-label={`${label} ${at + 1}`}
            value={words}
            disabled={isOff}
            acceptValueOnBlur
            onChange={(next) => onChange(groups.map((one, n) => (n === at ? next : one)))}
          />
          <ActionIcon
            variant="subtle"
            color="gray"
            disabled={isOff}
            aria-label={`${t('form.remove')}: ${label} ${at + 1}`}
            onClick={() => onChange(groups.filter((_, n) => n !== at))}
          >
            <IconTrash size={16} aria-hidden />
          </ActionIcon>
        </Group>
      ))}
      <div>
        <Button
          size="xs"
          variant="light"
          disabled={isOff}
          leftSection={<IconPlus size={16} aria-hidden />}
          aria-label={`${t('form.add')}: ${label}`}
          onClick={() => onChange([...groups, []])}
        >
          {t('form.add')}
        </Button>
      </div>
    </Stack>
  );
}
