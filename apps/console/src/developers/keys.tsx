import { Badge, Button, Card, Group, Modal, Skeleton, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconKey, IconPlus } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { ApiKey, ApiKeyWithSecret } from '#libs/model';
import { call } from '../api/call.js';
import { allQuery } from '../api/lists.js';
import { useMay } from '../api/session.js';
import { useFormats } from '../i18n/format.js';
import { AskFirst } from '../parts/ask-first.js';
import { CopyField } from '../parts/copy-field.js';
import { Empty } from '../parts/empty.js';
import { ProblemNote } from '../parts/problem-note.js';
import { KeyForm } from './key-form.js';

const PATH = '/v1/api-keys';

/** The keys of the workspace: made, rotated and revoked; a secret is shown once. */
export function Keys() {
  const { t } = useTranslation('developers');
  const found = useQuery(allQuery<ApiKey>(PATH));
  const mayWrite = useMay('keys:write');
  const [isOpen, { open, close }] = useDisclosure(false);
  const add = mayWrite && (
    <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={open}>
      {t('keys.add')}
    </Button>
  );
  const keys = (found.data ?? []).toReversed();
  return (
    <Stack>
      <ProblemNote error={found.error} onRetry={() => void found.refetch()} />
      {found.isLoading && <Skeleton height={120} radius="md" />}
      {found.data?.length === 0 ? (
        <Empty icon={IconKey} title={t('keys.empty')} text={t('keys.emptyText')} action={add} />
      ) : (
        <Group>{add}</Group>
      )}
      {keys.map((key) => (
        <KeyCard key={key.id} apiKey={key} mayWrite={mayWrite} />
      ))}
      <Modal opened={isOpen} onClose={close} title={t('keys.add')} size="lg">
        <KeyForm onClose={close} />
      </Modal>
    </Stack>
  );
}

function KeyCard({ apiKey, mayWrite }: { apiKey: ApiKey; mayWrite: boolean }) {
  const { t } = useTranslation(['developers', 'shell']);
  const { ago, moment } = useFormats();
  const client = useQueryClient();
  const isOver = apiKey.revoked_at !== null || isPast(apiKey.expires_at);
  const refresh = () => client.invalidateQueries({ queryKey: [PATH] });
  return (
    <Card>
      <Group justify="space-between" gap="sm">
        <div>
          <Group gap="sm">
            <Text fw={600}>{apiKey.name}</Text>
            <Badge color={isOver ? 'gray' : 'green'}>{t(`keys.${stateOf(apiKey)}`)}</Badge>
          </Group>
          <Text size="sm" c="dimmed">
            <code>{apiKey.id}</code> · {t('keys.used')}:{' '}
            {apiKey.last_used_at === null ? t('shell:never') : ago(apiKey.last_used_at)}
            {apiKey.expires_at !== null && ` · ${t('keys.expires')}: ${moment(apiKey.expires_at)}`}
            {apiKey.previous_secret_until !== null &&
              ` · ${t('keys.until', { when: moment(apiKey.previous_secret_until) })}`}
          </Text>
        </div>
        {mayWrite && !isOver && (
          <Group gap="xs">
            <AskFirst
              label={t('keys.rotate')}
              text={t('keys.rotateText')}
              variant="default"
              size="xs"
              work={async () => {
                const made = await call<ApiKeyWithSecret>('POST', `${PATH}/${apiKey.id}/rotate`, {
                  body: {},
                });
                void refresh();
                return made;
              }}
              result={(made) => <CopyField label={t('keys.created')} value={made.key} />}
            />
            <AskFirst
              label={t('keys.revoke')}
              text={t('keys.revokeText')}
              variant="light"
              color="red"
              size="xs"
              work={() => call('DELETE', `${PATH}/${apiKey.id}`).then(refresh)}
            />
          </Group>
        )}
      </Group>
      <Group gap={4} mt="sm">
        {apiKey.scopes.map((scope) => (
          <Badge key={scope} color="gray" size="sm">
            {scope}
          </Badge>
        ))}
      </Group>
    </Card>
  );
}

function stateOf({ revoked_at: revokedAt, expires_at: expiresAt }: ApiKey): 'revoked' | 'expired' | 'active' {
  if (revokedAt !== null) return 'revoked';
  return isPast(expiresAt) ? 'expired' : 'active';
}

function isPast(instant: string | null): boolean {
  return instant !== null && new Date(instant).getTime() < Date.now();
}
