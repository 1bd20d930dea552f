import {
  ActionIcon,
  Button,
  Collapse,
  Group,
  NumberInput,
  Select,
  SimpleGrid,
  Stack,
  Textarea,
  Title,
} from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconTrash } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { TestedConversation } from '#libs/model';
import { Expectations } from './expectations.js';
import { StepResult } from './step-result.js';
import { JsonField } from './json-field.js';
import type { TestStep } from './conversation.js';
import classes from './testing.module.css';

const owners = ['bot', 'queue', 'operator', 'desk'] as const;

/** One step with what is expected of it, and beside that what came of it. */
export function StepForm(props: {
  step: TestStep;
  index: number;
  isOff: boolean;
  result: TestedConversation['steps'][number] | undefined;
  onChange: (step: TestStep) => void;
  onRemove: (() => void) | null;
}) {
  const { step, index, isOff, result, onChange, onRemove } = props;
  const { t } = useTranslation('authoring');
  const [isOpen, { toggle }] = useDisclosure(
    step.wait_s !== undefined || step.owner !== undefined || step.event !== undefined,
  );
  const says = [step.says ?? []].flat();
  const setSays = (texts: readonly string[]) => {
    const { says: _, ...rest } = step;
    if (texts.length === 0) onChange(rest);
    else onChange({ ...step, says: texts.length === 1 ? texts[0]! : [...texts] });
  };
  const set = (change: { [Name in keyof TestStep]?: TestStep[Name] | undefined }) =>
    onChange(
      Object.fromEntries(
        Object.entries({ ...step, ...change }).filter(([, value]) => value !== undefined),
      ) as TestStep,
    );
  return (
    <section className={classes['step']} aria-label={t('tests.step', { step: index + 1 })}>
      <Group justify="space-between">
        <Title order={4} size="sm">
          {t('tests.step', { step: index + 1 })}
        </Title>
        {onRemove && (
          <ActionIcon
            variant="subtle"
            color="gray"
            disabled={isOff}
            aria-label={t('tests.removeStep', { step: index + 1 })}
            onClick={onRemove}
          >
            <IconTrash size={16} aria-hidden />
          </ActionIcon>
        )}
      </Group>
      <div className={classes['sides']}>
        <Stack gap="xs">
          {(says.length === 0 ? [''] : says).map((text, at) => (
            <Textarea
              key={at}
              label={at === 0 ? t('tests.says') : t('tests.saysAlso')}
              autosize
              minRows={1}
              disabled={isOff}
              value={text}
              onChange={(event) => setSays(replaced(says, at, event.currentTarget.value))}
            />
          ))}
          <Group gap="xs">
            <Button
              size="compact-xs"
              variant="subtle"
              disabled={isOff || says.length === 0}
              onClick={() => setSays([...says, '…'])}
            >
              {t('tests.burst')}
            </Button>
            <Button size="compact-xs" variant="subtle" aria-expanded={isOpen} onClick={toggle}>
              {t('tests.more')}
            </Button>
          </Group>
          <Collapse expanded={isOpen}>
            <SimpleGrid cols={2} spacing="xs">
              <NumberInput
                label={t('tests.wait')}
                min={1}
                disabled={isOff}
                value={step.wait_s ?? ''}
                onChange={(value) => set({ wait_s: typeof value === 'number' ? value : undefined })}
              />
              <Select
                label={t('tests.owner')}
                data={owners.map((owner) => ({ value: owner, label: t(`try.owner.${owner}`) }))}
                clearable
                disabled={isOff}
                value={step.owner ?? null}
                onChange={(owner) => set({ owner: owner ?? undefined })}
              />
            </SimpleGrid>
            <JsonField
              label={t('tests.event')}
              value={step.event}
              isOff={isOff}
              onChange={(event) => set({ event })}
            />
          </Collapse>
          <Expectations expect={step.expect} isOff={isOff} onChange={(expect) => set({ expect })} />
        </Stack>
        <StepResult result={result} />
      </div>
    </section>
  );
}

/** The texts with another one at a place; empty ones at the end are gone. */
function replaced(texts: readonly string[], at: number, text: string): string[] {
  const next = [...texts];
  next[at] = text;
  while (next.at(-1) === '') next.pop();
  return next;
}
