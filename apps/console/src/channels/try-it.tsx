import { Card, Tabs, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Channel } from '#libs/model';
import { useMay } from '../api/session.js';
import { SandboxChat } from '../parts/sandbox-chat.js';
import { SimulateForm, TestForm } from './try-forms.js';

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
