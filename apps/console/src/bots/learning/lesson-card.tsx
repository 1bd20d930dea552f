import {
  Badge,
  Button,
  Card,
  Checkbox,
  Group,
  SegmentedControl,
  Select,
  Stack,
  Text,
  Textarea,
  TextInput,
} from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useFormats } from '../../i18n/format.js';
import { ProblemNote } from '../../parts/problem-note.js';
import { isReady, type Lesson, learn, putAside, type Source, type Way } from './lesson.js';

/** What the ways lead to. */
export interface Choices {
  intents: readonly { id: string; title: string }[];
  bases: readonly { id: string; name: string }[];
}

/** One question: what it meant or what should be said, and a yes or a no. */
export function LessonCard(props: {
  botId: string;
  source: Source;
  lesson: Lesson;
  choices: Choices;
  isPicked: boolean;
  onPick: (isPicked: boolean) => void;
  onChange: (lesson: Lesson) => void;
  /** Done before, such as storing what waits of the draft that learns. */
  prepare: () => Promise<unknown>;
  onDone: () => void;
}) {
  const { botId, source, lesson, choices, isPicked, onPick, onChange, prepare, onDone } = props;
  const { t } = useTranslation('authoring');
  const deed = useMutation({
    mutationFn: async (isWanted: boolean) => {
      await prepare();
      await (isWanted ? learn(botId, source, lesson) : putAside(source));
    },
    onSuccess: onDone,
  });
  const set = (change: Partial<Lesson>) => onChange({ ...lesson, ...change });
  return (
    <Card component="li" padding="sm">
      <Stack gap="xs">
        <Group wrap="nowrap" align="flex-start" gap="sm">
          <Checkbox
            mt={8}
            aria-label={t('learn.pick', { text: lesson.text })}
            checked={isPicked}
            onChange={(event) => onPick(event.currentTarget.checked)}
          />
          <TextInput
            style={{ flex: 1 }}
            aria-label={t('learn.question')}
            maxLength={500}
            value={lesson.text}
            onChange={(event) => set({ text: event.currentTarget.value })}
          />
        </Group>
        <Facts source={source} />
        <LessonFields lesson={lesson} choices={choices} onChange={set} />
        <ProblemNote error={deed.error} />
        <Group justify="flex-end" gap="xs">
          <Button
            size="xs"
            variant="default"
            loading={deed.isPending && !deed.variables}
            onClick={() => deed.mutate(false)}
          >
            {t('learn.decline')}
          </Button>
          <Button
            size="xs"
            disabled={!isReady(lesson)}
            loading={deed.isPending && deed.variables}
            onClick={() => deed.mutate(true)}
          >
            {t('learn.approve')}
          </Button>
        </Group>
      </Stack>
    </Card>
  );
}

function Facts({ source }: { source: Source }) {
  const { t } = useTranslation('authoring');
  const { ago } = useFormats();
  const { times, at, by } =
    source.kind === 'proposal'
      ? { times: source.proposal.times, at: source.proposal.created_at, by: source.proposal.source }
      : { times: source.gap.times, at: source.gap.last_at, by: 'unanswered' as const };
  return (
    <Group gap="xs">
      <Badge color={by === 'operator' ? 'blue' : 'gray'}>{t(`learn.by.${by}`)}</Badge>
      <Text size="sm" c="dimmed">
        {t('learn.times', { count: times })} · {ago(at)}
      </Text>
    </Group>
  );
}

function LessonFields(props: {
  lesson: Lesson;
  choices: Choices;
  onChange: (change: Partial<Lesson>) => void;
}) {
  const { lesson, choices, onChange } = props;
  const { t } = useTranslation('authoring');
  const ways: Way[] = ['intent', 'answer', 'knowledge'];
  return (
    <>
      <SegmentedControl
        aria-label={t('learn.way')}
        size="xs"
        data={ways.map((way) => ({ value: way, label: t(`learn.ways.${way}`) }))}
        value={lesson.way}
        onChange={(way) => onChange({ way })}
        style={{ alignSelf: 'flex-start', maxWidth: '100%', overflowX: 'auto' }}
      />
      {lesson.way === 'intent' && (
        <Select
          label={t('learn.intent')}
          placeholder={choices.intents.length === 0 ? t('learn.noIntents') : ''}
          searchable
          data={choices.intents.map(({ id, title }) => ({ value: id, label: title }))}
          value={lesson.intentId}
          onChange={(intentId) => onChange({ intentId })}
        />
      )}
      {lesson.way === 'knowledge' && (
        <Select
          label={t('learn.base')}
          data={choices.bases.map(({ id, name }) => ({ value: id, label: name }))}
          value={lesson.baseId}
          onChange={(baseId) => onChange({ baseId })}
        />
      )}
      {lesson.way !== 'intent' && (
        <Textarea
          label={t('learn.answer')}
          autosize
          minRows={2}
          maxRows={12}
          maxLength={4_000}
          value={lesson.answer}
          onChange={(event) => onChange({ answer: event.currentTarget.value })}
        />
      )}
    </>
  );
}
