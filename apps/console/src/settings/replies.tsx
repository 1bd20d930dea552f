import { Button, Card, Group, Modal, Skeleton, Stack, Text } from '@mantine/core';
import { IconMessage2Bolt, IconPlus } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { CannedReply } from '#libs/model';
import { call } from '../api/call.js';
import { allQuery } from '../api/lists.js';
import { useMay } from '../api/session.js';
import { AskFirst } from '../parts/ask-first.js';
import { Empty } from '../parts/empty.js';
import { ProblemNote } from '../parts/problem-note.js';
import { ReplyForm } from './reply-form.js';

const PATH = '/v1/canned-replies';

/** Answers that operators keep for the next time: a slash and a few letters in the inbox. */
export function Replies() {
  const { t } = useTranslation(['house', 'shell']);
  const found = useQuery(allQuery<CannedReply>(PATH));
  const client = useQueryClient();
  const mayWrite = useMay('messages:write');
  const [edited, setEdited] = useState<CannedReply | 'new' | null>(null);
  const add = mayWrite && (
    <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={() => setEdited('new')}>
      {t('replies.add')}
    </Button>
  );
  return (
    <Stack>
      <Text c="dimmed">{t('replies.text')}</Text>
      <ProblemNote error={found.error} onRetry={() => void found.refetch()} />
      {found.isLoading && <Skeleton height={120} radius="md" />}
      {found.data?.length === 0 ? (
        <Empty
          icon={IconMessage2Bolt}
          title={t('replies.empty')}
          text={t('replies.emptyText')}
          action={add}
        />
      ) : (
        <Group>{add}</Group>
      )}
      {found.data?.map((reply) => (
        <Card key={reply.id} component="section" aria-label={reply.title}>
          <Group justify="space-between" gap="sm" align="flex-start">
            <div>
              <Text fw={600}>
                {reply.title} <code>/{reply.shortcut}</code>
              </Text>
              <Text size="sm" c="dimmed" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
                {reply.text}
              </Text>
            </div>
            {mayWrite && (
              <Group gap="xs">
                <Button size="xs" variant="default" onClick={() => setEdited(reply)}>
                  {t('edit')}
                </Button>
                <AskFirst
                  label={t('shell:delete')}
                  text={t('replies.removeText')}
                  size="xs"
                  variant="light"
                  color="red"
                  work={() =>
                    call('DELETE', `${PATH}/${reply.id}`).then(() =>
                      client.invalidateQueries({ queryKey: [PATH] }),
                    )
                  }
                />
              </Group>
            )}
          </Group>
        </Card>
      ))}
      <Modal
        opened={edited !== null}
        onClose={() => setEdited(null)}
        title={edited === 'new' ? t('replies.add') : t('edit')}
        size="lg"
      >
        {edited !== null && (
          <ReplyForm {...(edited !== 'new' && { reply: edited })} onClose={() => setEdited(null)} />
        )}
      </Modal>
    </Stack>
  );
}
