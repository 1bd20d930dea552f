import { TextInput } from '@mantine/core';

/** One word or line that a step cannot do without. */
export function Line({
  label,
  value,
  onChange,
}: {
  label: string;
  value: string;
  onChange: (value: string) => void;
}) {
  return (
    <TextInput
      label={label}
      required
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
