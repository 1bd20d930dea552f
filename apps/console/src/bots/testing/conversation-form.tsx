import { Button, Collapse, Group, Stack, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconCopy, IconPlus, IconTrash } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { TestConversation, TestedConversation } from '#libs/model';
import { JsonField } from './json-field.js';
import { StepForm } from './step-form.js';

/** One test conversation: what is said step by step, and what is expected each time. */
export function ConversationForm(props: {
  conversation: TestConversation;
  isOff: boolean;
  result: TestedConversation | undefined;
  onChange: (conversation: TestConversation) => void;
  onCopy: () => void;
  onRemove: () => void;
}) {
  const { conversation, isOff, result, onChange, onCopy, onRemove } = props;
  const { t } = useTranslation('authoring');
  const { steps, title } = conversation;
  return (
    <Stack>
      <TextInput
        label={t('tests.title')}
        required
        maxLength={200}
        disabled={isOff}
        value={title}
        onChange={(event) => onChange({ ...conversation, title: event.currentTarget.value })}
      />
      {steps.map((step, index) => (
        <StepForm
          key={index}
          step={step}
          index={index}
          isOff={isOff}
          result={result?.steps[index]}
          onChange={(next) =>
            onChange({ ...conversation, steps: steps.map((one, at) => (at === index ? next : one)) })
          }
          onRemove={
            steps.length === 1
              ? null
              : () => onChange({ ...conversation, steps: steps.filter((_, at) => at !== index) })
          }
        />
      ))}
      <Group justify="space-between">
        <Button
          size="xs"
          variant="light"
          disabled={isOff}
          leftSection={<IconPlus size={16} aria-hidden />}
          onClick={() => onChange({ ...conversation, steps: [...steps, { says: '…', expect: {} }] })}
        >
          {t('tests.addStep')}
        </Button>
        <Group gap="xs">
          <Button
            size="xs"
            variant="subtle"
            disabled={isOff}
            leftSection={<IconCopy size={16} aria-hidden />}
            onClick={onCopy}
          >
            {t('tests.copy')}
          </Button>
          <Button
            size="xs"
            variant="subtle"
            color="red"
            disabled={isOff}
            leftSection={<IconTrash size={16} aria-hidden />}
            onClick={onRemove}
          >
            {t('tests.remove')}
          </Button>
        </Group>
      </Group>
      <Scripts conversation={conversation} isOff={isOff} onChange={onChange} />
    </Stack>
  );
}

/** What the world gives in a test: nothing outside is called. */
function Scripts(props: {
  conversation: TestConversation;
  isOff: boolean;
  onChange: (conversation: TestConversation) => void;
}) {
  const { conversation, isOff, onChange } = props;
  const { t } = useTranslation('authoring');
  const [isOpen, { toggle }] = useDisclosure(false);
  const { tools, model, knowledge, contact, ...rest } = conversation;
  const whole = { tools, model, knowledge, contact };
  const set = (change: Partial<Record<keyof typeof whole, unknown>>) => {
    const said = Object.entries({ ...whole, ...change }).filter(([, value]) => value !== undefined);
    onChange({ ...rest, tools: {}, ...Object.fromEntries(said) });
  };
  return (
    <div>
      <Button size="compact-sm" variant="subtle" aria-expanded={isOpen} onClick={toggle}>
        {t('tests.scripts')}
      </Button>
      <Collapse expanded={isOpen}>
        {isOpen && (
          <Stack gap="xs" mt="xs">
            <TextInput
              label={t('tests.startsAt')}
              disabled={isOff}
              dir="ltr"
              value={conversation.starts_at}
              onChange={(event) => onChange({ ...conversation, starts_at: event.currentTarget.value })}
            />
            {(['contact', 'tools', 'model', 'knowledge'] as const).map((name) => (
              <JsonField
                key={name}
                label={t(`tests.script.${name}`)}
                description={t(`tests.scriptHint.${name}`)}
                value={whole[name]}
                isOff={isOff}
                onChange={(value) => set({ [name]: value })}
              />
            ))}
          </Stack>
        )}
      </Collapse>
    </div>
  );
}
