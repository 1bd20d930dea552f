import { Alert, Button, Group, Stack, Switch, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { BotDiff, BotTests, PublishDraft } from '#libs/model';
import { call } from '../../api/call.js';
import { oneQuery } from '../../api/lists.js';
import { Problem } from '../../api/problem.js';
import { ProblemNote } from '../../parts/problem-note.js';
import { Said } from '../../parts/said.js';
import { useDraft } from '../../parts/use-draft.js';
import type { BotDraft } from '../draft.js';
import { ChangeList } from '../versions/change-list.js';

/** What is asked before the draft answers people: what is new, and whether the tests pass. */
export function PublishForm(props: { botId: string; draft: BotDraft; onDone: () => void }) {
  const { botId, draft, onDone } = props;
  const { t } = useTranslation(['authoring', 'shell', 'bots']);
  const kept = useDraft(`publish-${botId}`, { note: '', tests: true, reason: '' });
  const { note, tests, reason } = kept.value;
  const set = (change: Partial<typeof kept.value>) => kept.set({ ...kept.value, ...change });
  const { data: testSet } = useQuery(oneQuery<BotTests>(`/v1/bots/${botId}/tests`));
  const publish = useMutation({
    mutationFn: (how: Partial<PublishDraft>) => draft.publish(how),
    onSuccess: () => {
      kept.set({ note: '', tests: true, reason: '' });
      kept.clear();
      onDone();
    },
  });
  const failures =
    publish.error instanceof Problem && publish.error.code === 'state/tests-failed' ? publish.error : null;
  const go = () =>
    publish.mutate({
      run_tests: tests,
      ...(note.trim() !== '' && { note: note.trim() }),
      ...(failures && { force: { reason: reason.trim() } }),
    });
  const hasTests = testSet?.conversations.length !== 0 || draft.definition?.rules.some((rule) => rule.tests);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        go();
      }}
    >
      <Stack>
        <Changes botId={botId} draft={draft} />
        <TextInput
          label={t('publish.note')}
          description={t('publish.noteHint')}
          data-autofocus
          maxLength={500}
          value={note}
          onChange={(event) => set({ note: event.currentTarget.value })}
        />
        <Switch
          label={t('publish.tests')}
          description={hasTests ? t('publish.testsHint') : t('publish.testsNone')}
          checked={tests}
          onChange={(event) => {
            publish.reset();
            set({ tests: event.currentTarget.checked });
          }}
        />
        {failures ? (
          <Failures problem={failures} reason={reason} onChange={(next) => set({ reason: next })} />
        ) : (
          <ProblemNote error={publish.error} />
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onDone}>
            {t('shell:cancel')}
          </Button>
          <Button type="submit" loading={publish.isPending} {...(failures && { color: 'red' })}>
            {failures ? t('publish.force') : t('publish.go')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** What the draft would change, once the server has all of it. */
function Changes({ botId, draft }: { botId: string; draft: BotDraft }) {
  const { t } = useTranslation('authoring');
  const path = `/v1/bots/${botId}/diff`;
  const found = useQuery({
    queryKey: [path, 'draft', draft.savedAt],
    queryFn: async () => {
      await draft.store();
      return call<BotDiff>('GET', path);
    },
    staleTime: 0,
  });
  return (
    <section aria-label={t('publish.changes')}>
      <Text size="sm" fw={600} mb={4}>
        {t('publish.changes')}
      </Text>
      <ProblemNote error={found.error} />
      {found.data && <ChangeList changes={found.data.changes} most={8} />}
    </section>
  );
}

function Failures(props: { problem: Problem; reason: string; onChange: (reason: string) => void }) {
  const { problem, reason, onChange } = props;
  const { t } = useTranslation('authoring');
  return (
    <Alert color="red" title={<Said>{problem.message}</Said>} role="alert">
      <Stack gap="xs">
        {problem.fields.slice(0, 6).map(({ detail }) => (
          <Text key={detail} size="sm" style={{ whiteSpace: 'pre-wrap' }}>
            <Said>{detail}</Said>
          </Text>
        ))}
        <TextInput
          label={t('publish.reason')}
          description={t('publish.reasonHint')}
          required
          maxLength={500}
          value={reason}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      </Stack>
    </Alert>
  );
}
