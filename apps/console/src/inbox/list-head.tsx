import { ActionIcon, Group, Menu, SegmentedControl, Select, TextInput, Title } from '@mantine/core';
import { IconAdjustmentsHorizontal, IconSearch, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState, type RefObject } from 'react';
import { useTranslation } from 'react-i18next';
import type { Channel, Label } from '#libs/model';
import { allQuery } from '../api/lists.js';
import type { InboxSearch } from './filter.js';
import { countsQuery } from './inbox-data.js';
import classes from './inbox.module.css';

const PAUSE_MS = 250;

/** Over the list: what is searched for, and which conversations are shown. */
export function ListHead(props: {
  search: InboxSearch;
  onChange: (changes: Partial<InboxSearch>) => void;
  field: RefObject<HTMLInputElement | null>;
}) {
  const { search, onChange, field } = props;
  const { t } = useTranslation('inbox');
  const { data: counts } = useQuery(countsQuery);
  const [words, setWords] = useState(search.q ?? '');
  useEffect(() => {
    const timer = setTimeout(() => {
      if (words.trim() !== (search.q ?? '')) onChange({ q: words.trim() || undefined });
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [words, search.q, onChange]);
  const views = (['all', 'mine', 'unassigned', 'bot'] as const).map((value) => ({
    value,
    label:
      search.state === 'open' && counts && counts[value] > 0
        ? `${t(`view.${value}`)} ${counts[value]}`
        : t(`view.${value}`),
  }));
  return (
    <div className={classes['listHead']}>
      <Group justify="space-between" wrap="nowrap" gap="xs">
        <Title order={1} size="h3">
          {t('title')}
        </Title>
        <Filters search={search} onChange={onChange} />
      </Group>
      <TextInput
        ref={field}
        size="sm"
        type="search"
        value={words}
        onChange={(event) => setWords(event.currentTarget.value)}
        placeholder={t('search')}
        aria-label={t('search')}
        leftSection={<IconSearch size={16} aria-hidden />}
        rightSection={
          words !== '' && (
            <ActionIcon
              variant="subtle"
              color="gray"
              onClick={() => setWords('')}
              aria-label={t('clearSearch')}
            >
              <IconX size={15} aria-hidden />
            </ActionIcon>
          )
        }
      />
      <SegmentedControl
        size="xs"
        fullWidth
        data={views}
        value={search.view}
        onChange={(view) => onChange({ view })}
        aria-label={t('view.label')}
      />
    </div>
  );
}

function Filters({
  search,
  onChange,
}: {
  search: InboxSearch;
  onChange: (changes: Partial<InboxSearch>) => void;
}) {
  const { t } = useTranslation('inbox');
  const { data: channels } = useQuery(allQuery<Channel>('/v1/channels'));
  const { data: labels } = useQuery(allQuery<Label>('/v1/labels'));
  const isSet = search.state !== 'open' || search.channel !== undefined || search.label !== undefined;
  const named = (all: readonly { id: string; name: string }[] | undefined) =>
    (all ?? []).map(({ id, name }) => ({ value: id, label: name }));
  return (
    <Menu position="bottom-end" closeOnItemClick={false} width={260} trapFocus>
      <Menu.Target>
        <ActionIcon
          variant={isSet ? 'light' : 'subtle'}
          color={isSet ? 'green' : 'gray'}
          size="lg"
          aria-label={t('state.label')}
        >
          <IconAdjustmentsHorizontal size={19} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown p="sm">
        <Select
          label={t('state.label')}
          data={(['open', 'snoozed', 'closed'] as const).map((value) => ({
            value,
            label: t(`state.${value}`),
          }))}
          value={search.state}
          allowDeselect={false}
          onChange={(state) => onChange({ state: state ?? 'open' })}
          comboboxProps={{ withinPortal: false }}
        />
        <Select
          mt="xs"
          label={t('filter.channel')}
          placeholder={t('filter.all')}
          clearable
          data={named(channels)}
          value={search.channel ?? null}
          onChange={(channel) => onChange({ channel: channel ?? undefined })}
          comboboxProps={{ withinPortal: false }}
        />
        <Select
          mt="xs"
          label={t('filter.label')}
          placeholder={t('filter.all')}
          clearable
          data={named(labels)}
          value={search.label ?? null}
          onChange={(label) => onChange({ label: label ?? undefined })}
          comboboxProps={{ withinPortal: false }}
        />
      </Menu.Dropdown>
    </Menu>
  );
}
