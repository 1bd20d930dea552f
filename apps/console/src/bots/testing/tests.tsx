import { Accordion, Button, Card, Group, Select, Skeleton, Stack, Text } from '@mantine/core';
import { IconPlayerPlay, IconPlus, IconTestPipe } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { TestConversation } from '#libs/model';
import { useDraft } from '../../parts/use-draft.js';
import { Empty } from '../../parts/empty.js';
import { ProblemNote } from '../../parts/problem-note.js';
import type { PartProps } from '../part-props.js';
import { AnswerChanges } from '../versions/answer-changes.js';
import { ConversationForm } from './conversation-form.js';
import { RunSummary, StateIcon } from './run-summary.js';
import { freeTitle, newConversation } from './conversation.js';
import { useTestSet } from './test-set.js';
import { useTestRun } from './use-test-run.js';
import { TestsNote } from './tests-note.js';
import classes from './testing.module.css';

/** The test set: conversations with expectations, run with the draft, and what came of each. */
export function Tests({ botId, draft }: PartProps) {
  const { t } = useTranslation('authoring');
  const set = useTestSet(botId);
  const [open, setOpen] = useState<string | null>(null);
  const kept = useDraft(`test-run-${botId}`, { version: 'draft' });
  const run = useTestRun(botId, async () => {
    const isStored = (await set.keeper.flush()) && (await draft.store());
    return isStored ? null : (set.keeper.get().error ?? draft.keepingError);
  });
  const conversations = set.value;
  if (!conversations) {
    return set.error ? <ProblemNote error={set.error} /> : <Skeleton height={200} radius="md" />;
  }
  const isOff = !draft.mayWrite;
  const add = (conversation: TestConversation) => {
    set.change([...conversations, conversation]);
    setOpen(String(conversations.length));
  };
  const addNew = () =>
    add(newConversation(freeTitle(t('tests.newTitle'), conversations), t('tests.newSays')));
  const addButton = !isOff && (
    <Button variant="light" leftSection={<IconPlus size={18} aria-hidden />} onClick={addNew}>
      {t('tests.add')}
    </Button>
  );
  return (
    <Stack>
      <Group justify="space-between" align="flex-end">
        <Text c="dimmed" size="sm" style={{ flex: '1 1 18rem' }}>
          {t('tests.text')}
        </Text>
        <Group gap="xs" align="flex-end">
          <Select
            aria-label={t('try.version')}
            w={190}
            data={[
              { value: 'draft', label: t('versions.draftName') },
              { value: 'published', label: t('versions.published') },
            ]}
            value={kept.value.version}
            allowDeselect={false}
            onChange={(version) => version && kept.set({ version })}
          />
          <Button
            leftSection={<IconPlayerPlay size={18} aria-hidden />}
            loading={run.isPending}
            disabled={isOff}
            onClick={() => run.go(kept.value.version, conversations)}
          >
            {t('tests.run')}
          </Button>
        </Group>
      </Group>
      <TestsNote set={set} />
      <ProblemNote error={run.error} />
      {run.done && <RunSummary report={run.done.report} />}
      {run.done?.compared && (
        <Card component="section" aria-label={t('tests.compared')} padding="sm">
          <Text size="sm" fw={600} mb={4}>
            {t('tests.compared')}
          </Text>
          <AnswerChanges run={run.done} />
        </Card>
      )}
      {conversations.length === 0 && (
        <Empty icon={IconTestPipe} title={t('tests.empty')} text={t('tests.emptyText')} action={addButton} />
      )}
      <Accordion variant="separated" chevronPosition="left" value={open} onChange={setOpen}>
        {conversations.map((conversation, at) => {
          const result = run.resultOf(conversation);
          return (
            <Accordion.Item key={at} value={String(at)}>
              <Accordion.Control>
                <span className={classes['head']}>
                  <StateIcon passed={result?.passed} />
                  <Text size="sm" fw={560}>
                    {conversation.title || t('tests.newTitle')}
                  </Text>
                </span>
              </Accordion.Control>
              <Accordion.Panel>
                {open === String(at) && (
                  <ConversationForm
                    conversation={conversation}
                    isOff={isOff}
                    result={result}
                    onChange={(next) => set.change(conversations.map((one, n) => (n === at ? next : one)))}
                    onCopy={() =>
                      add({ ...conversation, title: freeTitle(conversation.title, conversations) })
                    }
                    onRemove={() => {
                      setOpen(null);
                      set.change(conversations.filter((_, n) => n !== at));
                    }}
                  />
                )}
              </Accordion.Panel>
            </Accordion.Item>
          );
        })}
      </Accordion>
      {conversations.length > 0 && <Group>{addButton}</Group>}
    </Stack>
  );
}
