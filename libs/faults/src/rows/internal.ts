import type { FaultRow } from '../row.js';

/** Faults of our own house: its settings and its mistakes. */
export const internalFaults = {
  'config/invalid': {
    http: 500,
    retry: 'never',
    log: 'error',
    title: 'The configuration is not valid',
    cause: 'At least one environment variable is missing or cannot be read; all of them are named together.',
    fix: 'Set the named variables as `docs/config.md` describes, and start again.',
  },
  'internal/bug': {
    http: 500,
    retry: 'never',
    log: 'error',
    title: 'A mistake in Parley',
    cause: 'Something happened that the code does not expect; the log has the details under the request id.',
    fix: 'Report it with the request id.',
  },
  'config/port-taken': {
    http: 500,
    retry: 'never',
    log: 'error',
    title: 'The port cannot be used',
    cause: 'Another program listens on the port of the gateway, or this user may not listen there.',
    fix: 'Set PARLEY_PORT to another port, or end the other program.',
  },
  'internal/process-failed': {
    http: 500,
    retry: 'never',
    log: 'error',
    title: 'A process does not start',
    cause: 'The gateway or the worker ended several times before it was ready.',
    fix: 'Read the log that the message names; its last lines say why.',
  },
} as const satisfies Record<string, FaultRow>;
