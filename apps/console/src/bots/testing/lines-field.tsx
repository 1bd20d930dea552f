import type { ReactNode } from 'react';
import { TagsInput } from '@mantine/core';

/** Several texts, each finished by Enter; commas belong to them. */
export function LinesField(props: {
  label: string;
  description?: ReactNode;
  value: readonly string[] | undefined;
  disabled: boolean;
  onChange: (value: string[] | undefined) => void;
}) {
  const { value = [], onChange, ...rest } = props;
  return (
    <TagsInput
      {...rest}
      value={[...value]}
      splitChars={[]}
      acceptValueOnBlur
      allowDuplicates
      onChange={(next) => onChange(next.length === 0 ? undefined : next)}
    />
  );
}
