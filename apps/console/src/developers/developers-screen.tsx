import { Anchor, Button, Card, Group, List, Stack, Tabs, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useMay } from '../api/session.js';
import { channelsQuery } from '../channels/queries.js';
import { Snippet } from '../channels/snippet.js';
import { CodeBlock } from '../parts/code-block.js';
import { Page } from '../parts/page.js';
import { Clients } from './clients.js';
import { Keys } from './keys.js';
import { Mcp } from './mcp.js';
import { Requests } from './requests.js';
import { developerTabs, tabIn } from './tabs.js';
import { Webhooks } from './webhooks.js';

/** Keys, webhooks, the widget and the API in one place. */
export function DevelopersScreen() {
  const { t } = useTranslation(['developers', 'programs']);
  const { tab = 'keys' } = useSearch({ from: '/frame/developers' });
  const navigate = useNavigate();
  const show = (next: string | null) =>
    void navigate({ to: '/developers', search: tabIn(next), replace: true });
  const maySee = { clients: useMay('keys:read'), requests: useMay('audit:read') };
  const shown = developerTabs.filter((name) => !(name in maySee) || maySee[name as 'clients']);
  return (
    <Page title={t('title')} text={t('text')}>
      <Tabs value={tab} onChange={show} keepMounted={false}>
        <Tabs.List mb="lg">
          {(['keys', ...shown] as const).map((name) => (
            <Tabs.Tab key={name} value={name}>
              {name === 'clients' || name === 'requests' || name === 'mcp'
                ? t(`programs:tab.${name}`)
                : t(`tabs.${name}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="keys">
          <Keys />
        </Tabs.Panel>
        <Tabs.Panel value="clients">
          <Clients />
        </Tabs.Panel>
        <Tabs.Panel value="requests">
          <Requests />
        </Tabs.Panel>
        <Tabs.Panel value="mcp">
          <Mcp />
        </Tabs.Panel>
        <Tabs.Panel value="webhooks">
          <Webhooks />
        </Tabs.Panel>
        <Tabs.Panel value="widget">
          <Widgets />
        </Tabs.Panel>
        <Tabs.Panel value="api">
          <Api />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}

function Widgets() {
  const { t } = useTranslation('developers');
  const channels = useQuery({ ...channelsQuery, enabled: useMay('channels:read') });
  const chats = channels.data?.filter(({ connector }) => connector === 'web') ?? [];
  if (chats.length === 0) {
    return (
      <Group>
        <Text>{t('widget.none')}</Text>
        <Button component={Link} to="/channels/new/web" variant="light">
          {t('widget.open')}
        </Button>
      </Group>
    );
  }
  return (
    <Stack>
      <Text c="dimmed">{t('widget.text')}</Text>
      {chats.map(({ id, name }) => (
        <section key={id}>
          <Title order={2} mb="xs">
            {name}
          </Title>
          <Snippet channelId={id} />
        </section>
      ))}
    </Stack>
  );
}

function Api() {
  const { t } = useTranslation('developers');
  const curl = [
    `curl ${window.location.origin}/v1/me \\`,
    '  -H "Authorization: Bearer $PARLEY_API_KEY"',
  ].join('\n');
  return (
    <Card>
      <Stack>
        <Text c="dimmed">{t('api.text')}</Text>
        <List spacing={6}>
          <List.Item>
            <Anchor href="/docs" target="_blank">
              {t('api.docs')}
            </Anchor>
          </List.Item>
          <List.Item>
            <Anchor href="/openapi.json" target="_blank">
              {t('api.openapi')}
            </Anchor>
          </List.Item>
          <List.Item>
            <Anchor href="/errors" target="_blank">
              {t('api.errors')}
            </Anchor>
          </List.Item>
        </List>
        <Title order={2}>{t('api.first')}</Title>
        <CodeBlock code={curl} label={t('api.first')} />
      </Stack>
    </Card>
  );
}
