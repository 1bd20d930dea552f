import { Accordion, ActionIcon, Button, Group, Input, Stack, Text } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconPlus } from '@tabler/icons-react';
import { useContext, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { problemsAt } from '../problems.js';
import { Said } from '../../parts/said.js';
import { freeId } from '../say-field.js';
import { type FieldProps, FormContext } from './form-context.js';
import { emptyOf, resolved, titleOf } from './json-schema.js';
import { Properties } from './object-field.js';
import { useLabel } from './use-label.js';

/** Several things of a kind, in their order; each opens into its fields. */
export function ListField({ schema, name, pointer, value, onChange }: FieldProps) {
  const { root, isOff, problems } = useContext(FormContext);
  const { t } = useTranslation(['authoring', 'bots']);
  const label = useLabel()(name);
  const [open, setOpen] = useState<string | null>(null);
  const items = Array.isArray(value) ? (value as unknown[]) : [];
  const each = resolved(schema.items ?? {}, root);
  const move = (from: number, to: number) => {
    const next = [...items];
    next.splice(to, 0, ...next.splice(from, 1));
    onChange(next);
    setOpen(null);
  };
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
      {items.length > 0 && (
        <Accordion variant="separated" chevronPosition="left" value={open} onChange={setOpen}>
          {items.map((item, at) => (
            <Accordion.Item key={at} value={String(at)}>
              <Group wrap="nowrap" gap={4} pe="xs">
                <Accordion.Control>
                  <Text size="sm" fw={560}>
                    {titleOf(item) || `${label} ${at + 1}`}
                  </Text>
                  {problemsAt(problems, `${pointer}/${at}`).map((problem) => (
                    <Text key={problem.pointer + problem.message} size="sm" c="var(--bad)">
                      <Said>{problem.message}</Said>
                    </Text>
                  ))}
                </Accordion.Control>
                <Move
                  label={t('bots:rules.up')}
                  name={titleOf(item)}
                  isOff={isOff || at === 0}
                  onClick={() => move(at, at - 1)}
                >
                  <IconArrowUp size={16} aria-hidden />
                </Move>
                <Move
                  label={t('bots:rules.down')}
                  name={titleOf(item)}
                  isOff={isOff || at === items.length - 1}
                  onClick={() => move(at, at + 1)}
                >
                  <IconArrowDown size={16} aria-hidden />
                </Move>
              </Group>
              <Accordion.Panel>
                {open === String(at) && (
                  <Stack gap="sm">
                    <Properties
                      schema={each}
                      pointer={`${pointer}/${at}`}
                      value={item}
                      onChange={(next) => onChange(items.map((one, n) => (n === at ? next : one)))}
                    />
                    <Group justify="flex-end">
                      <Button
                        size="xs"
                        variant="subtle"
                        color="red"
                        disabled={isOff}
                        onClick={() => {
                          setOpen(null);
                          onChange(items.filter((_, n) => n !== at));
                        }}
                      >
                        {t('form.remove')}
                      </Button>
                    </Group>
                  </Stack>
                )}
              </Accordion.Panel>
            </Accordion.Item>
          ))}
        </Accordion>
      )}
      <div>
        <Button
          size="xs"
          variant="light"
          leftSection={<IconPlus size={16} aria-hidden />}
          aria-label={`${t('form.add')}: ${label}`}
          disabled={isOff || items.length >= (schema.maxItems ?? Infinity)}
          onClick={() => {
            onChange([...items, withId(emptyOf(each, root), items)]);
            setOpen(String(items.length));
          }}
        >
          {t('form.add')}
        </Button>
      </div>
    </Stack>
  );
}

/** One with an id that no other has, where things of its kind are known by their ids. */
function withId(made: unknown, others: readonly unknown[]): unknown {
  if (typeof made !== 'object' || made === null || !('id' in made)) return made;
  const taken = new Set(others.map((one) => (one as { id?: string }).id ?? ''));
  return { ...made, id: freeId('new', taken) };
}

function Move(props: {
  label: string;
  name: string;
  isOff: boolean;
  onClick: () => void;
  children: ReactNode;
}) {
  const { label, name, isOff, onClick, children } = props;
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      aria-label={`${label}: ${name}`}
      disabled={isOff}
      onClick={onClick}
    >
      {children}
    </ActionIcon>
  );
}
