import { Alert, Button, Checkbox, Group, Skeleton, Stack } from '@mantine/core';
import { IconSchool } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { KnowledgeBase } from '#libs/model';
import { allQuery } from '../../api/lists.js';
import { useMay } from '../../api/session.js';
import type { Pages } from '../../api/use-pages.js';
import { Empty } from '../../parts/empty.js';
import { MoreButton } from '../../parts/more-button.js';
import { ProblemNote } from '../../parts/problem-note.js';
import { told } from '../../parts/told.js';
import { useDraft } from '../../parts/use-draft.js';
import type { PartProps } from '../part-props.js';
import classes from '../versions/versions.module.css';
import { idOf, isReady, type Lesson, learn, lessonOf, putAside, type Source } from './lesson.js';
import { LessonCard } from './lesson-card.js';

/** Many lessons: each can be changed, and several be decided at once. */
export function LessonList(props: PartProps & { pages: Pages<unknown>; sources: readonly Source[] }) {
  const { botId, draft, definition, pages, sources } = props;
  const { t } = useTranslation('authoring');
  const client = useQueryClient();
  const written = useDraft<Record<string, Lesson>>(`lessons-${botId}`, {});
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set());
  const bases = useQuery({
    ...allQuery<KnowledgeBase>('/v1/knowledge-bases'),
    enabled: useMay('knowledge:read'),
  });
  const choices = { intents: definition.understanding?.intents ?? [], bases: bases.data ?? [] };
  const lessonFor = (source: Source): Lesson => written.value[idOf(source)] ?? lessonOf(source);
  const chosen = sources.filter((source) => picked.has(idOf(source)));
  const ready = chosen.filter((source) => isReady(lessonFor(source)));
  const done = async (ids: readonly string[]) => {
    setPicked(new Set());
    written.set(Object.fromEntries(Object.entries(written.value).filter(([id]) => !ids.includes(id))));
    await client.invalidateQueries({
      predicate: ({ queryKey: [key] }) => /^\/v1\/(bot|knowledge-gaps)/.test(String(key)),
    });
  };
  const many = useMutation({
    mutationFn: async (isWanted: boolean) => {
      // What waits here comes first: learning changes the same draft.
      await draft.store();
      const sure = isWanted ? ready : chosen;
      const finished: string[] = [];
      try {
        for (const source of sure) {
          await (isWanted ? learn(botId, source, lessonFor(source)) : putAside(source));
          finished.push(idOf(source));
        }
      } finally {
        await done(finished);
      }
      return finished.length;
    },
    onSuccess: (count) => told(t('learn.decided', { count })),
  });
  if (pages.isLoading) return <Skeleton height={160} radius="md" />;
  if (pages.error) return <ProblemNote error={pages.error} onRetry={pages.again} />;
  if (sources.length === 0) {
    return <Empty icon={IconSchool} title={t('learn.empty')} text={t('learn.emptyText')} />;
  }
  return (
    <Stack>
      {draft.isChanged && <Alert color="gray">{t('learn.intoDraft')}</Alert>}
      <Group justify="space-between">
        <Checkbox
          label={t('learn.all')}
          checked={chosen.length === sources.length}
          indeterminate={chosen.length > 0 && chosen.length < sources.length}
          onChange={(event) => setPicked(new Set(event.currentTarget.checked ? sources.map(idOf) : []))}
        />
        <Group gap="xs">
          <Button
            size="xs"
            variant="default"
            disabled={!draft.mayWrite || chosen.length === 0}
            loading={many.isPending && !many.variables}
            onClick={() => many.mutate(false)}
          >
            {t('learn.declineMany', { count: chosen.length })}
          </Button>
          <Button
            size="xs"
            disabled={!draft.mayWrite || ready.length === 0}
            loading={many.isPending && many.variables}
            onClick={() => many.mutate(true)}
          >
            {t('learn.approveMany', { count: ready.length })}
          </Button>
        </Group>
      </Group>
      <ProblemNote error={many.error} />
      <ul className={classes['list']}>
        {sources.map((source) => {
          const id = idOf(source);
          return (
            <LessonCard
              key={id}
              botId={botId}
              source={source}
              lesson={lessonFor(source)}
              choices={choices}
              isPicked={picked.has(id)}
              onPick={(isPicked) =>
                setPicked(new Set([...picked].filter((one) => one !== id).concat(isPicked ? id : [])))
              }
              onChange={(lesson) => written.set({ ...written.value, [id]: lesson })}
              prepare={draft.store}
              onDone={() => void done([id])}
            />
          );
        })}
      </ul>
      <MoreButton pages={pages} />
    </Stack>
  );
}
