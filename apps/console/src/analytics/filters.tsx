import { Group, SegmentedControl, Select, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useMay } from '../api/session.js';
import { botsQuery, channelsQuery } from '../channels/queries.js';
import { type ReportFilter, SPANS } from './filter.js';

const OWN = 'own';

/** Which days, which channel, which bot. */
export function Filters(props: {
  filter: ReportFilter;
  days: { first: string; last: string };
  onChange: (filter: ReportFilter) => void;
}) {
  const { filter, days, onChange } = props;
  const { t } = useTranslation('analytics');
  const channels = useQuery({ ...channelsQuery, enabled: useMay('channels:read') });
  const bots = useQuery({ ...botsQuery, enabled: useMay('bots:read') });
  const { from, to, days: span = 30, ...rest } = filter;
  const choose = (next: string) =>
    onChange(next === OWN ? { ...rest, from: days.first, to: days.last } : { ...rest, days: Number(next) });
  const range = (next: { from?: string; to?: string }) => {
    const both = { from: days.first, to: days.last, ...next };
    if (both.from !== '' && both.to !== '' && both.from <= both.to) onChange({ ...rest, ...both });
  };
  const pick = (name: 'channel' | 'bot', id: string | null) => {
    const { [name]: _, ...others } = filter;
    onChange({ ...others, ...(id !== null && { [name]: id }) });
  };
  return (
    <Group gap="sm" align="flex-end">
      <SegmentedControl
        aria-label={t('period')}
        value={from === undefined ? String(span) : OWN}
        onChange={choose}
        data={[
          ...SPANS.map((count) => ({ value: String(count), label: t('days', { count }) })),
          { value: OWN, label: t('own') },
        ]}
      />
      {from !== undefined && (
        <Group gap="xs">
          <TextInput
            type="date"
            aria-label={t('from')}
            value={from}
            onChange={(event) => range({ from: event.currentTarget.value })}
          />
          <TextInput
            type="date"
            aria-label={t('to')}
            value={to ?? ''}
            onChange={(event) => range({ to: event.currentTarget.value })}
          />
        </Group>
      )}
      <Select
        aria-label={t('channel')}
        placeholder={t('allChannels')}
        clearable
        searchable
        w={200}
        data={(channels.data ?? []).map(({ id, name }) => ({ value: id, label: name }))}
        value={filter.channel ?? null}
        onChange={(id) => pick('channel', id)}
      />
      <Select
        aria-label={t('bot')}
        placeholder={t('allBots')}
        clearable
        searchable
        w={200}
        data={(bots.data ?? []).map(({ id, name }) => ({ value: id, label: name }))}
        value={filter.bot ?? null}
        onChange={(id) => pick('bot', id)}
      />
    </Group>
  );
}
