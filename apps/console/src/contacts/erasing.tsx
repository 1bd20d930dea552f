import { Button, Modal, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconTrash } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { ContactErasure } from '#libs/model';
import { call } from '../api/call.js';
import { ProblemNote } from '../parts/problem-note.js';
import { told } from '../parts/told.js';
import { Matter } from './matter.js';

/** Takes everything of a person away, after saying how much that is. */
export function Erasing({ id }: { id: string }) {
  const { t } = useTranslation('contacts');
  const [isOpen, { open, close }] = useDisclosure(false);
  const navigate = useNavigate();
  const client = useQueryClient();
  const path = `/v1/contacts/${id}/erase`;
  const survey = useQuery({
    queryKey: [path],
    queryFn: () => call<ContactErasure>('POST', path, { body: { dry_run: true } }),
    enabled: isOpen,
    staleTime: 0,
  });
  const erase = useMutation({
    mutationFn: () => call<ContactErasure>('POST', path, { body: {} }),
    onSuccess: async () => {
      told(t('erased'));
      await navigate({ to: '/contacts' });
      client.removeQueries({ queryKey: [`/v1/contacts/${id}`] });
      await client.invalidateQueries();
    },
  });
  return (
    <Matter title={t('danger')} isDanger>
      <Button variant="light" color="red" onClick={open} leftSection={<IconTrash size={17} aria-hidden />}>
        {t('erase')}
      </Button>
      <Modal opened={isOpen} onClose={close} title={t('eraseTitle')}>
        <Stack>
          <Text size="sm">{t('eraseText')}</Text>
          {survey.data && <Text fw={600}>{t('eraseCount', { ...survey.data })}</Text>}
          <ProblemNote error={survey.error ?? erase.error} />
          <Button
            color="red"
            disabled={survey.isError}
            loading={survey.isLoading || erase.isPending}
            onClick={() => erase.mutate()}
          >
            {t('eraseDo')}
          </Button>
        </Stack>
      </Modal>
    </Matter>
  );
}
