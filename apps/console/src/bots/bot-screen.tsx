import { NativeSelect, Skeleton, Stack, Tabs } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { type ComponentType, lazy, type ReactNode, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { Page } from '../parts/page.js';
import { ProblemNote } from '../parts/problem-note.js';
import { type BotTab, botTabGroups, botTabs } from './bot-tabs.js';
import { useBotDraft } from './draft.js';
import type { PartProps } from './part-props.js';
import { DraftNote } from './publish/draft-note.js';
import { PublishButtons } from './publish/publish-buttons.js';
import classes from './bot-screen.module.css';

type Part = ComponentType<PartProps>;
const later = (load: () => Promise<Part>) => lazy(async () => ({ default: await load() }));

/** Each is loaded when it is first opened. */
const tabs: Record<BotTab, Part> = {
  talk: later(async () => (await import('./voice.js')).Voice),
  rules: later(async () => (await import('./rules.js')).Rules),
  intents: later(async () => (await import('./forms/intents.js')).Intents),
  flows: later(async () => (await import('./flow-list.js')).FlowList),
  knowledge: later(async () => (await import('./knowledge-settings.js')).KnowledgeSettings),
  model: later(async () => (await import('./forms/model.js')).Model),
  tools: later(async () => (await import('./forms/tools.js')).Tools),
  guard: later(async () => (await import('./guardrails.js')).Guardrails),
  people: later(async () => (await import('./forms/people.js')).People),
  try: later(async () => (await import('./emulator/emulator.js')).Emulator),
  tests: later(async () => (await import('./testing/tests.js')).Tests),
  learn: later(async () => (await import('./learning/learning.js')).Learning),
  live: later(async () => (await import('./emulator/live-chat.js')).LiveChat),
  versions: later(async () => (await import('./versions/versions.js')).Versions),
  file: later(async () => (await import('./files/as-files.js')).AsFiles),
};

/** One bot: everything it is made of, changed in a draft, and published as a whole. */
export function BotScreen() {
  const { t } = useTranslation('bots');
  const { botId } = useParams({ from: '/frame/bots/$botId' });
  const { tab = 'talk' } = useSearch({ from: '/frame/bots/$botId' });
  const draft = useBotDraft(botId);
  const { bot, definition } = draft;
  const Shown = tabs[tab];
  return (
    <Page
      isWide
      title={bot?.name ?? t('title')}
      text={
        bot &&
        (bot.published_version === null ? t('unpublished') : t('version', { version: bot.published_version }))
      }
      actions={definition && <PublishButtons botId={botId} draft={draft} />}
    >
      <ProblemNote error={draft.error} />
      {!definition && !draft.error && <Skeleton height={240} radius="md" />}
      {definition && (
        <Stack>
          <DraftNote draft={draft} />
          <Parts tab={tab} botId={botId}>
            <Suspense fallback={<Skeleton height={240} radius="md" />}>
              <Shown botId={botId} draft={draft} definition={definition} />
            </Suspense>
          </Parts>
        </Stack>
      )}
    </Page>
  );
}

/** The parts of a bot beside what is chosen; on narrow screens a list to choose from. */
function Parts({ tab, botId, children }: { tab: BotTab; botId: string; children: ReactNode }) {
  const { t } = useTranslation('bots');
  const navigate = useNavigate();
  const isWide = useMediaQuery('(min-width: 62em)', undefined, { getInitialValueInEffect: false });
  const go = (next: string | null) => {
    const found = botTabs.find((one) => one === next);
    const search = found ? { tab: found } : {};
    void navigate({ to: '/bots/$botId', params: { botId }, search, replace: true });
  };
  if (!isWide) {
    return (
      <Stack>
        <NativeSelect
          aria-label={t('part')}
          value={tab}
          data={botTabs.map((name) => ({ value: name, label: t(`tabs.${name}`) }))}
          onChange={(event) => go(event.currentTarget.value)}
        />
        {children}
      </Stack>
    );
  }
  return (
    <Tabs
      value={tab}
      orientation="vertical"
      variant="pills"
      onChange={go}
      keepMounted={false}
      classNames={{ list: classes['list'] ?? '', tab: classes['tab'] ?? '', panel: classes['panel'] ?? '' }}
    >
      <Tabs.List aria-label={t('part')}>
        {botTabGroups.map((group) =>
          group.map((name, at) => (
            <Tabs.Tab key={name} value={name} data-first={at === 0 || undefined}>
              {t(`tabs.${name}`)}
            </Tabs.Tab>
          )),
        )}
      </Tabs.List>
      <Tabs.Panel value={tab}>{children}</Tabs.Panel>
    </Tabs>
  );
}
