import type { FaultRow } from '../row.js';

/** Faults of the database and of what runs it. */
export const storeFaults = {
  'store/unavailable': {
    http: 503,
    retry: 'later',
    log: 'warn',
    title: 'The database is not available',
    cause: 'No connection to PostgreSQL could be had in time, or it was cut.',
    fix: 'Repeat the request: nothing was changed, or the same key finds what was; if it lasts, look at PostgreSQL.',
  },
  'store/conflict': {
    http: 409,
    retry: 'later',
    log: 'info',
    title: 'Two changes met',
    cause: 'The database refused one of two changes made at the same time.',
    fix: 'Repeat the request.',
  },
} as const satisfies Record<string, FaultRow>;
