import type { ReactNode } from 'react';
import { Stack, TagsInput, Text, Textarea } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Content } from '#libs/model';

/** What is said: a text, and quick replies under it. */
export interface SayFieldProps {
  label: string;
  description?: ReactNode;
  parts: readonly Content[] | undefined;
  onChange: (parts: Content[] | undefined) => void;
  error?: string | undefined;
  disabled?: boolean;
}

/** Edits the text of what is said and the options under it; parts of other kinds stay as they are. */
export function SayField({
  label,
  description,
  parts = [],
  onChange,
  error,
  disabled = false,
}: SayFieldProps) {
  const { t } = useTranslation('bots');
  const first = parts.find(({ type }) => type === 'text' || type === 'choices');
  const text = first && 'text' in first ? (first.text ?? '') : '';
  const options = first?.type === 'choices' ? first.options : [];
  const rest = parts.filter((part) => part !== first);
  const set = (nextText: string, labels: readonly string[]) => {
    const said = partOf(nextText, labels, first);
    const next = said ? [said, ...rest] : [...rest];
    onChange(next.length > 0 ? next : undefined);
  };
  const labels = options.map((option) => option.label);
  return (
    <Stack gap="xs">
      <Textarea
        label={label}
        description={description}
        autosize
        minRows={2}
        maxRows={12}
        value={text}
        error={error}
        disabled={disabled}
        onChange={(event) => set(event.currentTarget.value, labels)}
      />
      {text !== '' && (
        <TagsInput
          aria-label={`${label}: ${t('voice.options')}`}
          placeholder={labels.length === 0 ? `${t('voice.options')}: ${t('voice.optionsHint')}` : ''}
          value={labels}
          disabled={disabled}
          acceptValueOnBlur
          onChange={(next) => set(text, next)}
        />
      )}
      {rest.length > 0 && (
        <Text size="sm" c="dimmed">
          {t('voice.other', { count: rest.length })}
        </Text>
      )}
    </Stack>
  );
}

/** The part that says a text, with options where there are any; options keep their ids. */
function partOf(text: string, labels: readonly string[], before: Content | undefined): Content | null {
  if (text === '') return null;
  if (labels.length === 0) return { type: 'text', text };
  const known = before?.type === 'choices' ? before.options : [];
  const taken = new Set<string>();
  const options = labels.map((label) => {
    const found = known.find((option) => option.label === label);
    if (found) return found;
    return {
      id: freeId(
        label,
        taken,
        known.map(({ id }) => id),
      ),
      label,
    };
  });
  const style = before?.type === 'choices' ? before.style : ('quick_replies' as const);
  return { type: 'choices', text, style, options };
}

/** A short id made of a label that nothing else has. */
export function freeId(label: string, taken: Set<string>, others: readonly string[] = []): string {
  const plain = label
    .normalize('NFD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+|-+$/g, '')
    .slice(0, 24);
  const base = plain === '' ? 'option' : plain;
  let id = base;
  for (let n = 2; taken.has(id) || others.includes(id); n++) id = `${base}-${n}`;
  taken.add(id);
  return id;
}
