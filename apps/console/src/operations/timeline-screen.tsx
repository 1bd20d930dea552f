import { Card, Group, Skeleton, Stack, Text, Timeline as Line, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Message, Timeline } from '#libs/model';
import { oneQuery } from '../api/lists.js';
import { useMay } from '../api/session.js';
import { useFormats } from '../i18n/format.js';
import { CodeBlock, prettyJson } from '../parts/code-block.js';
import { Copy } from '../parts/copy-field.js';
import { MessageBody } from '../parts/message-body.js';
import { MessageLink } from '../parts/message-link.js';
import { Page } from '../parts/page.js';
import { ProblemNote } from '../parts/problem-note.js';
import { Said as ServerSaid } from '../parts/said.js';
import { StatusBadge } from '../parts/status-badge.js';
import { Trace } from '../parts/trace.js';

const LIVE_MS = 3_000;

/** What happened to a message: every hop with its time, every attempt, the provider's answer, and why. */
export function TimelineScreen() {
  const { t } = useTranslation('operations');
  const { messageId } = useParams({ from: '/frame/operations/messages/$messageId' });
  const found = useQuery({
    ...oneQuery<Timeline>(`/v1/messages/${messageId}/timeline`),
    refetchInterval: LIVE_MS,
  });
  const timeline = found.data;
  return (
    <Page
      title={t('timeline.title')}
      text={
        <Group gap={4}>
          <code>{messageId}</code>
          <Copy value={messageId} />
        </Group>
      }
      before={timeline && <StatusBadge status={timeline.status} />}
    >
      <ProblemNote error={found.error} onRetry={() => void found.refetch()} />
      {found.isLoading && <Skeleton height={240} radius="md" />}
      {timeline && (
        <Stack gap="xl">
          <Said messageId={messageId} direction={timeline.direction} />
          <Card>
            <Steps steps={timeline.steps} />
          </Card>
          <section>
            <Title order={2} mb="sm">
              {t('timeline.trace')}
            </Title>
            {timeline.turn ? (
              <Trace steps={timeline.turn.trace} />
            ) : (
              <Text c="dimmed">{t('timeline.traceNone')}</Text>
            )}
          </section>
          {timeline.replies.length > 0 && (
            <section>
              <Title order={2} mb="sm">
                {t('timeline.replies')}
              </Title>
              <Stack gap={4}>
                {timeline.replies.map((id) => (
                  <MessageLink key={id} messageId={id} label={id} />
                ))}
              </Stack>
            </section>
          )}
        </Stack>
      )}
    </Page>
  );
}

function Said({ messageId, direction }: { messageId: string; direction: 'in' | 'out' }) {
  const { t } = useTranslation('operations');
  const message = useQuery({
    ...oneQuery<Message>(`/v1/messages/${messageId}`),
    enabled: useMay('messages:read'),
  });
  if (!message.data) return null;
  return (
    <Card>
      <Text size="sm" c="dimmed" mb={4}>
        {t(`timeline.${direction}`)}
      </Text>
      <MessageBody parts={message.data.parts} />
    </Card>
  );
}

function Steps({ steps }: { steps: Timeline['steps'] }) {
  const { t } = useTranslation('operations');
  const { clock, day, span } = useFormats();
  return (
    <Line active={steps.length - 1} bulletSize={14} lineWidth={2}>
      {steps.map(({ at, step, text, after_ms: afterMs, detail }, place) => (
        <Line.Item key={`${at}-${step}-${place}`} title={<ServerSaid>{text}</ServerSaid>}>
          <Text size="sm" c="dimmed">
            {place === 0 ? `${day(at)}, ` : ''}
            {clock(at)}
            {place > 0 && ` · ${t('timeline.after', { span: span(afterMs) })}`}
          </Text>
          {Object.keys(detail).length > 0 && (
            <details>
              <summary>{t('timeline.detail')}</summary>
              <CodeBlock code={prettyJson(detail)} label={t('timeline.detail')} />
            </details>
          )}
        </Line.Item>
      ))}
    </Line>
  );
}
