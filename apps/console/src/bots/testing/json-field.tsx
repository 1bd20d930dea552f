import { JsonInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';

/** A value as JSON; what is not JSON yet stays in the field and changes nothing. */
export function JsonField<Value>(props: {
  label: string;
  description?: ReactNode;
  value: Value | undefined;
  isOff: boolean;
  onChange: (value: Value | undefined) => void;
}) {
  const { label, description, value, isOff, onChange } = props;
  const { t } = useTranslation('bots');
  const [text, setText] = useState(() => (value === undefined ? '' : JSON.stringify(value, null, 2)));
  const [why, setWhy] = useState<string | null>(null);
  const write = (next: string) => {
    setText(next);
    try {
      onChange(next.trim() === '' ? undefined : (JSON.parse(next) as Value));
      setWhy(null);
    } catch (error) {
      setWhy(error instanceof Error ? error.message : String(error));
    }
  };
  return (
    <JsonInput
      label={label}
      description={description}
      value={text}
      onChange={write}
      disabled={isOff}
      autosize
      minRows={2}
      maxRows={14}
      error={why === null ? null : t('file.wrong', { why })}
      styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: '0.8125rem' } }}
      dir="ltr"
    />
  );
}
