import { Alert, Button, Group, Text } from '@mantine/core';
import { IconShieldQuestion } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { ToolApproval } from '#libs/model';
import { call } from '../api/call.js';
import { useMay } from '../api/session.js';
import { useFormats } from '../i18n/format.js';
import { CodeBlock, prettyJson } from '../parts/code-block.js';
import { ProblemNote } from '../parts/problem-note.js';
import { approvalsQuery } from './inbox-data.js';

/** Tools that the bot wants to run in a conversation, and that wait for a person's yes or no. */
export function Approvals({ conversationId }: { conversationId: string }) {
  const { data } = useQuery(approvalsQuery);
  return (data ?? [])
    .filter(({ conversation_id, status }) => conversation_id === conversationId && status === 'waiting')
    .map((approval) => <Question key={approval.id} approval={approval} />);
}

function Question({ approval }: { approval: ToolApproval }) {
  const { t } = useTranslation('inbox');
  const { ago } = useFormats();
  const client = useQueryClient();
  const mayDecide = useMay('messages:write');
  const decide = useMutation({
    mutationFn: (decision: 'approve' | 'refuse') =>
      call('POST', `/v1/approvals/${approval.id}/decision`, { body: { decision } }),
    onSettled: () => client.invalidateQueries({ queryKey: approvalsQuery.queryKey }),
  });
  return (
    <Alert
      icon={<IconShieldQuestion size={20} aria-hidden />}
      title={t('approval.title')}
      color="yellow"
      m="sm"
    >
      <Text size="sm">
        {t('approval.text', { tool: approval.tool })}{' '}
        <Text span c="dimmed">
          ({t('approval.until', { when: ago(approval.expires_at) })})
        </Text>
      </Text>
      <CodeBlock code={prettyJson(approval.input)} label={approval.tool} />
      <ProblemNote error={decide.error} />
      {mayDecide && (
        <Group gap="xs" mt="xs">
          <Button size="compact-sm" loading={decide.isPending} onClick={() => decide.mutate('approve')}>
            {t('approval.approve')}
          </Button>
          <Button
            size="compact-sm"
            variant="default"
            loading={decide.isPending}
            onClick={() => decide.mutate('refuse')}
          >
            {t('approval.refuse')}
          </Button>
        </Group>
      )}
    </Alert>
  );
}
