import { Alert, Badge, Button, Card, Group, Select, Skeleton, Stack, Text, Textarea } from '@mantine/core';
import { IconFingerprint } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { VisitorAlgorithm, VisitorKey, VisitorKeyWithSecret } from '#libs/model';
import { call } from '../api/call.js';
import { useMay } from '../api/session.js';
import { channelsQuery } from '../channels/queries.js';
import { useFormats } from '../i18n/format.js';
import { AskFirst } from '../parts/ask-first.js';
import { CodeBlock } from '../parts/code-block.js';
import { CopyField } from '../parts/copy-field.js';
import { Empty } from '../parts/empty.js';
import { ProblemNote } from '../parts/problem-note.js';

const ALGORITHMS: readonly VisitorAlgorithm[] = ['HS256', 'RS256', 'ES256', 'EdDSA'];
const pathOf = (channelId: string): string => `/v1/channels/${channelId}/visitor-keys`;

/** The keys with which the customer's server vouches for visitors of a web chat. */
export function Visitors() {
  const { t } = useTranslation('house');
  const channels = useQuery({ ...channelsQuery, enabled: useMay('channels:read') });
  const chats = channels.data?.filter(({ connector }) => connector === 'web') ?? [];
  const [chosen, setChosen] = useState<string | null>(null);
  const channelId = chosen ?? chats[0]?.id;
  if (channels.isLoading) return <Skeleton height={160} radius="md" />;
  if (channelId === undefined) {
    const add = (
      <Button component={Link} to="/channels/new/web" variant="light">
        {t('visitors.addChat')}
      </Button>
    );
    return (
      <Empty icon={IconFingerprint} title={t('visitors.noChat')} text={t('visitors.text')} action={add} />
    );
  }
  return (
    <Stack>
      <Text c="dimmed">{t('visitors.text')}</Text>
      {chats.length > 1 && (
        <Select
          label={t('visitors.chat')}
          allowDeselect={false}
          maw={320}
          data={chats.map(({ id, name }) => ({ value: id, label: name }))}
          value={channelId}
          onChange={setChosen}
        />
      )}
      <Keys key={channelId} channelId={channelId} />
    </Stack>
  );
}

function Keys({ channelId }: { channelId: string }) {
  const { t } = useTranslation(['house', 'shell']);
  const { moment } = useFormats();
  const client = useQueryClient();
  const mayWrite = useMay('channels:write');
  const path = pathOf(channelId);
  const found = useQuery({
    queryKey: [path],
    queryFn: ({ signal }) => call<{ data: VisitorKey[] }>('GET', path, { signal }),
  });
  const refresh = () => client.invalidateQueries({ queryKey: [path] });
  return (
    <Stack>
      {mayWrite && <NewKey channelId={channelId} onMade={() => void refresh()} />}
      <ProblemNote error={found.error} onRetry={() => void found.refetch()} />
      {found.data?.data.length === 0 && <Text>{t('visitors.none')}</Text>}
      {found.data?.data.map(({ id, algorithm, created_at: createdAt }) => (
        <Card key={id} padding="sm" component="section" aria-label={id}>
          <Group justify="space-between" gap="sm">
            <Group gap="sm">
              <Badge>{algorithm}</Badge>
              <Text size="sm" ff="monospace" style={{ overflowWrap: 'anywhere' }}>
                {id}
              </Text>
              <Text size="sm" c="dimmed">
                {moment(createdAt)}
              </Text>
            </Group>
            {mayWrite && (
              <AskFirst
                label={t('visitors.end')}
                text={t('visitors.endText')}
                size="xs"
                variant="light"
                color="red"
                work={() => call('DELETE', `/v1/visitor-keys/${id}`).then(refresh)}
              />
            )}
          </Group>
        </Card>
      ))}
    </Stack>
  );
}

function NewKey({ channelId, onMade }: { channelId: string; onMade: () => void }) {
  const { t } = useTranslation('house');
  const [algorithm, setAlgorithm] = useState<VisitorAlgorithm>('HS256');
  const [publicKey, setPublicKey] = useState('');
  const isShared = algorithm === 'HS256';
  const make = useMutation({
    mutationFn: () =>
      call<VisitorKeyWithSecret>('POST', pathOf(channelId), {
        body: { algorithm, ...(!isShared && { public_key: publicKey }) },
      }),
    onSuccess: onMade,
  });
  return (
    <Card component="section" aria-label={t('visitors.add')}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          make.mutate();
        }}
      >
        <Stack>
          <Group align="flex-end" gap="sm">
            <Select
              label={t('visitors.algorithm')}
              allowDeselect={false}
              data={[...ALGORITHMS]}
              value={algorithm}
              onChange={(next) => setAlgorithm(next ?? 'HS256')}
            />
            <Button type="submit" loading={make.isPending}>
              {t('visitors.add')}
            </Button>
          </Group>
          {!isShared && (
            <Textarea
              label={t('visitors.publicKey')}
              placeholder="-----BEGIN PUBLIC KEY-----"
              required
              autosize
              minRows={3}
              value={publicKey}
              onChange={(event) => setPublicKey(event.currentTarget.value)}
            />
          )}
          <ProblemNote error={make.error} />
          {make.data && (
            <>
              <CopyField label="kid" value={make.data.id} />
              {make.data.secret !== null && (
                <Alert color="yellow">
                  <CopyField label={t('visitors.secret')} value={make.data.secret} />
                </Alert>
              )}
              <CodeBlock label={t('visitors.sign')} code={signing(make.data)} />
            </>
          )}
        </Stack>
      </form>
    </Card>
  );
}

function signing({ id, algorithm }: VisitorKey): string {
  return [
    '// On your server, for whoever is signed in there:',
    "import { SignJWT } from 'jose';",
    '',
    "const token = await new SignJWT({ sub: 'your-id-of-the-person', name: 'Ada' })",
    `  .setProtectedHeader({ alg: '${algorithm}', kid: '${id}' })`,
    "  .setExpirationTime('1h')",
    '  .sign(key);',
  ].join('\n');
}
