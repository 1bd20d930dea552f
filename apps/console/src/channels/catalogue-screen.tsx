import { Group, SimpleGrid, Skeleton, Text, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Page } from '../parts/page.js';
import { ProblemNote } from '../parts/problem-note.js';
import { Said } from '../parts/said.js';
import { ConnectorIcon } from './connector-icons.js';
import { kindsQuery } from './queries.js';
import classes from './channels.module.css';

/** All kinds of channels, to choose one. What the folders of the connectors declare, nothing else. */
export function CatalogueScreen() {
  const { t } = useTranslation('channels');
  const [wanted, setWanted] = useState('');
  const kinds = useQuery(kindsQuery);
  const found = kinds.data?.filter(({ label, description, connector }) =>
    `${label} ${description} ${connector}`.toLowerCase().includes(wanted.trim().toLowerCase()),
  );
  return (
    <Page title={t('catalogue.title')} text={t('catalogue.text')}>
      <ProblemNote error={kinds.error} onRetry={() => void kinds.refetch()} />
      <TextInput
        mb="lg"
        maw={360}
        aria-label={t('catalogue.search')}
        placeholder={t('catalogue.search')}
        leftSection={<IconSearch size={18} aria-hidden />}
        value={wanted}
        onChange={(event) => setWanted(event.currentTarget.value)}
      />
      {kinds.isLoading && <Skeleton height={160} radius="md" />}
      <SimpleGrid cols={{ base: 1, xs: 2, md: 3 }} spacing="sm">
        {found?.map(({ connector, label, description }) => (
          <Link
            key={connector}
            to="/channels/new/$connector"
            params={{ connector }}
            className={classes['card']}
          >
            <Group gap="sm" wrap="nowrap">
              <span className={classes['icon']}>
                <ConnectorIcon connector={connector} />
              </span>
              <Text fw={600}>
                <Said>{label}</Said>
              </Text>
            </Group>
            <Text size="sm" c="dimmed" mt="sm">
              <Said>{description}</Said>
            </Text>
          </Link>
        ))}
      </SimpleGrid>
    </Page>
  );
}
