import { Alert, Select, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Timeline } from '#libs/model';
import { oneQuery } from '../../api/lists.js';
import { useMay } from '../../api/session.js';
import classes from '../../channels/channels.module.css';
import { channelsQuery } from '../../channels/queries.js';
import { SandboxChat } from '../../parts/sandbox-chat.js';
import { Trace } from '../../parts/trace.js';
import type { PartProps } from '../part-props.js';

const TRACE_MS = 1_000;

/** A chat with the published bot, and beside it why it answered as it did. */
export function LiveChat({ botId, draft }: PartProps) {
  const { t } = useTranslation('bots');
  const channels = useQuery({ ...channelsQuery, enabled: useMay('channels:read') });
  const mine =
    channels.data?.filter(({ connector, bot_id: id }) => connector === 'web' && id === botId) ?? [];
  const [chosen, setChosen] = useState<string | null>(null);
  const [messageId, setMessageId] = useState<string | null>(null);
  const channelId = chosen ?? mine[0]?.id;
  if (channels.data && channelId === undefined) return <Alert color="yellow">{t('try.none')}</Alert>;
  if (channelId === undefined) return null;
  return (
    <div className={classes['two']}>
      <Stack>
        {draft.isChanged && <Alert color="yellow">{t('try.published')}</Alert>}
        {mine.length > 1 && (
          <Select
            label={t('try.channel')}
            data={mine.map(({ id, name }) => ({ value: id, label: name }))}
            value={channelId}
            onChange={setChosen}
            allowDeselect={false}
          />
        )}
        <SandboxChat key={channelId} channelId={channelId} onAnswered={setMessageId} />
      </Stack>
      <section aria-live="polite">
        <Title order={2} mb="sm">
          {t('try.trace')}
        </Title>
        {messageId === null ? <Text c="dimmed">{t('try.waiting')}</Text> : <TraceOf messageId={messageId} />}
      </section>
    </div>
  );
}

function TraceOf({ messageId }: { messageId: string }) {
  const found = useQuery({
    ...oneQuery<Timeline>(`/v1/messages/${messageId}/timeline`),
    enabled: useMay('trace:read'),
    refetchInterval: ({ state }) => (state.data?.turn ? false : TRACE_MS),
  });
  return found.data?.turn ? <Trace steps={found.data.turn.trace} /> : null;
}
