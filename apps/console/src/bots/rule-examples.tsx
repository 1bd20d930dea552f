import { ActionIcon, Button, Group, Select, Stack, Text, TextInput, Title } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Rule, TestReport } from '#libs/model';
import { StateIcon } from './testing/run-summary.js';

/** What came of the examples of a rule. */
export type RuleResults = readonly TestReport['rules'][number][];

/** Messages that the rule is meant to match, and some that it is not: its own test set. */
export function RuleExamples(props: {
  rule: Rule;
  isOff: boolean;
  results: RuleResults;
  onChange: (rule: Rule) => void;
}) {
  const { rule, isOff, results, onChange } = props;
  const { t } = useTranslation('authoring');
  const { tests = [], ...rest } = rule;
  const set = (next: NonNullable<Rule['tests']>) =>
    onChange(next.length === 0 ? rest : { ...rest, tests: next });
  const put = (at: number, change: Partial<(typeof tests)[number]>) =>
    set(tests.map((one, place) => (place === at ? { ...one, ...change } : one)));
  return (
    <Stack gap="xs">
      <Title order={3} size="sm">
        {t('examples.title')}
      </Title>
      <Text size="sm" c="dimmed">
        {t('examples.text')}
      </Text>
      {tests.map(({ says, matches }, at) => {
        const result = results.find(({ index }) => index === at);
        return (
          <Group key={at} gap="xs" wrap="nowrap">
            <StateIcon passed={result?.passed} />
            <TextInput
              style={{ flex: 1 }}
              aria-label={t('examples.says', { example: at + 1 })}
              maxLength={2_000}
              value={says}
              disabled={isOff}
              onChange={(event) => put(at, { says: event.currentTarget.value })}
            />
            <Select
              w={150}
              aria-label={t('examples.meant', { example: at + 1 })}
              data={[
                { value: 'true', label: t('examples.matches') },
                { value: 'false', label: t('examples.matchesNot') },
              ]}
              value={String(matches)}
              allowDeselect={false}
              disabled={isOff}
              onChange={(chosen) => put(at, { matches: chosen === 'true' })}
            />
            <ActionIcon
              variant="subtle"
              color="gray"
              disabled={isOff}
              aria-label={t('examples.remove', { example: at + 1 })}
              onClick={() => set(tests.filter((_, place) => place !== at))}
            >
              <IconTrash size={16} aria-hidden />
            </ActionIcon>
          </Group>
        );
      })}
      <div>
        <Button
          size="xs"
          variant="light"
          disabled={isOff}
          leftSection={<IconPlus size={16} aria-hidden />}
          onClick={() => set([...tests, { says: rule.when.words[0] ?? '…', matches: true }])}
        >
          {t('examples.add')}
        </Button>
      </div>
    </Stack>
  );
}
