import { Alert, Button, Card, Group, Stack, Tabs, Text, Textarea, TextInput, Title } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Channel, DryRunResult, SimulateResult } from '#libs/model';
import { call } from '../api/call.js';
import { useMay } from '../api/session.js';
import { CodeBlock, prettyJson } from '../parts/code-block.js';
import { ProblemNote } from '../parts/problem-note.js';
import { SandboxChat } from '../parts/sandbox-chat.js';

/** Ways to try a channel before anybody depends on it. */
export function TryIt({ channel, can }: { channel: Channel; can: Readonly<Record<string, boolean>> }) {
  const { t } = useTranslation('channels');
  const mayChat = useMay('sessions:write') && can['visitors'] === true;
  const first = mayChat ? 'chat' : can['simulate'] ? 'simulate' : 'test';
  return (
    <Card>
      <Title order={2} mb="sm">
        {t('try.title')}
      </Title>
      <Tabs key={first} defaultValue={first} keepMounted={false}>
        <Tabs.List mb="md">
          {mayChat && <Tabs.Tab value="chat">{t('try.chat')}</Tabs.Tab>}
          {can['simulate'] && <Tabs.Tab value="simulate">{t('try.simulate')}</Tabs.Tab>}
          <Tabs.Tab value="test">{t('try.test')}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="chat">
          <SandboxChat channelId={channel.id} />
        </Tabs.Panel>
        <Tabs.Panel value="simulate">
          <SimulateForm channelId={channel.id} />
        </Tabs.Panel>
        <Tabs.Panel value="test">
          <TestForm channelId={channel.id} />
        </Tabs.Panel>
      </Tabs>
    </Card>
  );
}

function SimulateForm({ channelId }: { channelId: string }) {
  const { t } = useTranslation('channels');
  const [from, setFrom] = useState('+15005550006');
  const [text, setText] = useState('Hello!');
  const simulate = useMutation({
    mutationFn: () =>
      call<SimulateResult>('POST', `/v1/channels/${channelId}/simulate`, { body: { from, text } }),
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        simulate.mutate();
      }}
    >
      <Stack>
        <Text size="sm" c="dimmed">
          {t('try.simulateHint')}
        </Text>
        <TextInput
          label={t('try.from')}
          required
          value={from}
          onChange={(event) => setFrom(event.currentTarget.value)}
        />
        <Textarea
          label={t('try.message')}
          required
          autosize
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <Group>
          <Button type="submit" loading={simulate.isPending}>
            {t('try.simulate')}
          </Button>
        </Group>
        {simulate.data && <Alert>{t('try.simulated', { status: simulate.data.status })}</Alert>}
        <ProblemNote error={simulate.error} />
      </Stack>
    </form>
  );
}

function TestForm({ channelId }: { channelId: string }) {
  const { t } = useTranslation('channels');
  const [to, setTo] = useState('');
  const [text, setText] = useState<string>(t('try.testText'));
  const parts = [{ type: 'text', text }];
  const dry = useMutation({
    mutationFn: () =>
      call<DryRunResult>('POST', `/v1/channels/${channelId}/dry-run`, {
        body: { parts, ...(to !== '' && { to }) },
      }),
  });
  const send = useMutation({
    mutationFn: () =>
      call<{ state: string }>('POST', '/v1/sends', {
        body: {
          address: { kind: kindOfAddress(to), value: to.trim() },
          parts,
          channels: [{ channel_id: channelId }],
        },
      }),
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        send.mutate();
      }}
    >
      <Stack>
        <Text size="sm" c="dimmed">
          {t('try.testHint')}
        </Text>
        <TextInput
          label={t('try.to')}
          description={t('try.toHint')}
          required
          value={to}
          onChange={(event) => setTo(event.currentTarget.value)}
        />
        <Textarea
          label={t('try.message')}
          required
          autosize
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <Group>
          <Button type="submit" loading={send.isPending}>
            {t('try.send')}
          </Button>
          <Button variant="default" loading={dry.isPending} onClick={() => dry.mutate()}>
            {t('try.dry')}
          </Button>
        </Group>
        {send.data && <Alert>{t('try.sent', { status: send.data.state })}</Alert>}
        <ProblemNote error={send.error} />
        <ProblemNote error={dry.error} />
        {dry.data && <CodeBlock code={prettyJson(dry.data.parts)} label={t('try.dry')} />}
        {dry.data && dry.data.lost.length > 0 && (
          <Alert color="yellow" title={t('try.lost')}>
            {dry.data.lost.join(' · ')}
          </Alert>
        )}
      </Stack>
    </form>
  );
}

/** What sort of address somebody wrote. */
function kindOfAddress(written: string): string {
  if (written.includes('@')) return 'email';
  return /^\+?[\d\s()-]{5,}$/.test(written) ? 'phone' : 'external';
}
