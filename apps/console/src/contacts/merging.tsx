import { Anchor, Button, Modal, Radio, Stack, Text, TextInput } from '@mantine/core';
import { useDebouncedValue, useDisclosure } from '@mantine/hooks';
import { IconArrowMerge } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Contact, ContactMerge } from '#libs/model';
import { call } from '../api/call.js';
import { pageQuery } from '../api/lists.js';
import { useMay } from '../api/session.js';
import { useFormats } from '../i18n/format.js';
import { nameOf } from '../parts/name-of.js';
import { ProblemNote } from '../parts/problem-note.js';
import { told } from '../parts/told.js';
import { Matter } from './matter.js';
import classes from './contacts.module.css';

/** Asks for the other contact that is the same person, and makes one of the two. */
export function MergeButton({ contact }: { contact: Contact }) {
  const { t } = useTranslation('contacts');
  const [isOpen, { open, close }] = useDisclosure(false);
  const client = useQueryClient();
  const [words, setWords] = useState('');
  const [chosen, setChosen] = useState<string | null>(null);
  const [q] = useDebouncedValue(words.trim(), 250);
  const found = useQuery({
    ...pageQuery<Contact>('/v1/contacts', { q, limit: 10 }),
    enabled: isOpen && q !== '',
  });
  const others =
    found.data?.data.filter(({ id, merged_into }) => id !== contact.id && merged_into === null) ?? [];
  const merge = useMutation({
    mutationFn: (other: string) =>
      call<ContactMerge>('POST', `/v1/contacts/${contact.id}/merge`, { body: { contact_id: other } }),
    onSuccess: async () => {
      close();
      told(t('merged'));
      await refresh(client);
    },
  });
  return (
    <>
      <Button variant="default" onClick={open} leftSection={<IconArrowMerge size={17} aria-hidden />}>
        {t('merge')}
      </Button>
      <Modal opened={isOpen} onClose={close} title={t('mergeTitle')}>
        <Stack>
          <Text size="sm">{t('mergeText')}</Text>
          <TextInput
            label={t('mergeFind')}
            value={words}
            onChange={(event) => setWords(event.currentTarget.value)}
            data-autofocus
          />
          {others.length > 0 && (
            <Radio.Group label={t('mergeWith')} value={chosen} onChange={setChosen}>
              <Stack gap="xs" mt="xs">
                {others.map(({ id, name, identities }) => (
                  <Radio
                    key={id}
                    value={id}
                    label={nameOf({ name, addresses: identities }, t('nobody'))}
                    description={identities.map(({ value }) => value).join(' · ')}
                  />
                ))}
              </Stack>
            </Radio.Group>
          )}
          {q !== '' && found.data && others.length === 0 && <Text c="dimmed">{t('nothing')}</Text>}
          <ProblemNote error={merge.error ?? found.error} />
          <Button
            disabled={chosen === null}
            loading={merge.isPending}
            onClick={() => chosen !== null && merge.mutate(chosen)}
          >
            {t('mergeDo')}
          </Button>
        </Stack>
      </Modal>
    </>
  );
}

/** What was merged, and how it is undone. */
export function Merges({ id }: { id: string }) {
  const { t } = useTranslation('contacts');
  const { ago } = useFormats();
  const client = useQueryClient();
  const mayWrite = useMay('contacts:write');
  const { data } = useQuery(pageQuery<ContactMerge>('/v1/contact-merges', { contact_id: id, limit: 50 }));
  const undo = useMutation({
    mutationFn: (mergeId: string) => call('POST', `/v1/contact-merges/${mergeId}/undo`, { body: {} }),
    onSuccess: async () => {
      told(t('wasUndone'));
      await refresh(client);
    },
  });
  if (!data || data.data.length === 0) return null;
  return (
    <Matter title={t('merges')}>
      <ProblemNote error={undo.error} />
      <ul className={classes['list']}>
        {data.data.map(({ id: mergeId, kept_id, merged_id, merged_at, undone_at, undo_until }) => (
          <li key={mergeId}>
            <Anchor component={Link} to={`/contacts/${kept_id === id ? merged_id : kept_id}`} size="sm">
              {undone_at === null
                ? t('mergedAt', { when: ago(merged_at) })
                : t('undone', { when: ago(undone_at) })}
            </Anchor>
            {mayWrite && undone_at === null && Date.parse(undo_until) > Date.now() && (
              <Button
                size="compact-xs"
                variant="light"
                loading={undo.isPending}
                onClick={() => undo.mutate(mergeId)}
              >
                {t('undo')}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </Matter>
  );
}

/** Who is whom has changed: everything that shows people is looked up again. */
function refresh(client: ReturnType<typeof useQueryClient>): Promise<void> {
  return client.invalidateQueries({
    predicate: ({ queryKey: [first] }) =>
      typeof first === 'string' &&
      (/^\/v1\/(contacts|contact-merges|conversations)/.test(first) || first === 'inbox'),
  });
}
