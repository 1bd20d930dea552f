import { Badge, Button, Card, Group, Stack, Text, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { call } from '../api/call.js';
import { oneQuery } from '../api/lists.js';
import { useFormats } from '../i18n/format.js';
import { toldProblem } from '../parts/told.js';

interface LoginSession {
  id: string;
  is_current: boolean;
  user_agent: string;
  ip: string;
  seen_at: string;
}

const PATH = '/v1/auth/sessions';

/** Where one is signed in, and how to end that elsewhere. */
export function LoginSessions() {
  const { t } = useTranslation('settings');
  const { ago } = useFormats();
  const client = useQueryClient();
  const found = useQuery(oneQuery<{ data: LoginSession[] }>(PATH));
  const end = useMutation({
    mutationFn: (id: string) => call('DELETE', `${PATH}/${id}`),
    onSuccess: () => client.invalidateQueries({ queryKey: [PATH] }),
    onError: toldProblem,
  });
  if (!found.data) return null;
  return (
    <Card>
      <Title order={2} mb="md">
        {t('me.sessions')}
      </Title>
      <Stack gap="sm">
        {found.data.data.map(({ id, is_current: isHere, user_agent: agent, ip, seen_at: seenAt }) => (
          <Group key={id} justify="space-between" wrap="nowrap">
            <div style={{ minWidth: 0, overflowWrap: 'anywhere' }}>
              <Text size="sm">
                {agent} {isHere && <Badge>{t('me.here')}</Badge>}
              </Text>
              <Text size="sm" c="dimmed">
                {ip} · {t('me.seen', { when: ago(seenAt) })}
              </Text>
            </div>
            {!isHere && (
              <Button size="xs" variant="default" onClick={() => end.mutate(id)}>
                {t('me.end')}
              </Button>
            )}
          </Group>
        ))}
      </Stack>
    </Card>
  );
}
