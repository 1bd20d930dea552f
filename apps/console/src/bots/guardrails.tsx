import { Card, NumberInput, Stack, Switch, TagsInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Guardrails as Rails } from '#libs/model';
import type { PartProps } from './part-props.js';
import { PartForm } from './forms/part-form.js';

/** When the bot hands over, and what it may never say. */
export function Guardrails({ draft, definition }: PartProps) {
  const { t } = useTranslation('bots');
  const rails: Rails = definition.guardrails ?? { blocked: [] };
  const escalate = rails.escalate ?? { words: [], asked_for_person: true, upset: false };
  const output = rails.output ?? { forbidden: [], same_language: false };
  const set = (change: Partial<Rails>) =>
    draft.change({ ...definition, guardrails: { ...rails, ...change } });
  const off = { disabled: !draft.mayWrite };
  return (
    <Card>
      <Stack>
        <Switch
          {...off}
          label={t('guard.person')}
          checked={rails.escalate !== undefined && escalate.asked_for_person}
          onChange={(event) =>
            set({ escalate: { ...escalate, asked_for_person: event.currentTarget.checked } })
          }
        />
        <Switch
          {...off}
          label={t('guard.upset')}
          checked={escalate.upset}
          onChange={(event) => set({ escalate: { ...escalate, upset: event.currentTarget.checked } })}
        />
        <TagsInput
          {...off}
          label={t('guard.words')}
          value={escalate.words}
          acceptValueOnBlur
          onChange={(words) => set({ escalate: { ...escalate, words } })}
        />
        <NumberInput
          {...off}
          label={t('guard.afterFallbacks')}
          min={2}
          max={20}
          value={definition.fallback_hands_over_after ?? ''}
          onChange={(value) => {
            const { fallback_hands_over_after: _, ...others } = definition;
            draft.change(
              typeof value === 'number' ? { ...definition, fallback_hands_over_after: value } : others,
            );
          }}
        />
        <TagsInput
          {...off}
          label={t('guard.forbidden')}
          value={output.forbidden}
          acceptValueOnBlur
          splitChars={[]}
          onChange={(forbidden) => set({ output: { ...output, forbidden } })}
        />
        <TagsInput
          {...off}
          label={t('guard.hosts')}
          description={t('guard.hostsHint')}
          value={output.hosts ?? []}
          acceptValueOnBlur
          onChange={(hosts) => {
            const { hosts: _, ...others } = output;
            set({ output: hosts.length === 0 ? others : { ...output, hosts } });
          }}
        />
        <NumberInput
          {...off}
          label={t('guard.max')}
          min={50}
          max={65_536}
          value={output.characters_max ?? ''}
          onChange={(value) => {
            const { characters_max: _, ...others } = output;
            set({ output: typeof value === 'number' ? { ...output, characters_max: value } : others });
          }}
        />
        <Switch
          {...off}
          label={t('guard.sameLanguage')}
          checked={output.same_language}
          onChange={(event) => set({ output: { ...output, same_language: event.currentTarget.checked } })}
        />
        <PartForm
          part="guardrails"
          only={['manner', 'blocked', 'region']}
          draft={draft}
          definition={definition}
        />
      </Stack>
    </Card>
  );
}
