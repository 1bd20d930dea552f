import { Badge } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { apiWord } from '../i18n/api-word.js';

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
      {apiWord('state', status)}
    </Badge>
  );
}
