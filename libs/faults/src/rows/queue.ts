import type { FaultRow } from '../row.js';

/** Faults of the queue, which is only the bell: no message is lost through any of them. */
export const queueFaults = {
  'queue/unavailable': {
    http: 503,
    retry: 'later',
    log: 'warn',
    title: 'The queue is not available',
    cause: 'Redis, or the queue tables in PostgreSQL, could not be reached.',
    fix: 'Nothing for messages: the sweepers find the work; bring the queue back to make it fast again.',
  },
  'queue/invalid-payload': {
    http: 500,
    retry: 'never',
    log: 'error',
    title: 'A job does not fit its definition',
    cause:
      'A payload was taken off the queue that its schema refuses: two versions of the code share one queue.',
    fix: 'Run one version everywhere; the payloads of the last two releases are always read.',
  },
  'queue/too-old': {
    http: 500,
    retry: 'never',
    log: 'error',
    title: 'Redis is too old',
    cause: 'The server of REDIS_URL is older than Redis 6.2.',
    fix: 'Upgrade it, or leave REDIS_URL out to keep the queue in PostgreSQL.',
  },
} as const satisfies Record<string, FaultRow>;
