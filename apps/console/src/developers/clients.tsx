import { Badge, Button, Card, Group, Modal, Skeleton, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPlus, IconRobotFace } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { OauthClient, OauthClientWithSecret } from '#libs/model';
import { call } from '../api/call.js';
import { allQuery } from '../api/lists.js';
import { useMay } from '../api/session.js';
import { useFormats } from '../i18n/format.js';
import { AskFirst } from '../parts/ask-first.js';
import { Empty } from '../parts/empty.js';
import { ProblemNote } from '../parts/problem-note.js';
import { ClientForm } from './client-form.js';
import { ClientSecret } from './client-secret.js';

const PATH = '/v1/oauth-clients';

/** Programs that get their tokens by themselves: made, given another secret, and ended. */
export function Clients() {
  const { t } = useTranslation('programs');
  const found = useQuery(allQuery<OauthClient>(PATH));
  const mayWrite = useMay('keys:write');
  const [isOpen, { open, close }] = useDisclosure(false);
  const add = mayWrite && (
    <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={open}>
      {t('clients.add')}
    </Button>
  );
  return (
    <Stack>
      <Text c="dimmed">{t('clients.text')}</Text>
      <ProblemNote error={found.error} onRetry={() => void found.refetch()} />
      {found.isLoading && <Skeleton height={120} radius="md" />}
      {found.data?.length === 0 ? (
        <Empty icon={IconRobotFace} title={t('clients.empty')} text={t('clients.emptyText')} action={add} />
      ) : (
        <Group>{add}</Group>
      )}
      {(found.data ?? []).toReversed().map((client) => (
        <ClientCard key={client.id} client={client} mayWrite={mayWrite} />
      ))}
      <Modal opened={isOpen} onClose={close} title={t('clients.add')} size="lg">
        <ClientForm onClose={close} />
      </Modal>
    </Stack>
  );
}

function ClientCard({ client, mayWrite }: { client: OauthClient; mayWrite: boolean }) {
  const { t } = useTranslation(['programs', 'shell', 'developers']);
  const { ago, moment } = useFormats();
  const queries = useQueryClient();
  const refresh = () => queries.invalidateQueries({ queryKey: [PATH] });
  return (
    <Card component="section" aria-label={client.name}>
      <Group justify="space-between" gap="sm">
        <div>
          <Text fw={600}>{client.name}</Text>
          <Text size="sm" c="dimmed">
            <code>{client.id}</code> · {t('developers:keys.used')}:{' '}
            {client.last_used_at === null ? t('shell:never') : ago(client.last_used_at)}
            {client.previous_secret_until !== null &&
              ` · ${t('developers:keys.until', { when: moment(client.previous_secret_until) })}`}
          </Text>
        </div>
        {mayWrite && (
          <Group gap="xs">
            <AskFirst
              label={t('developers:keys.rotate')}
              text={t('developers:keys.rotateText')}
              variant="default"
              size="xs"
              work={async () => {
                const made = await call<OauthClientWithSecret>('POST', `${PATH}/${client.id}/rotate`, {
                  body: {},
                });
                void refresh();
                return made;
              }}
              result={(made) => <ClientSecret made={made} />}
            />
            <AskFirst
              label={t('clients.revoke')}
              text={t('clients.revokeText')}
              variant="light"
              color="red"
              size="xs"
              work={() => call('DELETE', `${PATH}/${client.id}`).then(refresh)}
            />
          </Group>
        )}
      </Group>
      <Group gap={4} mt="sm">
        {client.scopes.map((scope) => (
          <Badge key={scope} color="gray" size="sm">
            {scope}
          </Badge>
        ))}
      </Group>
    </Card>
  );
}
