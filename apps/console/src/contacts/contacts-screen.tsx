import { Button, Card, Skeleton, Stack, Table, Text, TextInput } from '@mantine/core';
import { IconAddressBook, IconSearch } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Contact } from '#libs/model';
import { call } from '../api/call.js';
import type { PageOf } from '../api/lists.js';
import { useFormats } from '../i18n/format.js';
import { Empty } from '../parts/empty.js';
import { nameOf } from '../parts/name-of.js';
import { Page } from '../parts/page.js';
import { ProblemNote } from '../parts/problem-note.js';
import classes from './contacts.module.css';

const PAUSE_MS = 250;

/** The people who write, found by a part of a name or an address. */
export function ContactsScreen() {
  const { t } = useTranslation('contacts');
  const { q } = useSearch({ from: '/frame/contacts' });
  const navigate = useNavigate({ from: '/contacts' });
  const [words, setWords] = useState(q ?? '');
  useEffect(() => {
    const timer = setTimeout(() => {
      if (words.trim() !== (q ?? ''))
        void navigate({ search: { q: words.trim() || undefined }, replace: true });
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [words, q, navigate]);
  const list = useInfiniteQuery({
    queryKey: ['/v1/contacts', 'list', q],
    queryFn: ({ pageParam, signal }) =>
      call<PageOf<Contact>>('GET', '/v1/contacts', { query: { q, limit: 50, cursor: pageParam }, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next_cursor }) => next_cursor,
  });
  // Who was merged into somebody is found there.
  const contacts =
    list.data?.pages.flatMap(({ data }) => data).filter(({ merged_into }) => merged_into === null) ?? [];
  return (
    <Page title={t('title')} text={t('text')}>
      <Stack>
        <TextInput
          type="search"
          value={words}
          onChange={(event) => setWords(event.currentTarget.value)}
          placeholder={t('search')}
          aria-label={t('search')}
          leftSection={<IconSearch size={17} aria-hidden />}
          maw={420}
        />
        <ProblemNote error={list.error} onRetry={() => void list.refetch()} />
        {list.isPending && <Skeleton height={180} radius="md" />}
        {contacts.length > 0 && <Rows contacts={contacts} />}
        {!list.isPending && contacts.length === 0 && !list.error && (
          <Empty
            icon={IconAddressBook}
            title={t('empty')}
            text={q === undefined ? t('emptyText') : t('nothing')}
          />
        )}
        {list.hasNextPage && (
          <Button
            variant="default"
            onClick={() => void list.fetchNextPage()}
            loading={list.isFetchingNextPage}
          >
            {t('more', { ns: 'shell' })}
          </Button>
        )}
      </Stack>
    </Page>
  );
}

function Rows({ contacts }: { contacts: readonly Contact[] }) {
  const { t } = useTranslation('contacts');
  const { day } = useFormats();
  return (
    <Card padding={0}>
      <Table className={classes['table']}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('name')}</Table.Th>
            <Table.Th>{t('addresses')}</Table.Th>
            <Table.Th className={classes['wide']}>{t('since')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {contacts.map(({ id, name, identities, created_at }) => (
            <Table.Tr key={id}>
              <Table.Td>
                <Link to="/contacts/$id" params={{ id }} className={classes['link']}>
                  <bdi>{nameOf({ name, addresses: identities }, t('nobody'))}</bdi>
                </Link>
              </Table.Td>
              <Table.Td>
                <Text size="sm" className={classes['addresses']}>
                  <bdi>
                    {identities
                      .slice(0, 3)
                      .map(({ value }) => value)
                      .join(' · ')}
                  </bdi>
                </Text>
              </Table.Td>
              <Table.Td className={classes['wide']}>{day(created_at)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Card>
  );
}
