import { Autocomplete, Select, SimpleGrid, Stack } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { PairsField } from '../pairs-field.js';
import { LinesField } from './lines-field.js';
import type { TestStep } from './conversation.js';

type Expect = TestStep['expect'];

const responders = ['rules', 'flows', 'menus', 'intents', 'knowledge', 'agent', 'guard', 'csat', 'fallback'];

/** What is expected of the bot's turn; what says nothing is not asked. */
export function Expectations(props: { expect: Expect; isOff: boolean; onChange: (expect: Expect) => void }) {
  const { expect, isOff, onChange } = props;
  const { t } = useTranslation('authoring');
  const set = (change: { [Name in keyof Expect]?: Expect[Name] | undefined }) =>
    onChange(
      Object.fromEntries(Object.entries({ ...expect, ...change }).filter(([, value]) => value !== undefined)),
    );
  const off = { disabled: isOff };
  return (
    <Stack gap="xs">
      <LinesField
        {...off}
        label={t('tests.replies')}
        description={t('tests.repliesHint')}
        value={expect.replies}
        onChange={(replies) => set({ replies })}
      />
      <LinesField
        {...off}
        label={t('tests.without')}
        value={expect.without}
        onChange={(without) => set({ without })}
      />
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="xs">
        <Autocomplete
          {...off}
          label={t('tests.answeredBy')}
          data={responders}
          value={expect.answered_by ?? ''}
          onChange={(name) => set({ answered_by: name === '' ? undefined : name })}
        />
        <LinesField
          {...off}
          label={t('tests.goals')}
          value={expect.goals}
          onChange={(goals) => set({ goals })}
        />
        <YesNo
          {...off}
          label={t('tests.handsOver')}
          value={expect.hands_over}
          onChange={(is) => set({ hands_over: is })}
        />
        <YesNo
          {...off}
          label={t('tests.silent')}
          value={expect.silent}
          onChange={(is) => set({ silent: is })}
        />
      </SimpleGrid>
      <PairsField
        isOff={isOff}
        label={t('tests.because')}
        pairs={expect.because ?? {}}
        first="rule"
        onChange={(because) => set({ because: Object.keys(because).length === 0 ? undefined : because })}
      />
    </Stack>
  );
}

function YesNo(props: {
  label: string;
  value: boolean | undefined;
  disabled: boolean;
  onChange: (value: boolean | undefined) => void;
}) {
  const { label, value, disabled, onChange } = props;
  const { t } = useTranslation('authoring');
  return (
    <Select
      label={label}
      disabled={disabled}
      placeholder={t('tests.any')}
      clearable
      data={[
        { value: 'true', label: t('tests.yes') },
        { value: 'false', label: t('tests.no') },
      ]}
      value={value === undefined ? null : String(value)}
      onChange={(chosen) => onChange(chosen === null ? undefined : chosen === 'true')}
    />
  );
}
