import { Button, Card, Group, Skeleton, Stack, Table, Text } from '@mantine/core';
import { IconExternalLink } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Readiness } from '#libs/model';
import { call } from '../api/call.js';
import { Problem } from '../api/problem.js';
import { useFormats } from '../i18n/format.js';
import { Light } from '../parts/light.js';
import { Page } from '../parts/page.js';
import { ProblemNote } from '../parts/problem-note.js';
import { ScrollTable } from '../parts/scroll-table.js';

const BOARD = '/console/queues';
const LOOK_EVERY_MS = 5_000;
const COUNTED = ['waiting', 'active', 'delayed', 'failed'] as const;

/** A queue as Bull Board tells it. */
interface BoardQueue {
  name: string;
  isPaused: boolean;
  counts: Record<string, number>;
}

/** The queues of the installation in a few numbers, and the way to their second view. */
export function QueuesScreen() {
  const { t } = useTranslation('queues');
  const { number } = useFormats();
  const readiness = useQuery({
    queryKey: ['/readyz'],
    queryFn: () => call<Readiness>('GET', '/readyz').catch(() => 'unavailable' as const),
    refetchInterval: LOOK_EVERY_MS,
  });
  const found = useQuery({
    queryKey: [`${BOARD}/look/api/queues`],
    queryFn: () => call<{ queues: BoardQueue[] }>('GET', `${BOARD}/look/api/queues`),
    refetchInterval: LOOK_EVERY_MS,
  });
  const isRinging =
    readiness.data !== undefined && readiness.data !== 'unavailable' && readiness.data.queue === 'up';
  const isForbidden = found.error instanceof Problem && found.error.status === 403;
  return (
    <Page
      title={t('title')}
      text={t('text')}
      before={readiness.data && <Light state={isRinging ? 'good' : 'warn'} />}
      actions={
        !isForbidden && (
          <Button
            component="a"
            href={BOARD}
            target="_blank"
            variant="default"
            rightSection={<IconExternalLink size={16} aria-hidden />}
          >
            {t('board')}
          </Button>
        )
      }
    >
      <Stack>
        {readiness.data && <Text>{isRinging ? t('rings') : t('silent')}</Text>}
        {isForbidden ? <Text c="dimmed">{t('notYours')}</Text> : <ProblemNote error={found.error} />}
        {found.isLoading && <Skeleton height={140} radius="md" />}
        {found.data && (
          <Card padding={0}>
            <ScrollTable label={t('title')} minWidth={520}>
              <Table>
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th scope="col">{t('queue')}</Table.Th>
                    {COUNTED.map((state) => (
                      <Table.Th key={state} scope="col" ta="end">
                        {t(`state.${state}`)}
                      </Table.Th>
                    ))}
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {found.data.queues.map(({ name, isPaused, counts }) => (
                    <Table.Tr key={name}>
                      <Table.Td>
                        <Group gap="sm">
                          <Text fw={560}>{t(name === 'inbound' ? 'inbound' : 'outbound')}</Text>
                          {isPaused && <Light state="idle" />}
                        </Group>
                      </Table.Td>
                      {COUNTED.map((state) => (
                        <Table.Td key={state} ta="end">
                          {number(counts[state] ?? 0)}
                        </Table.Td>
                      ))}
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            </ScrollTable>
          </Card>
        )}
        <Text size="sm" c="dimmed">
          {t('bells')}
        </Text>
      </Stack>
    </Page>
  );
}
