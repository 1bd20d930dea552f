import { Button, Group, Modal, SimpleGrid, Skeleton, Stack, Text, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconBook2, IconPlus } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { KnowledgeBase } from '#libs/model';
import { call } from '../../api/call.js';
import { allQuery } from '../../api/lists.js';
import { useMay } from '../../api/session.js';
import classes from '../../channels/channels.module.css';
import { useFormats } from '../../i18n/format.js';
import { Empty } from '../../parts/empty.js';
import { Page } from '../../parts/page.js';
import { ProblemNote } from '../../parts/problem-note.js';

/** All knowledge bases. */
export function KnowledgeScreen() {
  const { t } = useTranslation('knowledge');
  const { number } = useFormats();
  const found = useQuery(allQuery<KnowledgeBase>('/v1/knowledge-bases'));
  const [isOpen, { open, close }] = useDisclosure(false);
  const add = useMay('knowledge:write') && (
    <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={open}>
      {t('add')}
    </Button>
  );
  return (
    <Page title={t('title')} text={t('text')} actions={found.data?.length ? add : null}>
      <ProblemNote error={found.error} onRetry={() => void found.refetch()} />
      {found.isLoading && <Skeleton height={120} radius="md" />}
      {found.data?.length === 0 && (
        <Empty icon={IconBook2} title={t('empty')} text={t('emptyText')} action={add} />
      )}
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }} spacing="sm">
        {found.data?.map((base) => (
          <Link
            key={base.id}
            to="/knowledge/$baseId"
            params={{ baseId: base.id }}
            className={classes['card']}
          >
            <Text fw={600} className={classes['wrap']}>
              {base.name}
            </Text>
            <Text size="sm" c="dimmed">
              {t('sources')}: {number(base.sources)}
            </Text>
          </Link>
        ))}
      </SimpleGrid>
      <Modal opened={isOpen} onClose={close} title={t('add')}>
        <MakeBase />
      </Modal>
    </Page>
  );
}

function MakeBase() {
  const { t } = useTranslation('knowledge');
  const [name, setName] = useState('');
  const client = useQueryClient();
  const navigate = useNavigate();
  const make = useMutation({
    mutationFn: () => call<KnowledgeBase>('POST', '/v1/knowledge-bases', { body: { name } }),
    onSuccess: async ({ id }) => {
      await client.invalidateQueries({ queryKey: ['/v1/knowledge-bases'] });
      await navigate({ to: '/knowledge/$baseId', params: { baseId: id } });
    },
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        make.mutate();
      }}
    >
      <Stack>
        <TextInput
          label={t('name')}
          required
          data-autofocus
          maxLength={100}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <ProblemNote error={make.error} />
        <Group justify="flex-end">
          <Button type="submit" loading={make.isPending}>
            {t('make')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
