import { NumberInput, Select, TagsInput, Textarea, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { FlowNode } from '#libs/model';
import { freeId } from '../../say-field.js';

type Ask = Extract<FlowNode, { type: 'ask' }>;
const presetsWith = (yes: string): Record<Ask['expect']['kind'], Ask['expect']> => ({
  text: { kind: 'text', min: 1, max: 2_000 },
  email: { kind: 'email' },
  phone: { kind: 'phone' },
  number: { kind: 'number', integer: false },
  date: { kind: 'date', order: 'dmy', from: 'any', time: false },
  choice: { kind: 'choice', style: 'quick_replies', options: [{ id: 'yes', label: yes }] },
  file: { kind: 'file' },
  location: { kind: 'location', or_text: true },
});

/** A question: what is asked, what kind of answer it wants, and what becomes of another one. */
export function AskForm({ node, onChange }: { node: Ask; onChange: (node: FlowNode) => void }) {
  const { t } = useTranslation('bots');
  const { expect } = node;
  const presets = presetsWith(t('flows.presets.yes'));
  const kinds = Object.keys(presets) as Ask['expect']['kind'][];
  return (
    <>
      <Textarea
        label={t('flows.form.question')}
        autosize
        minRows={2}
        required
        value={node.text}
        onChange={(event) => onChange({ ...node, text: event.currentTarget.value })}
      />
      <TextInput
        label={t('flows.form.into')}
        required
        pattern="[a-z][a-z0-9_]*"
        value={node.into}
        onChange={(event) => onChange({ ...node, into: event.currentTarget.value })}
      />
      <Select
        label={t('flows.form.kind')}
        data={kinds.map((kind) => ({ value: kind, label: t(`flows.kind.${kind}`) }))}
        value={expect.kind}
        allowDeselect={false}
        onChange={(kind) => kind && onChange({ ...node, expect: presets[kind] })}
      />
      {expect.kind === 'choice' && (
        <TagsInput
          label={t('flows.form.options')}
          value={expect.options.map(({ label }) => label)}
          acceptValueOnBlur
          splitChars={[]}
          onChange={(labels) =>
            onChange({ ...node, expect: { ...expect, options: optionsOf(labels, expect.options) } })
          }
        />
      )}
      <TextInput
        label={t('flows.form.retry')}
        value={node.retry ?? ''}
        onChange={(event) => {
          const { retry: _, ...rest } = node;
          const retry = event.currentTarget.value;
          onChange(retry === '' ? rest : { ...node, retry });
        }}
      />
      <NumberInput
        label={t('flows.form.tries')}
        min={1}
        max={10}
        value={node.tries}
        onChange={(value) => typeof value === 'number' && onChange({ ...node, tries: value })}
      />
    </>
  );
}

type Options = Extract<Ask['expect'], { kind: 'choice' }>['options'];

/** Options by their labels; those that were there keep their ids and ways. */
function optionsOf(labels: readonly string[], before: Options): Options {
  const taken = new Set<string>();
  return labels.map(
    (label) =>
      before.find((option) => option.label === label) ?? {
        id: freeId(
          label,
          taken,
          before.map(({ id }) => id),
        ),
        label,
      },
  );
}
