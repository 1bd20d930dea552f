import { Card, Group, Skeleton, Table, Text, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconShieldCheck } from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { AuditLine } from '#libs/model';
import { usePages } from '../api/use-pages.js';
import { useFormats } from '../i18n/format.js';
import { useActorNames } from '../parts/actor.js';
import { Empty } from '../parts/empty.js';
import { MoreButton } from '../parts/more-button.js';
import { Page } from '../parts/page.js';
import { ProblemNote } from '../parts/problem-note.js';
import { ScrollTable } from '../parts/scroll-table.js';

const TYPED_MS = 350;

/** Who did what, the newest first; the filters stand in the address and can be shared. */
export function AuditScreen() {
  const { t } = useTranslation('operations');
  const filter = useSearch({ from: '/frame/operations/audit' });
  const navigate = useNavigate();
  const pages = usePages<AuditLine>('/v1/audit-logs', filter);
  const set = useDebouncedCallback((name: 'actor' | 'action' | 'target', value: string) => {
    void navigate({ to: '/operations/audit', search: { ...filter, [name]: value.trim() }, replace: true });
  }, TYPED_MS);
  return (
    <Page title={t('audit.title')} text={t('audit.text')} isWide>
      <Group mb="lg">
        {(['actor', 'action', 'target'] as const).map((name) => (
          <TextInput
            key={name}
            aria-label={t(
              `audit.filter${name === 'actor' ? 'Actor' : name === 'action' ? 'Action' : 'Target'}`,
            )}
            placeholder={t(
              `audit.filter${name === 'actor' ? 'Actor' : name === 'action' ? 'Action' : 'Target'}`,
            )}
            defaultValue={filter[name] ?? ''}
            onChange={(event) => set(name, event.currentTarget.value)}
            w={240}
          />
        ))}
      </Group>
      <ProblemNote error={pages.error} onRetry={pages.again} />
      {pages.isLoading && <Skeleton height={200} radius="md" />}
      {!pages.isLoading && !pages.error && pages.items.length === 0 && (
        <Empty icon={IconShieldCheck} title={t('audit.empty')} text={t('audit.emptyText')} />
      )}
      {pages.items.length > 0 && (
        <Card padding={0}>
          <ScrollTable minWidth={720} label={t('audit.title')}>
            <Table>
              <Table.Thead>
                <Table.Tr>
                  {(['at', 'actor', 'action', 'target', 'data'] as const).map((name) => (
                    <Table.Th key={name}>{t(`audit.${name}`)}</Table.Th>
                  ))}
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {pages.items.map((line) => (
                  <Line key={line.seq} line={line} />
                ))}
              </Table.Tbody>
            </Table>
          </ScrollTable>
        </Card>
      )}
      <MoreButton pages={pages} />
    </Page>
  );
}

function Line({ line }: { line: AuditLine }) {
  const { moment } = useFormats();
  const nameOf = useActorNames();
  const facts = Object.entries(line.data).map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
  return (
    <Table.Tr>
      <Table.Td style={{ whiteSpace: 'nowrap' }}>{moment(line.at)}</Table.Td>
      <Table.Td>
        <Text size="sm">{nameOf(line.actor)}</Text>
        <Text size="xs" c="dimmed" ff="monospace" style={{ overflowWrap: 'anywhere' }}>
          {line.actor}
        </Text>
      </Table.Td>
      <Table.Td>
        <code>{line.action}</code>
      </Table.Td>
      <Table.Td>
        <Text size="xs" ff="monospace" style={{ overflowWrap: 'anywhere' }}>
          {line.target}
        </Text>
      </Table.Td>
      <Table.Td>
        <Text size="xs" c="dimmed" maw={360} style={{ overflowWrap: 'anywhere' }}>
          {facts.join(' · ')}
        </Text>
      </Table.Td>
    </Table.Tr>
  );
}
