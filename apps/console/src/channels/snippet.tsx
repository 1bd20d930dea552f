import { Anchor, Card, Stack, Tabs, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { CodeBlock } from '../parts/code-block.js';

/** What goes on a page so that visitors can chat. */
export function Snippet({ channelId }: { channelId: string }) {
  const { t } = useTranslation('channels');
  const origin = window.location.origin;
  const html = `<script async src="${origin}/widget.js" data-channel="${channelId}"></script>`;
  const script = [
    '<script>',
    '  window.parley = window.parley || function () { (parley.q = parley.q || []).push(arguments); };',
    '</script>',
    html,
    '<script>',
    "  parley('open'); // 'close', 'toggle', 'show', 'hide'",
    "  parley('set', 'locale', 'fr');",
    '</script>',
  ].join('\n');
  return (
    <Card>
      <Stack>
        <div>
          <Title order={2}>{t('snippet.title')}</Title>
          <Text size="sm" c="dimmed">
            {t('snippet.text')}
          </Text>
        </div>
        <Tabs defaultValue="html">
          <Tabs.List mb="xs">
            <Tabs.Tab value="html">{t('snippet.html')}</Tabs.Tab>
            <Tabs.Tab value="script">{t('snippet.script')}</Tabs.Tab>
          </Tabs.List>
          <Tabs.Panel value="html">
            <CodeBlock code={html} label={t('snippet.html')} />
          </Tabs.Panel>
          <Tabs.Panel value="script">
            <CodeBlock code={script} label={t('snippet.script')} />
          </Tabs.Panel>
        </Tabs>
        <Anchor href={`/chat/${channelId}`} target="_blank" size="sm">
          {t('snippet.link')}
        </Anchor>
      </Stack>
    </Card>
  );
}
