import { Skeleton, Stack, Tabs } from '@mantine/core';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { BotDefinition } from '#libs/model';
import { Page } from '../parts/page.js';
import { ProblemNote } from '../parts/problem-note.js';
import { AsFile } from './as-file.js';
import { botTabs } from './bot-tabs.js';
import { type BotDraft, useBotDraft } from './draft.js';
import { FlowList } from './flow-list.js';
import { Guardrails } from './guardrails.js';
import { KnowledgeSettings } from './knowledge-settings.js';
import { DraftNote, PublishButtons } from './publish.js';
import { Rules } from './rules.js';
import { TryBot } from './try-bot.js';
import { Voice } from './voice.js';

/** What every tab of a bot gets. */
export interface PartProps {
  botId: string;
  draft: BotDraft;
  definition: BotDefinition;
}

const tabs = {
  talk: Voice,
  rules: Rules,
  flows: FlowList,
  knowledge: KnowledgeSettings,
  guard: Guardrails,
  try: TryBot,
  file: AsFile,
} as const;

/** One bot: everything it is made of, changed in a draft, and published as a whole. */
export function BotScreen() {
  const { t } = useTranslation('bots');
  const { botId } = useParams({ from: '/frame/bots/$botId' });
  const { tab = 'talk' } = useSearch({ from: '/frame/bots/$botId' });
  const navigate = useNavigate();
  const draft = useBotDraft(botId);
  const { bot, definition } = draft;
  const Part = tabs[tab];
  return (
    <Page
      title={bot?.name ?? t('title')}
      text={
        bot &&
        (bot.published_version === null ? t('unpublished') : t('version', { version: bot.published_version }))
      }
      actions={definition && <PublishButtons draft={draft} />}
    >
      <ProblemNote error={draft.error} />
      {!definition && !draft.error && <Skeleton height={240} radius="md" />}
      {definition && (
        <Stack>
          <DraftNote draft={draft} />
          <Tabs
            value={tab}
            onChange={(next) => {
              const found = botTabs.find((one) => one === next);
              void navigate({
                to: '/bots/$botId',
                params: { botId },
                search: found ? { tab: found } : {},
                replace: true,
              });
            }}
            keepMounted={false}
          >
            <Tabs.List mb="lg">
              {botTabs.map((name) => (
                <Tabs.Tab key={name} value={name}>
                  {t(`tabs.${name}`)}
                </Tabs.Tab>
              ))}
            </Tabs.List>
            <Tabs.Panel value={tab}>
              <Part botId={botId} draft={draft} definition={definition} />
            </Tabs.Panel>
          </Tabs>
        </Stack>
      )}
    </Page>
  );
}
