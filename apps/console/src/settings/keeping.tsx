import { Button, Card, Group, NumberInput, Select, Skeleton, Stack, Table, Text, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Retention, RetentionKind } from '#libs/model';
import { call } from '../api/call.js';
import { oneQuery } from '../api/lists.js';
import { useMay } from '../api/session.js';
import { channelsQuery } from '../channels/queries.js';
import { AskFirst } from '../parts/ask-first.js';
import { ProblemNote } from '../parts/problem-note.js';
import { ScrollTable } from '../parts/scroll-table.js';

const PATH = '/v1/retention';
const KINDS: readonly RetentionKind[] = ['messages', 'traces', 'media', 'inbox', 'webhooks'];

/** How long what is stored is kept: for all channels, and for one where it differs. */
export function Keeping() {
  const { t } = useTranslation('house');
  const found = useQuery(oneQuery<Retention>(PATH));
  const channels = useQuery({ ...channelsQuery, enabled: useMay('channels:read') });
  const mayWrite = useMay('retention:write');
  const client = useQueryClient();
  const set = async (kind: RetentionKind, channel: string | null, days: number | null) => {
    const body = { kind, channel_id: channel, days };
    client.setQueryData([PATH], await call<Retention>('PATCH', PATH, { body }));
  };
  const nameOf = (id: string | null): string =>
    id === null ? t('keeping.everywhere') : (channels.data?.find((one) => one.id === id)?.name ?? id);
  return (
    <Stack>
      <Text c="dimmed">{t('keeping.text')}</Text>
      <ProblemNote error={found.error} onRetry={() => void found.refetch()} />
      {found.isLoading && <Skeleton height={180} radius="md" />}
      {found.data && (
        <Card padding={0}>
          <ScrollTable label={t('keeping.title')} minWidth={560}>
            <Table>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th scope="col">{t('keeping.what')}</Table.Th>
                  <Table.Th scope="col">{t('keeping.where')}</Table.Th>
                  <Table.Th scope="col">{t('keeping.howLong')}</Table.Th>
                  <Table.Th />
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {KINDS.flatMap((kind) => linesOf(found.data, kind)).map(({ kind, channel, days, isRule }) => (
                  <Table.Tr key={`${kind} ${channel ?? ''}`}>
                    <Table.Td>
                      <Text fw={560}>{t(`keeping.kind.${kind}`)}</Text>
                      <Text size="sm" c="dimmed">
                        {t(`keeping.about.${kind}`)}
                      </Text>
                    </Table.Td>
                    <Table.Td>{nameOf(channel)}</Table.Td>
                    <Table.Td>
                      {days === null ? t('keeping.forEver') : t('keeping.days', { count: days })}
                    </Table.Td>
                    <Table.Td>
                      {isRule && mayWrite && (
                        <AskFirst
                          label={t('keeping.remove')}
                          text={t('keeping.removeText')}
                          size="compact-xs"
                          variant="default"
                          work={() => set(kind, channel, null)}
                        />
                      )}
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </ScrollTable>
        </Card>
      )}
      {mayWrite && <SetRule channels={channels.data ?? []} onSet={set} />}
    </Stack>
  );
}

/** A kind as it is everywhere, and then where it differs. */
function linesOf({ rules, defaults }: Retention, kind: RetentionKind) {
  const own = rules.filter((rule) => rule.kind === kind);
  const all = own.find(({ channel_id: channel }) => channel === null);
  const first = { kind, channel: null, days: all?.days ?? defaults[kind] ?? null, isRule: all !== undefined };
  const rest = own
    .filter(({ channel_id: channel }) => channel !== null)
    .map(({ channel_id: channel, days }) => ({ kind, channel, days, isRule: true }));
  return [first, ...rest];
}

function SetRule(props: {
  channels: readonly { id: string; name: string }[];
  onSet: (kind: RetentionKind, channel: string | null, days: number) => Promise<void>;
}) {
  const { channels, onSet } = props;
  const { t } = useTranslation('house');
  const [kind, setKind] = useState<RetentionKind>('messages');
  const [channel, setChannel] = useState<string | null>(null);
  const [days, setDays] = useState<number | string>(365);
  const [isAsking, setAsking] = useState(false);
  const save = useMutation({
    mutationFn: () => onSet(kind, kind === 'webhooks' ? null : channel, Number(days)),
    onSuccess: () => setAsking(false),
  });
  return (
    <Card component="section" aria-label={t('keeping.set')}>
      <Stack>
        <Title order={2}>{t('keeping.set')}</Title>
        <Group align="flex-end" gap="sm">
          <Select
            label={t('keeping.what')}
            allowDeselect={false}
            data={KINDS.map((value) => ({ value, label: t(`keeping.kind.${value}`) }))}
            value={kind}
            onChange={(next) => next && setKind(next)}
          />
          <Select
            label={t('keeping.where')}
            placeholder={t('keeping.everywhere')}
            clearable
            disabled={kind === 'webhooks'}
            data={channels.map(({ id, name }) => ({ value: id, label: name }))}
            value={kind === 'webhooks' ? null : channel}
            onChange={setChannel}
          />
          <NumberInput
            label={t('keeping.inDays')}
            min={1}
            max={36_500}
            w={140}
            value={days}
            onChange={setDays}
          />
          <Button variant="light" onClick={() => setAsking(true)} disabled={days === ''}>
            {t('keeping.keepSo')}
          </Button>
        </Group>
        {isAsking && (
          <Group>
            <Text>{t('keeping.sure', { count: Number(days) })}</Text>
            <Button color="red" loading={save.isPending} onClick={() => save.mutate()}>
              {t('keeping.yes')}
            </Button>
            <Button variant="default" onClick={() => setAsking(false)}>
              {t('keeping.no')}
            </Button>
          </Group>
        )}
        <ProblemNote error={save.error} />
      </Stack>
    </Card>
  );
}
