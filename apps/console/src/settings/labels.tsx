import {
  ActionIcon,
  Badge,
  Button,
  Card,
  Group,
  Select,
  Skeleton,
  Stack,
  Text,
  TextInput,
} from '@mantine/core';
import { IconCheck, IconTag } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Label, LabelColour } from '#libs/model';
import { call } from '../api/call.js';
import { allQuery } from '../api/lists.js';
import { useMay } from '../api/session.js';
import { AskFirst } from '../parts/ask-first.js';
import { Empty } from '../parts/empty.js';
import { ProblemNote } from '../parts/problem-note.js';

const PATH = '/v1/labels';
const COLOURS: readonly LabelColour[] = [
  'gray',
  'red',
  'orange',
  'yellow',
  'green',
  'teal',
  'blue',
  'violet',
  'pink',
];

/** The labels of the workspace, by name. */
export function Labels() {
  const { t } = useTranslation('house');
  const found = useQuery(allQuery<Label>(PATH));
  const mayWrite = useMay('messages:write');
  return (
    <Stack>
      <Text c="dimmed">{t('labels.text')}</Text>
      {mayWrite && <NewLabel />}
      <ProblemNote error={found.error} onRetry={() => void found.refetch()} />
      {found.isLoading && <Skeleton height={120} radius="md" />}
      {found.data?.length === 0 && (
        <Empty icon={IconTag} title={t('labels.empty')} text={t('labels.emptyText')} />
      )}
      {found.data?.map((label) => (
        <Row key={label.id} label={label} mayWrite={mayWrite} />
      ))}
    </Stack>
  );
}

function NewLabel() {
  const { t } = useTranslation('house');
  const client = useQueryClient();
  const [name, setName] = useState('');
  const [colour, setColour] = useState<LabelColour>('teal');
  const make = useMutation({
    mutationFn: () => call('POST', PATH, { body: { name: name.trim(), colour } }),
    onSuccess: () => {
      setName('');
      return client.invalidateQueries({ queryKey: [PATH] });
    },
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        make.mutate();
      }}
    >
      <Group align="flex-end" gap="sm">
        <TextInput
          label={t('labels.name')}
          required
          maxLength={50}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Colour value={colour} onChange={setColour} label={t('labels.colour')} />
        <Button type="submit" loading={make.isPending}>
          {t('labels.add')}
        </Button>
      </Group>
      <ProblemNote error={make.error} />
    </form>
  );
}

function Colour(props: { value: LabelColour; onChange: (value: LabelColour) => void; label: string }) {
  const { value, onChange, label } = props;
  const { t } = useTranslation('house');
  return (
    <Select
      aria-label={label}
      allowDeselect={false}
      w={150}
      data={COLOURS.map((colour) => ({ value: colour, label: t(`colour.${colour}`) }))}
      value={value}
      onChange={(next) => next && onChange(next)}
      renderOption={({ option }) => <Badge color={option.value}>{option.label}</Badge>}
    />
  );
}

function Row({ label, mayWrite }: { label: Label; mayWrite: boolean }) {
  const { t } = useTranslation(['house', 'shell']);
  const client = useQueryClient();
  const [name, setName] = useState(label.name);
  const refresh = () => client.invalidateQueries({ queryKey: [PATH] });
  const change = useMutation({
    mutationFn: (body: { name?: string; colour?: LabelColour }) =>
      call('PATCH', `${PATH}/${label.id}`, { body }),
    onSettled: refresh,
  });
  return (
    <Card padding="sm" component="section" aria-label={label.name}>
      <Group justify="space-between" gap="sm">
        <Badge color={label.colour}>{label.name}</Badge>
        {mayWrite && (
          <Group gap="xs">
            <TextInput
              aria-label={t('labels.rename', { name: label.name })}
              value={name}
              maxLength={50}
              onChange={(event) => setName(event.currentTarget.value)}
              rightSection={
                name.trim() !== label.name &&
                name.trim() !== '' && (
                  <ActionIcon
                    variant="subtle"
                    aria-label={t('shell:save')}
                    onClick={() => change.mutate({ name: name.trim() })}
                  >
                    <IconCheck size={16} aria-hidden />
                  </ActionIcon>
                )
              }
            />
            <Colour
              value={label.colour}
              onChange={(colour) => change.mutate({ colour })}
              label={t('labels.colourOf', { name: label.name })}
            />
            <AskFirst
              label={t('shell:delete')}
              text={t('labels.removeText')}
              size="xs"
              variant="light"
              color="red"
              work={() => call('DELETE', `${PATH}/${label.id}`).then(refresh)}
            />
          </Group>
        )}
      </Group>
      <ProblemNote error={change.error} />
    </Card>
  );
}
