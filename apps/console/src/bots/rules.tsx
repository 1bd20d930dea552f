import { Accordion, ActionIcon, Button, Group, Stack, Text } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconListCheck, IconPlayerPlay, IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Flow, Rule } from '#libs/model';
import { Empty } from '../parts/empty.js';
import { ProblemNote } from '../parts/problem-note.js';
import type { PartProps } from './part-props.js';
import { problemsAt } from './problems.js';
import { RuleForm } from './rule-form.js';
import { freeId } from './say-field.js';
import { RunSummary } from './testing/run-summary.js';
import { useTestRun } from './testing/use-test-run.js';

/** The rules, in the order in which they are tried. */
export function Rules({ botId, draft, definition }: PartProps) {
  const { t } = useTranslation(['bots', 'authoring']);
  const [open, setOpen] = useState<string | null>(null);
  const { rules } = definition;
  const set = (next: Rule[]) => draft.change({ ...definition, rules: next });
  const add = () => {
    const id = freeId('rule', new Set(rules.map((rule) => rule.id)));
    set([...rules, { id, when: { words: [] }, reply: [], hand_over: false }]);
    setOpen(id);
  };
  const move = (from: number, to: number) => {
    const next = [...rules];
    next.splice(to, 0, ...next.splice(from, 1));
    set(next);
  };
  const examples = useTestRun(botId, async () => ((await draft.store()) ? null : draft.keepingError));
  const button = draft.mayWrite && (
    <Button variant="light" leftSection={<IconPlus size={18} aria-hidden />} onClick={add}>
      {t('rules.add')}
    </Button>
  );
  if (rules.length === 0) {
    return (
      <Empty icon={IconListCheck} title={t('rules.empty')} text={t('rules.emptyText')} action={button} />
    );
  }
  return (
    <Stack>
      <Accordion variant="separated" chevronPosition="left" value={open} onChange={setOpen}>
        {rules.map((rule, at) => (
          <Accordion.Item key={rule.id} value={rule.id}>
            <Group wrap="nowrap" gap={4} pe="xs">
              <Accordion.Control>
                <Text size="sm" fw={560}>
                  <bdi>{titleOf(rule) || t('rules.untitled')}</bdi>
                </Text>
                <Text size="sm" c="dimmed" lineClamp={1}>
                  <bdi>{saysOf(rule, definition.flows ?? [])}</bdi>
                </Text>
                {problemsAt(draft.problems, `/rules/${at}`).map(({ message, pointer }) => (
                  <Text key={pointer + message} size="sm" c="var(--bad)">
                    {message}
                  </Text>
                ))}
              </Accordion.Control>
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label={`${t('rules.up')}: ${rule.id}`}
                disabled={at === 0 || !draft.mayWrite}
                onClick={() => move(at, at - 1)}
              >
                <IconArrowUp size={16} aria-hidden />
              </ActionIcon>
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label={`${t('rules.down')}: ${rule.id}`}
                disabled={at === rules.length - 1 || !draft.mayWrite}
                onClick={() => move(at, at + 1)}
              >
                <IconArrowDown size={16} aria-hidden />
              </ActionIcon>
            </Group>
            <Accordion.Panel>
              {open === rule.id && (
                <RuleForm
                  rule={rule}
                  flows={definition.flows ?? []}
                  isOff={!draft.mayWrite}
                  results={examples.done?.report.rules.filter((one) => one.rule === rule.id) ?? []}
                  onChange={(next) => set(rules.map((one) => (one.id === rule.id ? next : one)))}
                  onRemove={() => set(rules.filter((one) => one.id !== rule.id))}
                />
              )}
            </Accordion.Panel>
          </Accordion.Item>
        ))}
      </Accordion>
      <Group>
        {button}
        {rules.some(({ tests }) => tests && tests.length > 0) && draft.mayWrite && (
          <Button
            variant="default"
            leftSection={<IconPlayerPlay size={18} aria-hidden />}
            loading={examples.isPending}
            onClick={() => examples.go('draft', [])}
          >
            {t('authoring:examples.run')}
          </Button>
        )}
      </Group>
      <ProblemNote error={examples.error} />
      {examples.done && <RunSummary report={examples.done.report} />}
    </Stack>
  );
}

/** What a rule is about, in a few words. */
function titleOf({ when, id }: Rule): string {
  const said = [...when.words, ...(when.phrases ?? [])];
  if (said.length > 0) return said.slice(0, 5).join(', ');
  return when.option ?? when.condition ?? id;
}

/** What comes of it, in a line: its first words, or the flow that it starts. */
function saysOf({ reply, start_flow: flow }: Rule, flows: readonly Flow[]): string {
  const words = reply
    ?.map((part) => ('text' in part ? part.text : undefined))
    .find((text) => text !== undefined);
  const title = flows.find(({ id }) => id === flow)?.title ?? flow;
  return words ?? (title === undefined ? '' : `→ ${title}`);
}
