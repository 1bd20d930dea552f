import { SegmentedControl, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { BotProposal, KnowledgeGap } from '#libs/model';
import { useMay } from '../../api/session.js';
import { usePages } from '../../api/use-pages.js';
import { useDraft } from '../../parts/use-draft.js';
import type { PartProps } from '../part-props.js';
import { Decided } from './decided.js';
import { LessonList } from './lesson-list.js';

const views = ['proposals', 'gaps', 'decided'] as const;

/** What the bot could learn: corrections of operators, and questions that nobody could answer. */
export function Learning(props: PartProps) {
  const { t } = useTranslation('authoring');
  const view = useDraft<(typeof views)[number]>(`learning-${props.botId}`, 'proposals');
  return (
    <Stack>
      <Text c="dimmed" size="sm">
        {t('learn.text')}
      </Text>
      <SegmentedControl
        aria-label={t('learn.view')}
        data={views.map((name) => ({ value: name, label: t(`learn.views.${name}`) }))}
        value={view.value}
        onChange={(next) => view.set(next)}
        style={{ alignSelf: 'flex-start', maxWidth: '100%', overflowX: 'auto' }}
      />
      {view.value === 'proposals' && <Proposals {...props} />}
      {view.value === 'gaps' && <Gaps {...props} />}
      {view.value === 'decided' && <Decided botId={props.botId} />}
    </Stack>
  );
}

function Proposals(props: PartProps) {
  const pages = usePages<BotProposal>('/v1/bot-proposals', { bot_id: props.botId, state: 'waiting' });
  const sources = pages.items.map((proposal) => ({ kind: 'proposal' as const, proposal }));
  return <LessonList {...props} pages={pages} sources={sources} />;
}

function Gaps(props: PartProps) {
  const { t } = useTranslation('authoring');
  const mayRead = useMay('knowledge:read');
  const pages = usePages<KnowledgeGap>('/v1/knowledge-gaps', { bot_id: props.botId, state: 'open' });
  if (!mayRead) return <Text c="dimmed">{t('learn.noAccess')}</Text>;
  const sources = pages.items.map((gap) => ({ kind: 'gap' as const, gap }));
  return <LessonList {...props} pages={pages} sources={sources} />;
}
