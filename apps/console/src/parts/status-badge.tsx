import { Badge } from '@mantine/core';

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

/** A state by its word of the API; the colour only helps. */
export function StatusBadge({ status }: { status: string }) {
  return <Badge color={colours[status] ?? 'gray'}>{status}</Badge>;
}
