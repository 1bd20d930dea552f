import { Accordion, Card, Group, Skeleton, Stack, Table, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { ChannelActivity, Health } from '#libs/model';
import { lightOf } from '../home/attention.js';
import { apiWord } from '../i18n/api-word.js';
import { useFormats } from '../i18n/format.js';
import { CodeBlock, prettyJson } from '../parts/code-block.js';
import { Light } from '../parts/light.js';
import { ProblemNote } from '../parts/problem-note.js';
import { Said } from '../parts/said.js';
import { ScrollTable } from '../parts/scroll-table.js';
import { StatusBadge } from '../parts/status-badge.js';
import { MessageLink } from '../parts/message-link.js';
import { activityQuery } from './queries.js';

/** What lately came in as it came, what went out, and how the health went. */
export function Activity({ channelId }: { channelId: string }) {
  const { t } = useTranslation('channels');
  const found = useQuery({ ...activityQuery(channelId), refetchInterval: 10_000 });
  if (!found.data) {
    return found.error ? (
      <ProblemNote error={found.error} onRetry={() => void found.refetch()} />
    ) : (
      <Skeleton height={200} radius="md" />
    );
  }
  const { received, sent, health } = found.data;
  return (
    <Stack gap="xl">
      <section>
        <Title order={2} mb="sm">
          {t('activity.received')}
        </Title>
        {received.length === 0 ? <Nothing /> : <Received events={received} />}
      </section>
      <section>
        <Title order={2} mb="sm">
          {t('activity.sent')}
        </Title>
        {sent.length === 0 ? <Nothing /> : <Sent deliveries={sent} />}
      </section>
      <section>
        <Title order={2} mb="sm">
          {t('activity.health')}
        </Title>
        {health.length === 0 ? <Nothing /> : <Healths healths={health} />}
      </section>
    </Stack>
  );
}

function Nothing() {
  const { t } = useTranslation('channels');
  return <Text c="dimmed">{t('activity.noneReceived')}</Text>;
}

function Received({ events }: { events: ChannelActivity['received'] }) {
  const { t } = useTranslation('channels');
  const { moment } = useFormats();
  return (
    <Accordion variant="separated" chevronPosition="left">
      {events.map(({ id, kind, status, reason, at, raw }) => (
        <Accordion.Item key={id} value={id}>
          <Accordion.Control>
            <Group gap="md">
              <Text size="sm" fw={560}>
                {apiWord('event', kind)}
              </Text>
              <StatusBadge status={status} />
              <Text size="sm" c="dimmed">
                {moment(at)}
              </Text>
              {reason !== null && (
                <Text size="sm" c="dimmed">
                  <Said>{reason}</Said>
                </Text>
              )}
            </Group>
          </Accordion.Control>
          <Accordion.Panel>
            <CodeBlock code={prettyJson(raw)} label={t('activity.raw')} />
          </Accordion.Panel>
        </Accordion.Item>
      ))}
    </Accordion>
  );
}

function Sent({ deliveries }: { deliveries: ChannelActivity['sent'] }) {
  const { t } = useTranslation('channels');
  const { moment } = useFormats();
  return (
    <Card padding={0}>
      <ScrollTable minWidth={480} label={t('activity.sent')}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('activity.at')}</Table.Th>
              <Table.Th>{t('activity.status')}</Table.Th>
              <Table.Th>{t('activity.attempts')}</Table.Th>
              <Table.Th>{t('activity.timeline')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {deliveries.map(({ id, status, attempts, at, message_id: messageId, reason }) => (
              <Table.Tr key={id}>
                <Table.Td>{moment(at)}</Table.Td>
                <Table.Td>
                  <StatusBadge status={status} /> {reason !== null && <Said>{reason}</Said>}
                </Table.Td>
                <Table.Td>{attempts}</Table.Td>
                <Table.Td>
                  <MessageLink messageId={messageId} />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </ScrollTable>
    </Card>
  );
}

function Healths({ healths }: { healths: readonly Health[] }) {
  const { moment } = useFormats();
  return (
    <Stack gap="xs">
      {healths.map((health) => (
        <Group key={health.since} gap="md">
          <Light state={lightOf({ state: 'active', health })} />
          <Text size="sm" c="dimmed">
            {moment(health.since)}
          </Text>
          <Text size="sm">
            <Said>{health.reason}</Said>
          </Text>
        </Group>
      ))}
    </Stack>
  );
}
