import { Badge } from '@mantine/core';
import i18next from 'i18next';
import { useTranslation } from 'react-i18next';

const colours: Readonly<Record<string, string>> = {
  done: 'green',
  sent: 'green',
  delivered: 'green',
  read: 'green',
  ready: 'green',
  answered: 'green',
  enabled: 'green',
  pending: 'gray',
  queued: 'gray',
  sending: 'gray',
  silent: 'gray',
  ignored: 'gray',
  disabled: 'gray',
  expired: 'yellow',
  unknown: 'yellow',
  quarantined: 'yellow',
  failed: 'red',
  dead: 'red',
};

/** A state by its word, in English that of the API; the colour only helps. */
export function StatusBadge({ status }: { status: string }) {
  useTranslation('parts');
  return (
    <Badge color={colours[status] ?? 'gray'} miw="max-content">
      {stateWord(status)}
    </Badge>
  );
}

/** The word for a state in the language of the console; a state without one stays as the API calls it. */
export function stateWord(status: string): string {
  const key = `parts:state.${status}`;
  return i18next.exists(key) ? i18next.t(key, status) : status;
}
