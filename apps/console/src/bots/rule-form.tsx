import { Button, Group, Select, SimpleGrid, Stack, Switch, TagsInput, TextInput, Title } from '@mantine/core';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Flow, Rule } from '#libs/model';
import { RuleExamples, type RuleResults } from './rule-examples.js';
import { SayField } from './say-field.js';

const ConditionBuilder = lazy(() =>
  import('./condition-builder.js').then(({ ConditionBuilder: found }) => ({ default: found })),
);

/** One rule: when it matches, and what it does then. */
export function RuleForm(props: {
  rule: Rule;
  flows: readonly Flow[];
  isOff: boolean;
  /** What came of its examples when they last ran. */
  results: RuleResults;
  onChange: (rule: Rule) => void;
  onRemove: () => void;
}) {
  const { rule, flows, isOff, results, onChange, onRemove } = props;
  const { t } = useTranslation('bots');
  const [isBuilding, setBuilding] = useState(false);
  const { when } = rule;
  const setWhen = (change: Partial<Rule['when']>) =>
    onChange({ ...rule, when: withoutEmpty({ ...when, ...change }) });
  return (
    <Stack>
      <Title order={3} size="sm">
        {t('rules.when')}
      </Title>
      <TagsInput
        label={t('rules.words')}
        description={t('rules.wordsHint')}
        value={when.words}
        disabled={isOff}
        acceptValueOnBlur
        onChange={(words) => setWhen({ words })}
      />
      <TagsInput
        label={t('rules.phrases')}
        description={t('rules.phrasesHint')}
        value={when.phrases ?? []}
        disabled={isOff}
        acceptValueOnBlur
        onChange={(phrases) => setWhen({ phrases })}
      />
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        <TextInput
          label={t('rules.option')}
          value={when.option ?? ''}
          disabled={isOff}
          onChange={(event) => setWhen({ option: event.currentTarget.value })}
        />
        <Select
          label={t('rules.hours')}
          placeholder={t('rules.any')}
          clearable
          disabled={isOff}
          data={[
            { value: 'open', label: t('rules.open') },
            { value: 'closed', label: t('rules.closed') },
          ]}
          value={when.hours ?? null}
          onChange={(hours) => setWhen({ hours: hours ?? undefined })}
        />
      </SimpleGrid>
      <Switch
        label={t('rules.first')}
        checked={when.first_message ?? false}
        disabled={isOff}
        onChange={(event) => setWhen({ first_message: event.currentTarget.checked })}
      />
      <Group align="flex-end">
        <TextInput
          label={t('rules.condition')}
          description={t('rules.conditionHint')}
          styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
          value={when.condition ?? ''}
          disabled={isOff}
          onChange={(event) => setWhen({ condition: event.currentTarget.value })}
          style={{ flex: 1 }}
          dir="ltr"
        />
        <Button
          variant="default"
          disabled={isOff}
          aria-expanded={isBuilding}
          onClick={() => setBuilding(!isBuilding)}
        >
          {t('rules.build')}
        </Button>
      </Group>
      {isBuilding && (
        <Suspense fallback={null}>
          <ConditionBuilder value={when.condition ?? ''} onChange={(condition) => setWhen({ condition })} />
        </Suspense>
      )}
      <Title order={3} size="sm">
        {t('rules.what')}
      </Title>
      <SayField
        label={t('rules.reply')}
        parts={rule.reply}
        disabled={isOff}
        onChange={(parts) => onChange({ ...rule, reply: parts ?? [] })}
      />
      {flows.length > 0 && (
        <Select
          label={t('rules.flow')}
          clearable
          disabled={isOff}
          data={flows.map(({ id, title }) => ({ value: id, label: title }))}
          value={rule.start_flow ?? null}
          onChange={(flow) => {
            const { start_flow: _, ...others } = rule;
            onChange(flow === null ? others : { ...rule, start_flow: flow });
          }}
        />
      )}
      <Switch
        label={t('rules.handOver')}
        checked={rule.hand_over}
        disabled={isOff}
        onChange={(event) => onChange({ ...rule, hand_over: event.currentTarget.checked })}
      />
      <RuleExamples rule={rule} isOff={isOff} results={results} onChange={onChange} />
      <Group justify="flex-end">
        <Button variant="subtle" color="red" disabled={isOff} onClick={onRemove}>
          {t('rules.remove')}
        </Button>
      </Group>
    </Stack>
  );
}

/** Conditions that say nothing are not there. */
function withoutEmpty(when: Rule['when']): Rule['when'] {
  const said = Object.entries(when).filter(
    ([name, value]) =>
      name === 'words' ||
      !(
        value === '' ||
        value === undefined ||
        value === false ||
        (Array.isArray(value) && value.length === 0)
      ),
  );
  return Object.fromEntries(said) as Rule['when'];
}
