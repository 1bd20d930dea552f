import {
  Anchor,
  Badge,
  Card,
  Group,
  SegmentedControl,
  Select,
  Skeleton,
  Stack,
  Table,
  Text,
} from '@mantine/core';
import { IconListSearch } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { LoggedRequest } from '#libs/model';
import { usePages } from '../api/use-pages.js';
import { useFormats } from '../i18n/format.js';
import { Copy } from '../parts/copy-field.js';
import { Empty } from '../parts/empty.js';
import { MoreButton } from '../parts/more-button.js';
import { ProblemNote } from '../parts/problem-note.js';
import { ScrollTable } from '../parts/scroll-table.js';
import { useCallers } from './use-callers.js';

const LIVE_MS = 5_000;
const REFUSED = 400;

/** Who asked what, the newest first: what a developer looks at when their program does not work. */
export function Requests() {
  const { t } = useTranslation('programs');
  const [actor, setActor] = useState<string | null>(null);
  const [isRefused, setRefused] = useState(false);
  const callers = useCallers();
  const filter = { actor, min_status: isRefused ? REFUSED : null };
  const pages = usePages<LoggedRequest>('/v1/request-log', filter, LIVE_MS);
  return (
    <Stack>
      <Text c="dimmed">{t('requests.text')}</Text>
      <Group>
        <SegmentedControl
          aria-label={t('requests.status')}
          value={isRefused ? 'refused' : 'all'}
          onChange={(next) => setRefused(next === 'refused')}
          data={[
            { value: 'all', label: t('requests.all') },
            { value: 'refused', label: t('requests.refused') },
          ]}
        />
        <Select
          aria-label={t('requests.who')}
          placeholder={t('requests.everybody')}
          clearable
          searchable
          w={260}
          data={callers.all}
          value={actor}
          onChange={setActor}
        />
      </Group>
      <ProblemNote error={pages.error} onRetry={pages.again} />
      {pages.isLoading && <Skeleton height={200} radius="md" />}
      {!pages.isLoading && !pages.error && pages.items.length === 0 && (
        <Empty icon={IconListSearch} title={t('requests.empty')} text={t('requests.emptyText')} />
      )}
      {pages.items.length > 0 && (
        <Card padding={0}>
          <ScrollTable minWidth={860} label={t('requests.title')}>
            <Table verticalSpacing="xs">
              <Table.Thead>
                <Table.Tr>
                  {(['at', 'who', 'what', 'status', 'took', 'id'] as const).map((name) => (
                    <Table.Th key={name} scope="col">
                      {t(`requests.${name}`)}
                    </Table.Th>
                  ))}
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {pages.items.map((request) => (
                  <Line key={request.id} request={request} who={callers.nameOf(request.actor)} />
                ))}
              </Table.Tbody>
            </Table>
          </ScrollTable>
        </Card>
      )}
      <MoreButton pages={pages} />
    </Stack>
  );
}

function Line({ request, who }: { request: LoggedRequest; who: string }) {
  const { t } = useTranslation('programs');
  const { moment, span } = useFormats();
  const { at, method, path, status, ms, code, request_id: id } = request;
  const colour = status >= REFUSED ? 'red' : 'green';
  return (
    <Table.Tr>
      <Table.Td style={{ whiteSpace: 'nowrap' }}>{moment(at)}</Table.Td>
      <Table.Td>{who}</Table.Td>
      <Table.Td>
        <Text size="sm" ff="monospace" dir="ltr" style={{ overflowWrap: 'anywhere' }}>
          <b>{method}</b> {path}
        </Text>
      </Table.Td>
      <Table.Td>
        <Badge color={colour}>{status}</Badge>
        {code !== null && (
          <Anchor size="xs" href={`/errors/${code}`} target="_blank" display="block">
            {code}
          </Anchor>
        )}
      </Table.Td>
      <Table.Td style={{ whiteSpace: 'nowrap' }}>{span(ms)}</Table.Td>
      <Table.Td>
        <Copy value={id} label={t('requests.idOf', { id })} />
      </Table.Td>
    </Table.Tr>
  );
}
