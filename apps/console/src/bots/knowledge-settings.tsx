import { Anchor, Card, MultiSelect, NumberInput, SimpleGrid, Stack, Switch } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { BotKnowledge, KnowledgeBase } from '#libs/model';
import { allQuery } from '../api/lists.js';
import { useMay } from '../api/session.js';
import type { PartProps } from './part-props.js';
import { TestSearch } from './knowledge/test-search.js';

/** Whether and how a bot answers from what it knows. */
export function KnowledgeSettings({ botId, draft, definition }: PartProps) {
  const { t } = useTranslation('knowledge');
  const mayRead = useMay('knowledge:read');
  const bases = useQuery({ ...allQuery<KnowledgeBase>('/v1/knowledge-bases'), enabled: mayRead });
  const known = definition.knowledge;
  const presets: BotKnowledge = {
    answers_from: 0.55,
    suggests_from: 0.33,
    suggestion: t('presets.suggestion'),
    none_of_these: t('presets.noneOfThese'),
    cites: true,
    source_word: t('presets.source'),
  };
  const set = (change: Partial<BotKnowledge>) =>
    draft.change({ ...definition, knowledge: { ...presets, ...known, ...change } });
  const off = { disabled: !draft.mayWrite };
  return (
    <Stack>
      <Card>
        <Stack>
          <Switch
            {...off}
            label={t('on')}
            checked={known !== undefined}
            onChange={(event) => {
              const { knowledge: _, ...others } = definition;
              draft.change(event.currentTarget.checked ? { ...definition, knowledge: presets } : others);
            }}
          />
          {known && (
            <>
              <MultiSelect
                {...off}
                label={t('bases')}
                description={t('basesHint')}
                data={(bases.data ?? []).map(({ id, name }) => ({ value: id, label: name }))}
                value={[...(known.bases ?? [])]}
                onChange={(chosen) => {
                  const { bases: _, ...others } = known;
                  draft.change({
                    ...definition,
                    knowledge: chosen.length === 0 ? others : { ...known, bases: chosen },
                  });
                }}
              />
              <SimpleGrid cols={{ base: 1, xs: 2 }}>
                <NumberInput
                  {...off}
                  label={t('answersFrom')}
                  min={0}
                  max={1}
                  step={0.05}
                  decimalScale={2}
                  value={known.answers_from}
                  onChange={(value) => typeof value === 'number' && set({ answers_from: value })}
                />
                <NumberInput
                  {...off}
                  label={t('suggestsFrom')}
                  min={0}
                  max={1}
                  step={0.05}
                  decimalScale={2}
                  value={known.suggests_from}
                  onChange={(value) => typeof value === 'number' && set({ suggests_from: value })}
                />
              </SimpleGrid>
              <Switch
                {...off}
                label={t('cites')}
                checked={known.cites}
                onChange={(event) => set({ cites: event.currentTarget.checked })}
              />
            </>
          )}
          <Anchor component={Link} to="/knowledge" size="sm">
            {t('open')}
          </Anchor>
        </Stack>
      </Card>
      {mayRead && <TestSearch path={`/v1/bots/${botId}/knowledge/search`} />}
    </Stack>
  );
}
