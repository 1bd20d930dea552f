import { Card, Stack, Switch, Textarea, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { PartProps } from './part-props.js';
import { problemsAt } from './problems.js';
import { SayField } from './say-field.js';

/** How the bot introduces itself, and what it says when it knows nothing. */
export function Voice({ draft, definition }: PartProps) {
  const { t } = useTranslation('bots');
  const { persona, greeting, fallback } = definition;
  const errorAt = (place: string) => problemsAt(draft.problems, place)[0]?.message;
  const common = { disabled: !draft.mayWrite };
  return (
    <Card>
      <Stack>
        <TextInput
          {...common}
          label={t('voice.persona')}
          description={t('voice.personaHint')}
          required
          maxLength={100}
          value={persona.name}
          error={errorAt('/persona/name')}
          onChange={(event) =>
            draft.change({ ...definition, persona: { ...persona, name: event.currentTarget.value } })
          }
        />
        <Textarea
          {...common}
          label={t('voice.disclosure')}
          description={t('voice.disclosureHint')}
          autosize
          maxLength={500}
          value={persona.disclosure ?? ''}
          onChange={(event) => {
            const { disclosure: _, ...others } = persona;
            const said = event.currentTarget.value;
            draft.change({ ...definition, persona: said === '' ? others : { ...persona, disclosure: said } });
          }}
        />
        <SayField
          {...common}
          label={t('voice.greeting')}
          description={t('voice.greetingHint')}
          parts={greeting}
          error={errorAt('/greeting')}
          onChange={(parts) => {
            const { greeting: _, ...others } = definition;
            draft.change(parts ? { ...definition, greeting: parts } : others);
          }}
        />
        <SayField
          {...common}
          label={t('voice.fallback')}
          parts={fallback}
          error={errorAt('/fallback')}
          onChange={(parts) => {
            const { fallback: _, ...others } = definition;
            draft.change(parts ? { ...definition, fallback: parts } : others);
          }}
        />
        <Switch
          {...common}
          label={t('voice.handsOver')}
          checked={definition.fallback_hands_over}
          onChange={(event) =>
            draft.change({ ...definition, fallback_hands_over: event.currentTarget.checked })
          }
        />
      </Stack>
    </Card>
  );
}
