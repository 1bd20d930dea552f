import { Alert, Button, Card, Group, List, Stack, Tabs, Text, Title } from '@mantine/core';
import { IconShieldHalf } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { CodeBlock } from '../parts/code-block.js';
import { CopyField } from '../parts/copy-field.js';

/** How a model works with this workspace, with what its client is to be told. */
export function Mcp() {
  const { t } = useTranslation('programs');
  const url = `${window.location.origin}/mcp`;
  return (
    <Stack>
      <Text c="dimmed">{t('mcp.text')}</Text>
      <Card>
        <Stack>
          <CopyField label={t('mcp.address')} value={url} />
          <Text size="sm">{t('mcp.key')}</Text>
          <Group>
            <Button component={Link} to="/developers" variant="light">
              {t('mcp.makeKey')}
            </Button>
          </Group>
        </Stack>
      </Card>
      <section>
        <Title order={2} mb="sm">
          {t('mcp.client')}
        </Title>
        <Tabs defaultValue="json">
          <Tabs.List mb="xs">
            {configurations(url).map(({ name, label }) => (
              <Tabs.Tab key={name} value={name}>
                {label ?? t(`mcp.${name as 'http' | 'stdio'}`)}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          {configurations(url).map(({ name, label, code }) => (
            <Tabs.Panel key={name} value={name}>
              <CodeBlock code={code} label={label ?? name} />
            </Tabs.Panel>
          ))}
        </Tabs>
      </section>
      <section>
        <Title order={2} mb="sm">
          {t('mcp.tools')}
        </Title>
        <List spacing={4} size="sm">
          <List.Item>{t('mcp.reads')}</List.Item>
          <List.Item>{t('mcp.writes')}</List.Item>
        </List>
      </section>
      <Alert variant="default" icon={<IconShieldHalf size={20} aria-hidden />} title={t('mcp.careful')}>
        {t('mcp.carefulText')}
      </Alert>
    </Stack>
  );
}

/** What the usual clients want to be told; the key stands in the environment, and in no file. */
function configurations(url: string): { name: string; label?: string; code: string }[] {
  const headers = { Authorization: 'Bearer ${PARLEY_API_KEY}' };
  const http = { mcpServers: { parley: { type: 'http', url, headers } } };
  const env = { PARLEY_URL: window.location.origin, PARLEY_API_KEY: '…' };
  const stdio = { mcpServers: { parley: { command: 'parley', args: ['mcp'], env } } };
  return [
    { name: 'json', label: 'mcp.json', code: JSON.stringify(http, null, 2) },
    { name: 'stdio', code: JSON.stringify(stdio, null, 2) },
    {
      name: 'http',
      code: [
        `curl ${url} \\`,
        '  -H "Authorization: Bearer $PARLEY_API_KEY" \\',
        "  -H 'Content-Type: application/json' \\",
        "  -H 'Accept: application/json, text/event-stream' \\",
        `  -d '{"jsonrpc":"2.0","id":1,"method":"tools/list"}'`,
      ].join('\n'),
    },
  ];
}
